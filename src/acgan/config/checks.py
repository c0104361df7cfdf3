"""What a config must satisfy beyond the type of each key: names that exist, sides that the nets
make, counts that fit.
"""

import json
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from acgan.config.grouping import grouping_problems
from acgan.config.model_choice import chosen_groups
from acgan.config.names import name_problems
from acgan.config.roles import Problem, asks, role_problems, unknown
from acgan.config.schema import (
    ClassChoice,
    Dataset,
    Experiment,
    Judge,
    Nets,
    Objective,
    Suite,
    Training,
)
from acgan.data.sources import SOURCES, class_names
from acgan.declarations.architecture import SIDES
from acgan.io.errors import UserError
from acgan.io.words import counted
from acgan.judges.kinds import KINDS

# Keys that only some read: {key: sources}, {key: kinds of judges}.
SOURCE_KEYS = {k: [n for n, s in SOURCES.items() if k in s.keys] for k in Dataset.model_fields}
KIND_KEYS = {
    k: [n for n, kind in KINDS.items() if k in (*kind.keys, *kind.more_keys)]
    for k in Judge.model_fields
}
SECTIONS: dict[str, type[BaseModel]] = {"nets": Nets, "objective": Objective, "training": Training}


def problems(e: Experiment) -> Iterator[Problem]:
    """(path of the key, what is wrong and what is allowed), in the order of the file."""
    yield from name_problems(e)
    for name, dataset in e.datasets.items():
        for where, message in dataset_problems(dataset):
            yield ("datasets", name, *where), message
    for name, judge in e.judges.items():
        for where, message in judge_problems(e, name, judge):
            yield ("judges", name, *where), message
    for name, suite in e.suites.items():
        for where, message in (*suite_problems(e, name, suite), *grouping_problems(e, suite)):
            yield ("suites", name, *where), message
    for i, side in enumerate(e.scores.resolutions):
        if side < 1:
            yield ("scores", "resolutions", i), f"a side is at least 1 pixel, not {side}"
    if e.scores.ms_ssim_all_pairs == 1:
        yield ("scores", "ms_ssim_all_pairs"), "1 image has no pair; 0 (none), or 2 and more"
    yield from role_problems(e)


def dataset_problems(dataset: Dataset) -> Iterator[Problem]:
    source, given = SOURCES[dataset.source], dataset.model_fields_set
    choice = dataset.classes
    if isinstance(choice, ClassChoice) and (choice.wordnet is None) == (choice.first is None):
        yield ("classes",), "one of wordnet and first, not none or both"
        return
    if isinstance(choice, list) and not choice:
        yield ("classes",), "an empty list leaves no class"
    if source.is_own and isinstance(choice, ClassChoice) and choice.wordnet:
        yield ("classes",), "WordNet's tree is for ImageNet's classes: name yours in a list"
    if not source.is_own and isinstance(choice, int):
        known = counted(source.classes or 0, "class", "classes")
        yield (
            ("classes",),
            f"{dataset.source} has {known}: choose by a list, {{wordnet: ...}} or {{first: n}}",
        )
    elif not source.is_own and choice is not None:
        try:
            class_names(dataset.model_dump())
        except UserError as error:
            yield ("classes",), str(error)
    if dataset.holdout is None and "holdout_seed" in given:
        yield ("holdout_seed",), "holdout is missing: the share of images that are held out"
    if source.is_own:
        for field in ("path", "classes"):
            if getattr(dataset, field) is None:
                yield (), f"{field} is missing: {Dataset.model_fields[field].description}"
    for field, owners in SOURCE_KEYS.items():
        if field in given and owners and dataset.source not in owners:
            yield (field,), f"{dataset.source} takes no {field}: the key is for {', '.join(owners)}"
    published = {a.file for a in source.archives.get(dataset.split, ())}
    for file in dataset.checksums:
        if file not in published or dataset.layout != "archives":
            known = ", ".join(sorted(published)) if dataset.layout == "archives" else "none"
            yield ("checksums", file), f"{file} is no archive of it; allowed: {known}"
    if dataset.layout != "archives" and dataset.path is None:
        yield ("layout",), f"path is missing: the folder that holds the {dataset.layout} files"
    if dataset.path is not None and dataset.url is not None:
        yield ("url",), "give either path (what you have) or url (what is to be fetched), not both"
    if dataset.url and "@" in dataset.url:
        yield ("url",), "no user or password here: credentials come from the environment"


def judge_problems(e: Experiment, name: str, judge: Judge) -> Iterator[Problem]:
    kind = KINDS[judge.kind]
    if "inception" in name and not kind.inception:
        yield (), f"{judge.kind} cannot be called Inception: scores bear the judge's name"
    if "2015" in name and kind.standard is None:
        yield (), f"{judge.kind} is not the graph of 2015: scores bear the judge's name"
    for role in ("train", "test"):
        dataset = getattr(judge, role)
        if dataset is None and kind.is_trained_here:
            yield (), f"{role} is missing: a {judge.kind} is trained and tested"
        elif dataset is not None and role == "train" and not kind.is_trained_here:
            yield (role,), f"{judge.kind} comes trained; leave the key out"
        elif dataset is not None and dataset not in e.datasets:
            yield (role,), unknown("data set", dataset, e.datasets)
        elif dataset is not None and not kind.knows(e.datasets[dataset].source):
            yield (
                (role,),
                f"{judge.kind} does not know the classes of {e.datasets[dataset].source}",
            )
    if judge.weights and (kind.is_trained_here or kind.package):
        where = "a rule trains them" if kind.is_trained_here else "they are in a package"
        yield ("weights",), f"{judge.kind} takes no weight file: {where}"
    for field, owners in KIND_KEYS.items():
        if field in kind.keys and getattr(judge, field) is None:
            yield (), f"{field} is missing: {type(judge).model_fields[field].description}"
        elif field in judge.model_fields_set and owners and judge.kind not in owners:
            known = " or ".join(owners)
            yield (field,), f"{judge.kind} has its own; the key is for a {known}"
    if not (judge.weights or kind.is_trained_here or kind.package or kind.pinned):
        yield (), f"weights is missing: the state dict of a {judge.kind}"
    yield from kind.problems(judge.model_dump())


def suite_problems(e: Experiment, name: str, suite: Suite) -> Iterator[Problem]:
    if suite.side not in SIDES:
        yield (
            ("side",),
            f"the nets cannot make side {suite.side}; allowed: {', '.join(map(str, SIDES))}",
        )
    if suite.judge is None:
        pass
    elif suite.judge not in e.judges:
        yield ("judge",), unknown("judge", suite.judge, e.judges)
    elif suite.dataset in e.datasets and asks(e, name, "accuracy"):
        kind, source = e.judges[suite.judge].kind, e.datasets[suite.dataset].source
        if not KINDS[kind].knows(source):
            yield (
                ("judge",),
                f"{kind} does not know the classes of {source}, so it cannot name samples",
            )
    if suite.dataset not in e.datasets:
        yield ("dataset",), unknown("data set", suite.dataset, e.datasets)
    else:
        source = e.datasets[suite.dataset].source
        try:
            classes = e.datasets[suite.dataset].class_count
        except UserError:  # said above
            return
        if classes is None:  # the same
            return
        able = SOURCES[source].sides or SIDES
        if suite.side in SIDES and suite.side not in able:
            sides = ", ".join(map(str, able))
            yield ("side",), f"{source} cannot be packed at side {suite.side}; allowed: {sides}"
        wanted = suite.classes_per_model
        counts = wanted if isinstance(wanted, list) else [wanted]
        if len(set(counts)) < len(counts):
            yield ("classes_per_model",), f"a number of classes stands twice in {wanted}"
        elif not counts or min(counts) < 1 or max(counts) > classes:
            yield (
                ("classes_per_model",),
                f"a model has 1 to {counted(classes, 'class', 'classes')} (data set "
                f"{suite.dataset} has {classes}), not {wanted}",
            )
        elif isinstance(wanted, int) and classes % wanted:
            fits = ", ".join(str(n) for n in range(1, classes + 1) if classes % n == 0)
            yield (
                ("classes_per_model",),
                f"{classes} classes cannot be cut into groups of {wanted} with every class exactly "
                f"once; allowed: {fits}",
            )
        elif suite.models is not None:
            asked = suite.model_dump() | {"classes": classes}
            try:
                chosen_groups(asked, e.datasets[suite.dataset].model_dump())
            except UserError as error:
                yield ("models",), str(error)
    if suite.samples_per_class < e.scores.subsets:
        yield (
            ("samples_per_class",),
            f"{suite.samples_per_class} samples cannot be cut into {e.scores.subsets} subsets",
        )
    if suite.samples_per_class < e.scores.neighbours:
        yield (
            ("samples_per_class",),
            f"fewer than the {e.scores.neighbours} whose neighbours are looked for",
        )
    for setting, values in suite.grid.items():
        section, _, field = setting.partition(".")
        model = SECTIONS.get(section)
        if model is None or field not in model.model_fields:
            known = ", ".join(f"{s}.{f}" for s, m in SECTIONS.items() for f in m.model_fields)
            yield ("grid", setting), f"{setting} is not a setting; allowed: {known}"
            continue
        if not values:
            yield ("grid", setting), "an empty list makes no setting"
        for value in values:
            try:
                model.model_validate({field: value})
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                yield (
                    ("grid", setting),
                    f"{json.dumps(value)}: {reason}; {model.model_fields[field].description}",
                )
