"""docs/critics.md: the critics' requests, what answers each, and the answer on the digits.

snakemake --configfile config/critics.yaml && python workflow/scripts/critics_page.py

The numbers are those of results/critics: of the items' own files where they lie there, else the
page says that they were not measured.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from acgan.declarations.items import ITEMS
from acgan.io.files import read_json, write_text
from acgan.io.words import number

ROOT = Path(__file__).parents[2]
REQUESTS, PAGE = ROOT / "workflow/scripts/requests.yaml", ROOT / "docs/critics.md"
RESULTS = ROOT / "results/critics"
HEAD = """# The critics' requests

What readers of the paper asked for beyond it: {count} requests, in our words, each with the items
that answer it and what came out on the digits. They stand in public notes on the paper: S2 is a
course's summary (statwiki, University of Waterloo), S3 an earlier state of it, S0 and S4 are
readers' notes, I is the paper itself; every report names them in full.

    snakemake --configfile config/critics.yaml             # all of them, on digits
    snakemake nearness --configfile config/critics.yaml    # one item

`config/critics.yaml` takes in the models of `config/systems.yaml` where results/systems has them.
`config/critics_imagenet.yaml` holds the same on ImageNet, planned and not run:
`acgan plan --config config/critics_imagenet.yaml` counts its GPU-hours.

An answer is a number, with its 95 % interval where it has one; what was resampled stands in the
report. Digits are not photographs: what holds here need not hold there. The run took 76 minutes on
two cores of an Intel Xeon with AVX-512, from nothing (the models of `config/systems.yaml` too, 285
in all) and beside other work; its settings and numbers are `results/critics/config.json` and
`metrics.json`. [results.md](results.md#the-papers-statements-on-digits) shows its verdicts.

<!-- by python workflow/scripts/critics_page.py, from results/critics -->
"""


def answers() -> dict[str, dict[str, Any]]:
    """{item.number: quantity} of what was drawn of config/critics.yaml."""
    found = {}
    for file in sorted((RESULTS / "figures").glob("*/item.json")):
        for quantity in read_json(file)["quantities"]:
            found[f"{file.parent.name}.{quantity['id']}"] = quantity
    return found


def said(request: dict[str, Any], known: dict[str, dict[str, Any]]) -> str:
    """The answer: numbers with intervals, and what is said beside them."""
    parts = []
    for name in request["numbers"]:
        q = known.get(name)
        if q is None:
            continue
        unit = q["unit"] or ""
        words = q["name"].partition(" (")[0].rstrip(".")
        if name.startswith("claims."):
            words += f", {q['name'].rpartition(': ')[2]}"
        text = f"{words}: {number(q['measured'], unit)}"
        if q["low"] is not None and q["high"] is not None:
            text += f" ({number(q['low'], unit)} to {number(q['high'], unit)})"
        parts.append(text)
    if request.get("says") and (not parts or request.get("always")):
        parts.append(request["says"])
    return ". ".join(parts or ["not measured"])


def line(place: int, request: dict[str, Any], known: dict[str, dict[str, Any]]) -> str:
    items = ", ".join(f"`{item}`" for item in request["items"])
    cells = (str(place), request["asks"], ", ".join(request["who"]), items, said(request, known))
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def page(known: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    requests = yaml.safe_load(REQUESTS.read_text(encoding="utf-8"))
    rows = [line(i, request, known) for i, request in enumerate(requests, 1)]
    head = ["| | request | asked by | items | answer on digits |", "|---|---|---|---|---|"]
    used = dict.fromkeys(item for request in requests for item in request["items"])
    titles = ["| item | shows | asks |", "|---|---|---|"]
    titles += [f"| `{item}` | {ITEMS[item].title} | {ITEMS[item].question} |" for item in used]
    text = "\n".join([*head, *rows, "<!-- end -->", "", "## The items", "", *titles, ""])
    return HEAD.format(count=len(requests)) + text


def main() -> int:
    known = answers()
    write_text(PAGE, page(known))
    print(f"wrote {PAGE.relative_to(ROOT)}, {len(known)} numbers of results/critics at hand")
    return 0


if __name__ == "__main__":
    sys.exit(main())
