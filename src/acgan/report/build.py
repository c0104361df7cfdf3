"""The report: `acgan report --config results/demo/config.json --results results/demo --out
results/demo/report --metrics results/demo/metrics.json`.

report/index.html opens from disk without a network and the folder can be mailed;
report/summary.json says the same to machines; metrics.json holds the bare numbers for DVC. Nothing
in here depends on the time of day.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from acgan.config.reading import read_config
from acgan.config.resolve import Config
from acgan.config.spec import short_config
from acgan.declarations.items import ITEMS, items_of
from acgan.declarations.roles import ROLES
from acgan.io.errors import UserError
from acgan.io.files import sha256_of_json, write_json, write_text
from acgan.io.words import counted, duration, memory, number, setting
from acgan.report import (
    all_samples,
    cards,
    claims,
    collapse,
    costs,
    data,
    distances,
    explorer,
    sources,
    trained,
    words,
)
from acgan.report.deviations import deviations, merged
from acgan.tables.wanted import page_tables

HERE = Path(__file__).parent
QUANTITY_KEYS = ("name", "protocol", "paper", "measured", "low", "high", "unit", "verdict")


def build(
    config: Path, results: Path, out: Path, metrics: Path, with_samples: bool = False
) -> None:
    """Write the report folder `out` and the flat numbers `metrics` from an experiment's results;
    `with_samples`, all samples of every class into a folder beside it.

    Raises UserError when a figure or a model is missing, or the folder cannot be written.
    """
    settings = read_config(config)
    beside = out.parent / all_samples.FOLDER
    if with_samples:
        with replacing_folder(beside) as folder:
            all_samples.write(settings, results, folder)
    with replacing_folder(out) as folder:
        page = gather(settings, results, folder, all_samples.there(beside, results))
        write_text(folder / "index.html", render(page))
        write_json(folder / "summary.json", summary(page))
        write_json(folder / "config.json", settings)
    write_json(metrics, flat_numbers(page))


@contextlib.contextmanager
def replacing_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`.

    On success it takes its place, on failure `out` stays as it was.
    """
    out = out.resolve()  # it may be a link to another disk
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    try:
        for rest in (new, old):  # of a build that was killed
            if rest.exists():
                shutil.rmtree(rest)
        new.mkdir(parents=True)
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UserError(
            f"cannot write {out}: {error.strerror or error} ({error.filename}); fix that, then "
            f"repeat the command"
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def gather(
    config: Config, results: Path, folder: Path, every_sample: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Copy all files into `folder` and return all that the page shows; `every_sample` is what
    `acgan report --all-samples` put beside it.
    """
    items = items_of(config)
    links = sources.copy_sources({n: i.part for n, i in items.items()}, folder)
    for name in items:
        sources.copy_item(results, name, folder)
    shown = [cards.card(config, name, item, folder, links) for name, item in items.items()]
    suites = trained.suites(config, results, folder)
    models = [model for suite in suites for model in suite["models"]]
    found, collapsed = deviations(config), collapse.collapse(config, results)
    return {
        "config": config,
        "config_sha256": sha256_of_json(short_config(config)),
        "cards": shown,
        "headlines": cards.headlines(shown),
        "claims": (tested := claims.claims(results)),
        "claim_counts": claims.counts(tested),
        "omitted": cards.omitted(config),
        "of_paper": sum(item.part == "paper" for item in items.values()),
        "in_paper": sum(item.part == "paper" for item in ITEMS.values()),
        "verdicts": count_verdicts(shown),
        "comparable": any(
            q["verdict"] not in (None, "not comparable") for c in shown for q in c["quantities"]
        ),
        "suites": suites,
        "costs": (rows := costs.of_suites(config, suites)),
        "item_costs": costs.of_items(config, rows),
        "speedups": costs.speedups(results),
        "models": models,
        "seconds": sum(m["seconds"] for m in models),
        "images": sum(m["seconds"] * m["images_per_second"] for m in models),
        "diverged": [m for m in models if m["diverged"]],
        "other_code": [m["id"] for m in models if m["other_code"]],
        "datasets": data.datasets(config, results),
        "unreadable": data.unreadable(results),
        "origin": trained.origin(config, suites),
        "collapse": collapsed,
        "explored": explorer.write(config, results, folder, collapsed, suites, every_sample),
        "window": explorer.WINDOW,
        "judges": collapse.judges(config, results),
        "all_distances": distances.distances(config, results),
        "deviations": found,
        "merged_deviations": merged(found),
        "tables": sources.copy_tables(results, [w.file for w in page_tables(config)], folder),
        "training_line": words.training_line(c for suite in suites for c in suite["columns"]),
        "photos": words.REAL_PHOTOS[config["report"]["real_photos"]],
    }


def count_verdicts(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each word with its meaning and how often it was given, over all items."""
    given = [q["verdict"] for c in shown for q in c["quantities"] if q["verdict"]]
    return [
        {"word": word, "about": about, "count": given.count(word)}
        for word, about in words.VERDICTS.items()
    ]


def templates(folder: Path) -> Environment:
    """Pages' templates in a folder; all that came from data is escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(page: dict[str, Any]) -> str:
    """The page's HTML; all that came from data is escaped."""
    environment = templates(HERE)
    environment.filters |= {f.__name__: f for f in (number, setting, duration, memory)}
    environment.globals |= {"counted": counted, "roles": ROLES, "told_by": words.TOLD_BY}
    style, script = (
        Markup((HERE / name).read_text(encoding="utf-8")) for name in ("style.css", "script.js")
    )
    return environment.get_template("template.html.j2").render(style=style, script=script, **page)


def summary(page: dict[str, Any]) -> dict[str, Any]:
    """summary.json; its paths are relative to itself."""
    return {
        "experiment": page["config"]["experiment"],
        "commit": page["origin"]["commit"],
        "config_sha256": page["config_sha256"],
        "diverged": {m["id"]: m["diverged"] for m in page["diverged"]},
        "deviations": [
            {k: d[k] for k in ("suite", "key", "value", "paper")} for d in page["deviations"]
        ],
        "claims": claims.summary(page["claims"]),
        "items": [
            {
                "id": card["id"],
                "title": card["title"],
                "html": f"{card['place']}/notebook.html",
                "png": f"{card['place']}/figure.png",
                "svg": f"{card['place']}/figure.svg",
                "data": f"{card['place']}/data.csv",
                "command": card["command"],
                "quantities": [{k: q[k] for k in QUANTITY_KEYS} for q in card["measured"]],
            }
            for card in page["cards"]
        ],
    }


def flat_numbers(page: dict[str, Any]) -> dict[str, float]:
    """metrics.json: measured values by item, statements by verdict, collapsed classes by suite,
    held-out accuracy by judge.
    """
    flat = {f"{c['id']}.{q['id']}": q["measured"] for c in page["cards"] for q in c["measured"]}
    flat |= {f"verdicts.{word}": count for word, count in page["claim_counts"].items()}
    flat |= {
        f"collapsed_classes.{c['suite']}": c["collapsed"]
        for c in page["collapse"]
        if c["threshold"] is not None
    }
    flat |= {
        f"heldout_accuracy.{j['judge']}": j["accuracy"]
        for j in page["judges"]
        if j["split"] == "heldout"
    }
    return {name: value for name, value in flat.items() if value is not None}
