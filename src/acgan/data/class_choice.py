"""Some classes of a data set, as a config chooses them: by name, by WordNet's tree, or the first.

datasets:
  horses: {source: imagenet, classes: [zebra, n02389026]}
  dogs: {source: imagenet, classes: {wordnet: n02084071}}
  some: {source: imagenet, classes: {first: 100}}
"""

import difflib
from typing import Any

from acgan.data import imagenet
from acgan.data.class_names import as_class, nearly
from acgan.io.errors import UserError
from acgan.io.words import counted

Names = dict[str, str]  # {class id: name}, in the data set's order
MANY = 5  # that are named in a line


def chosen(names: Names, choice: Any) -> Names:
    """Those that a config's `classes` chooses, in the data set's order. Raises UserError for one
    that the data set does not have.
    """
    if isinstance(choice, list):
        wanted = [class_called(names, str(entry)) for entry in choice]
        if twice := next((c for c in wanted if wanted.count(c) > 1), None):
            raise UserError(f"the class {twice} stands there twice")
    elif choice["wordnet"] is not None:
        wanted = below(names, choice["wordnet"])
    else:
        wanted = list(names)[: choice["first"]]
        if len(wanted) < choice["first"]:
            raise UserError(f"there are {counted(len(names), 'class', 'classes')}, no more")
    return {c: name for c, name in names.items() if c in wanted}


def class_called(names: Names, entry: str) -> str:
    """The id of the class of this id or name, or of one of its synonyms. Raises UserError where
    there is none, or several.
    """
    entry = as_class(entry)
    if entry in names:
        return entry
    found = [c for c, name in names.items() if entry.casefold() in words(name)]
    if len(found) > 1:
        both = ", ".join(f"{c} ({names[c]})" for c in found)
        raise UserError(f"several classes are called {entry}: {both}; name one by its id")
    if not found:
        known = [*names, *(word for name in names.values() for word in name.split(", "))]
        close = difflib.get_close_matches(entry, known, 1)
        more = nearly(entry, known) or (
            f"; did you mean {close[0]}?"
            if close
            else f"; the first are {', '.join(list(names)[:MANY])} ..."
        )
        raise UserError(f"there is no class {entry}{more}")
    return found[0]


def words(name: str) -> set[str]:
    """The synonyms of a class, "tench, Tinca tinca"."""
    return {word.strip().casefold() for word in name.split(",")}


def below(names: Names, above: str) -> list[str]:
    """The classes that are a kind of a synset of WordNet, given by id or word. Raises UserError
    where there is no such synset, or several, or no class below it.
    """
    known = imagenet.table()
    ids = [above] if above in known else [w for w in known if above.casefold() in words_of(w)]
    kinds = {
        wnid: [c for c in names if c in known and wnid in imagenet.edges_up(c)] for wnid in ids
    }
    found = {wnid: classes for wnid, classes in kinds.items() if classes}
    if not found:
        raise UserError(f"none of the classes is a kind of {above}, as WordNet has it")
    if len(found) > 1:
        several = ", ".join(
            f"{wnid} ({imagenet.name_of(wnid)}, {counted(len(classes), 'class', 'classes')})"
            for wnid, classes in found.items()
        )
        raise UserError(
            f"WordNet has several synsets called {above}: {several}; name one by its id"
        )
    return next(iter(found.values()))


def words_of(wnid: str) -> set[str]:
    return words(imagenet.name_of(wnid))
