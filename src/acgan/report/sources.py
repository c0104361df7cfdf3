"""Copy into the report's folder what its links lead to, so that the folder can be mailed."""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from acgan.figures.notebook import FILES
from acgan.io.errors import UserError

PACKAGE = Path(__file__).parents[1]
CHECKOUT = Path(__file__).parents[3]


def copy_item(results: Path, item: str, folder: Path) -> None:
    """results/<experiment>/figures/<item>/ into figures/<item>/. Raises UserError for an item
    that was not drawn.
    """
    target = folder / "figures" / item
    target.mkdir(parents=True)
    for name in FILES:
        source = results / "figures" / item / name
        if not source.is_file():
            raise UserError(
                f"{source} is missing; draw it with `snakemake {item}`, then repeat the command"
            )
        if name == "notebook.html":
            page = offline(source.read_text(encoding="utf-8"))
            (target / name).write_text(page, encoding="utf-8")
        else:
            shutil.copyfile(source, target / name)


def offline(html: str) -> str:
    """A notebook's page without the scripts that it would fetch from the network (formulas,
    widgets: unused).
    """

    def keep_local(script: re.Match[str]) -> str:
        return (
            "" if re.search(r"""(src=|from |import\(?)\s*["']https?://""", script[0]) else script[0]
        )

    return re.sub(r"<script\b.*?</script>", keep_local, html, flags=re.DOTALL)


def copy_sources(items: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Code, rules and notebooks into source/ as text; {path in the project: link}.

    `items` are {item: part}. What is not there gets no link.
    """
    wanted = [
        (p, Path("src/acgan") / p.relative_to(PACKAGE))
        for p in PACKAGE.rglob("*")
        if p.suffix in (".py", ".yaml")
    ]
    outside = [
        Path("workflow/Snakefile"),
        *(Path("notebooks", part, f"{item}.py") for item, part in items.items()),
    ]
    outside += [p.relative_to(CHECKOUT) for p in CHECKOUT.glob("workflow/rules/*.smk")]
    wanted += [(CHECKOUT / p, p) for p in outside if (CHECKOUT / p).is_file()]
    links = {}
    for source, path in sorted(wanted):
        link = f"source/{path.as_posix()}.txt"  # .txt: a browser shows it instead of saving it
        (folder / link).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / link)
        links[path.as_posix()] = link
    return links


def copy_tables(results: Path, files: Iterable[str], folder: Path) -> dict[str, str]:
    """The tables that the page itself is made from, at their own places; {name: link}."""
    links = {}
    for file in files:
        if (results / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(results / file, folder / file)
            name = file.removeprefix("tables/").removesuffix(".csv")
            links[name] = file
    return links
