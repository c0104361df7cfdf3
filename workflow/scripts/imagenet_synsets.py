"""Write src/acgan/data/imagenet_synsets.csv: the 1,000 ImageNet classes, WordNet's is-a tree over
them.

    python workflow/scripts/imagenet_synsets.py --samples imagenet1k_samples128.npz \
        --outputs inception2015_outputs.csv --wordnet /usr/share/wordnet/data.noun \
        --out src/acgan/data/imagenet_synsets.csv

No step of the pipeline runs it; it is kept so that anybody can make the file again, byte for byte.

--samples  an archive whose `wnids` and `class_names` are those of ILSVRC 2012, in sorted order
--outputs  output, wnid: from Google's imagenet_2012_challenge_label_map_proto.pbtxt, which came
           with the Inception graph of 2015-12-05; outputs 1 to 1000 are the challenge's own order
--wordnet  the nouns of WordNet 3.0 (Debian's package wordnet-base). A synset id is "n" and the
           eight digits that its line starts with, its place in this very file; format: wndb(5WN)
"""

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

COLUMNS = ("wnid", "name", "ilsvrc2012", "parents")
ROOT = "n00001740"  # entity
IS_A = ("@", "@i")  # hypernym, instance hypernym


class Synset(NamedTuple):
    """What one line of data.noun says."""

    name: str  # its words, as ImageNet writes them: "tench, Tinca tinca"
    parents: list[str]


def nouns(path: Path) -> dict[str, Synset]:
    """Every noun by synset id. Raises SystemExit where a line lies elsewhere than it says."""
    found, place = {}, 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.startswith(b" "):  # the licence stands in front, indented
            if int(line[:8]) != place:
                raise SystemExit(f"error: {path}: {line[:8].decode()} stands at {place}")
            found[f"n{line[:8].decode()}"] = parsed(line.decode("ascii"))
        place += len(line)
    return found


def parsed(line: str) -> Synset:
    """A line: offset file type words(hex) word id ... pointers symbol offset part field ..."""
    fields = line.partition(" | ")[0].split()
    words, rest = int(fields[3], 16), 4
    pointers = rest + 2 * words
    name = ", ".join(word.replace("_", " ") for word in fields[rest:pointers:2])
    links = zip(*(fields[pointers + start :: 4] for start in (1, 2)), strict=False)
    return Synset(name, sorted(f"n{offset}" for symbol, offset in links if symbol in IS_A))


def with_ancestors(ids: list[str], synsets: dict[str, Synset]) -> set[str]:
    """The ids and everything above them. Raises SystemExit unless all of it ends in one root."""
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        wnid = waiting.pop()
        if wnid not in synsets:
            raise SystemExit(f"error: {wnid} is no noun of this WordNet; version 3.0 is needed")
        if wnid not in found:
            found.add(wnid)
            waiting += synsets[wnid].parents
    if roots := [w for w in found if not synsets[w].parents and w != ROOT]:
        raise SystemExit(f"error: {', '.join(sorted(roots))} have nothing above them")
    return found


def rows(samples: Path, outputs: Path, wordnet: Path) -> list[tuple[str, str, int | str, str]]:
    """The leaves in sorted order, then what is above them in sorted order."""
    archive = np.load(samples, allow_pickle=False)
    names = dict(zip(archive["wnids"].tolist(), archive["class_names"].tolist(), strict=True))
    with open(outputs, newline="", encoding="utf-8") as handle:
        numbers = {row["wnid"]: int(row["output"]) for row in csv.DictReader(handle)}
    if sorted(numbers.values()) != list(range(1, 1001)) or names.keys() != numbers.keys():
        raise SystemExit(f"error: {samples} and {outputs} do not hold the same 1,000 classes")
    synsets = nouns(wordnet)
    leaves = sorted(names)
    inner = sorted(with_ancestors(leaves, synsets) - names.keys())
    return [(w, names[w], numbers[w], ";".join(synsets[w].parents)) for w in leaves] + [
        (w, synsets[w].name, "", ";".join(synsets[w].parents)) for w in inner
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for flag in ("--samples", "--outputs", "--wordnet", "--out"):
        parser.add_argument(flag, type=Path, required=True)
    args = parser.parse_args()
    found = rows(args.samples, args.outputs, args.wordnet)
    with open(args.out, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(found)


if __name__ == "__main__":
    main()
