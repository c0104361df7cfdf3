"""What was found, as text and as one page."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from acgan.report import build
from acgan.verify.chain import COVERED, UNCOVERED
from acgan.verify.files import DIFFERS, NOT_CHECKED, Finding

EITHER = (
    "A file that differs does not follow from what it is made from: either may be the changed one."
)


def said(found: Sequence[Finding], unchecked: int) -> str:
    """A line for each link of the chain, and one for each file that differs."""
    lines = []
    for link in dict.fromkeys(f.link for f in found):
        mine = [f for f in found if f.link == link]
        counts = Counter(f.verdict for f in mine)
        lines.append(f"{link}: {', '.join(f'{n} {word}' for word, n in counts.items())}")
        lines += [f"  {f.file}: {f.verdict} ({f.said})" for f in mine if f.verdict == DIFFERS]
    if any(f.verdict == DIFFERS for f in found):
        lines.append(EITHER)
    return "\n".join([*lines, f"{NOT_CHECKED}: {unchecked:,} files"])


def write(
    results: str, found: Sequence[Finding], models: Sequence[str], unchecked: int, out: Path
) -> None:
    """One page with every file."""
    from acgan.io.files import write_text

    environment = build.templates(Path(__file__).parent)
    style = Markup((Path(build.__file__).parent / "style.css").read_text(encoding="utf-8"))
    links = {f.link: [g for g in found if g.link == f.link] for f in found}
    text = environment.get_template("page.html.j2").render(
        style=style,
        results=results,
        either=EITHER,
        links={
            link: (Counter(f.verdict for f in mine), [f for f in mine if f.verdict != "same bytes"])
            for link, mine in links.items()
        },
        models=models,
        unchecked=unchecked,
        covered=COVERED,
        uncovered=UNCOVERED,
        wrong=sum(f.verdict == DIFFERS for f in found),
    )
    write_text(out, text)
