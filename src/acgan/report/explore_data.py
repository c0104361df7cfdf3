"""What the explorer and the pages of classes and models show, as scripts beside the page: one from
disk may not fetch, but may load a script.

    explore/data.js                      every class's numbers, of every suite
    explore/<suite>/classes_3.js         of ten classes what only their pages show
    explore/<suite>/<sheet>_3.webp       their pictures
    explore/<suite>/model_g000.js        a model's cost, provenance and command
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config, given
from acgan.io.files import write_text
from acgan.io.frames import read_frame
from acgan.metrics.statistics import over_pairs, share
from acgan.report.collapse import confusions_of, read_table
from acgan.report.trained import machine
from acgan.systems import load as system
from acgan.tables import SHEETS
from acgan.tables.wanted import page_sheets

FOLDER = "explore"
PER_FILE = 10  # classes
Row = dict[str, Any]


def write(
    config: Config,
    results: Path,
    folder: Path,
    collapse: list[Row],
    suites: list[Row],
    all_samples: dict[str, dict[str, str]],
) -> list[str]:
    """Write the scripts and copy the pictures; the suites whose classes can be explored."""
    shown = [s for s in collapse if given(config, s["suite"]) == "class"]
    if not shown:
        return []
    pictures = pictures_of(config, results, folder)
    every: Row = {
        "experiment": config["experiment"],
        "title": config["title"],
        "columns": list(COLUMNS),
        "suites": {},
        "classes": {},
        "all_samples": all_samples,
    }
    for one in shown:
        name = one["suite"]
        rows = [numbers(config, results, one, c) for c in ranked(one["classes"])]
        every["suites"][name] = about(config, one) | {
            "rows": [[r[c] for c in COLUMNS] for r in rows],
            "models": sorted({r["model"] for r in rows}),
        }
        every["classes"] |= {c["class"]: c["name"] for c in one["classes"]}
        details = details_of(config, results, one, pictures)
        for start in range(0, len(rows), PER_FILE):
            some = {r["class"]: details[r["class"]] for r in rows[start : start + PER_FILE]}
            place = folder / FOLDER / name / f"classes_{start // PER_FILE}.js"
            script(place, "classes", f"{name}/{start // PER_FILE}", some)
    for suite in suites:
        for model in suite["models"]:
            place = folder / FOLDER / suite["name"] / f"model_{model['model']}.js"
            script(place, "model", model["id"], model_details(config, suite, model))
    text = json.dumps(every, separators=(",", ":"), allow_nan=False)
    write_text(folder / FOLDER / "data.js", f"window.ACGAN={as_script(text)};\n")
    return [one["suite"] for one in shown]


def script(place: Path, kind: str, name: str, content: Any) -> None:
    """A script that hands its content to the page that loads it."""
    text = as_script(json.dumps([kind, name, content], separators=(",", ":"), allow_nan=False))
    write_text(place, f"window.acganLoaded(...{text});\n")


def as_script(text: str) -> str:
    """JSON that is JavaScript wherever it stands: a class may be called </script>."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


# Of a class in data.js; numbers that are not measured are null.
COLUMNS = (
    *("class", "model", "ms_ssim", "ms_ssim_low", "ms_ssim_high", "real", "real_low", "real_high"),
    *("accuracy", "accuracy_low", "accuracy_high", "quarter", "collapsed"),
    *("diversity_rank", "accuracy_rank"),
)


def about(config: Config, one: Row) -> Row:
    """A suite, for the heads of pages and the legend."""
    chosen = config["suites"][one["suite"]]
    return {
        "system": system(chosen["objective"]["system"]).title,
        "side": one["side"],
        "judge": one["judge"],
        "threshold": rounded(one["threshold"]),
        "protocol": one["protocol"],
        "samples": chosen["samples_per_class"],
    }


def ranked(classes: list[Row]) -> list[Row]:
    """Classes by id, each with its rank among all: the most varied first, the best named first."""
    by_diversity = sorted(classes, key=lambda c: c["samples"])
    named = [c for c in classes if c["accuracy"] is not None]
    by_accuracy = sorted(named, key=lambda c: -c["accuracy"])
    diversity = {id(c): n for n, c in enumerate(by_diversity, 1)}
    accuracy = {id(c): n for n, c in enumerate(by_accuracy, 1)}
    more = [
        c | {"diversity_rank": diversity[id(c)], "accuracy_rank": accuracy.get(id(c))}
        for c in classes
    ]
    return sorted(more, key=lambda c: (c["model"], c["class"]))


def numbers(config: Config, results: Path, one: Row, c: Row) -> Row:
    """A class's row of data.js."""
    pairs = config["scores"]["ms_ssim_pairs"]
    low, high = over_pairs(c["samples"], c["std"], pairs)
    real = over_pairs(c["real"], c["real_std"], pairs) if c["real"] is not None else (None, None)
    named: tuple[Any, Any] = (None, None)
    if c["accuracy"] is not None:
        total = config["suites"][one["suite"]]["samples_per_class"]
        named = share(round(c["accuracy"] * total), total)[1]
    found = {
        "class": c["class"],
        "model": c["model"],
        "ms_ssim": c["samples"],
        "ms_ssim_low": low,
        "ms_ssim_high": high,
        "real": c["real"],
        "real_low": real[0],
        "real_high": real[1],
        "accuracy": c["accuracy"],
        "accuracy_low": named[0],
        "accuracy_high": named[1],
        "quarter": c["quarter"],
        "collapsed": None if c["collapsed"] is None else int(c["collapsed"]),
        "diversity_rank": c["diversity_rank"],
        "accuracy_rank": c["accuracy_rank"],
    }
    return {k: rounded(v) for k, v in found.items()}


def rounded(value: Any) -> Any:
    """Six digits behind the point: three are shown, and rounding twice would change the third."""
    if isinstance(value, float):
        return round(value, 6) if value == value else None
    return value


# ---- of a class


def details_of(
    config: Config, results: Path, one: Row, pictures: dict[str, dict[str, Row]]
) -> dict[str, Row]:
    """{class: what its page loads}."""
    suite = one["suite"]
    trajectory = by_class(read_table(results, "trajectory", suite))
    nearest = by_class(read_table(results, "neighbours", suite))
    names = {c["class"]: c["name"] for c in one["classes"]}
    confused = confusions_of(results, one["judge"])
    found = {}
    for class_id in names:
        steps, near = trajectory.get(class_id), nearest.get(class_id)
        found[class_id] = {
            "trajectory": []
            if steps is None
            else [
                [int(s), rounded(float(v))]
                for s, v in zip(steps["step"], steps["ms_ssim"], strict=True)
            ],
            "neighbours": [] if near is None else neighbour_rows(near, names),
            "confused": [
                [names.get(other, other), images, total]
                for other, images, total in confused.get(class_id, [])
            ],
            "pictures": {
                sheet: own[class_id] | {"suite": of}
                for (sheet, of), own in sorted(keyed(pictures))
                if of == suite and class_id in own
            },
            "others": [
                first_run(own[class_id]) | {"suite": of, "system": system_title(config, of)}
                for (sheet, of), own in sorted(keyed(pictures))
                if of != suite and class_id in own and sheet != "class_neighbours"
            ],
        }
    return found


def first_run(place: Row) -> Row:
    """A class's pictures without those behind its samples."""
    return place | {"runs": place["runs"][:1]}


def keyed(pictures: dict[str, dict[str, Row]]) -> Iterable[tuple[tuple[str, str], dict[str, Row]]]:
    """((sheet, suite), pictures by class)."""
    for key, own in pictures.items():
        sheet, _, suite = key.partition("/")
        yield (sheet, suite), own


def system_title(config: Config, suite: str) -> str:
    return system(config["suites"][suite]["objective"]["system"]).title


def by_class(table: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    return {} if table is None else {str(c): rows for c, rows in table.groupby("class", sort=False)}


def neighbour_rows(near: pd.DataFrame, names: dict[str, str]) -> list[list[Any]]:
    """[sample, metric, distance, name of the class] of the nearest training images."""
    return [
        [
            int(r.sample),
            r.metric,
            rounded(float(r.distance)),
            names.get(r.neighbour_class, r.neighbour_class),
        ]
        for r in near.sort_values(["sample", "metric"]).itertuples()
    ]


def pictures_of(config: Config, results: Path, folder: Path) -> dict[str, dict[str, Row]]:
    """{sheet/suite: {class: where its pictures lie}}; copies the files."""
    found: dict[str, dict[str, Row]] = {}
    for w in page_sheets(config):
        suite = str(w.suite)
        first, *files = SHEETS[w.name].paths(config, suite)
        if not (results / first).is_file():
            continue
        table = read_frame(results / first)
        place = folder / FOLDER / suite
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            if (results / file).is_file():
                shutil.copyfile(results / file, place / Path(file).name)
        own: dict[str, Row] = {}
        for file, tiles in table.groupby("sheet", sort=False):
            size = [int(tiles[axis].max()) + 1 for axis in ("column", "row")]
            for class_id, mine in tiles.groupby("class", sort=False):
                own[str(class_id)] = {
                    "file": str(file),
                    "row": int(mine["row"].iloc[0]),
                    "size": size,  # in tiles
                    "runs": runs([tile(t) for t in mine.to_dict("records")]),
                }
        found[f"{w.name}/{suite}"] = own
    return found


def tile(t: dict[Any, Any]) -> list[Any]:
    """[kind, what is said of it]: the number of a sample, a distance, or how alike two are."""
    said = t.get("distance") if pd.notna(t.get("distance")) else t.get("ms_ssim")
    number = t.get("sample") if pd.notna(t.get("sample")) else t.get("training_image")
    return [
        t["kind"],
        None if number is None or pd.isna(number) else int(number),
        None if said is None or pd.isna(said) else rounded(float(said)),
    ]


def runs(tiles: list[list[Any]]) -> list[list[Any]]:
    """Tiles that follow each other as one: [kind, number of the first, how many, what is said]."""
    found: list[list[Any]] = []
    for kind, number, said in tiles:
        last = found[-1] if found else None
        follows = number is None or (last and last[1] is not None and number == last[1] + last[2])
        if last and last[0] == kind and last[3] == said and follows:
            last[2] += 1
        else:
            found.append([kind, number, 1, said])
    return found


# ---- of a model


def model_details(config: Config, suite: Row, model: Row) -> Row:
    """What a model's page loads."""
    name, chosen = suite["name"], config["suites"][suite["name"]]
    root = f"results/{config['experiment']}"
    command = (
        f"acgan train --config {root}/config.json --model {model['id']} "
        f"--data data/{chosen['dataset']}/{chosen['side']} --groups {root}/groups/{name}.csv "
        f"--out {root}/models/{model['id']}"
    )
    shown = ("steps", "seconds", "images_per_second", "seconds_per_kimg", "peak_memory_mb")
    return {
        "cost": {k: rounded(float(model[k])) for k in shown},
        "settings": dict(zip(suite["settings"], model["settings"], strict=True)),
        "classes": model["classes"],
        "system": system_title(config, name),
        "device": model["device"],
        "threads": model["threads"],
        "precision": model["precision"],
        "hardware": machine(model["hardware"]),
        "versions": model["versions"],
        "seed": str(model["seed"]),  # JavaScript's numbers would lose its last digits
        "code": model["code"],
        "other_code": model["other_code"],
        "diverged": model["diverged"],
        "curve": model["curve"],
        "command": command,
    }
