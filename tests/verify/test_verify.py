"""Results that were tampered with: every kind of file that the chain covers, in one run."""

import json
import random
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from acgan import cli
from acgan.verify import files
from acgan.verify.files import DIFFERS, SAME, compared

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]


def add_to_a_number(path, column, row=0) -> None:
    """One number of a CSV is another."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    place = table.columns.get_loc(column)
    table.iloc[row, place] = str(float(table.iloc[row, place]) + 0.25)
    table.to_csv(path, index=False)


def spot(path) -> None:
    """One pixel of a picture is another."""
    with Image.open(path) as picture:
        pixels, kind = np.array(picture.convert("RGB")), picture.format
    pixels[1, 1] = 255 - pixels[1, 1]
    Image.fromarray(pixels).save(path, kind, lossless=True)


@pytest.fixture(scope="module")
def tampered(toy_run, tmp_path_factory):
    """A copy of a finished run, the files in it that are not what they were, and what was found."""
    place = tmp_path_factory.mktemp("verify")
    results = place / "results/toy"
    shutil.copytree(toy_run / "results/toy", results, symlinks=True)
    known = sorted(
        f"{p.parts[-3]}/{p.parts[-2]}" for p in results.glob("models/*/*/provenance.json")
    )
    seed = next(s for s in range(99) if random.Random(s).sample(known, 1)[0].startswith("main_16/"))
    model = random.Random(seed).sample(known, 1)[0]

    page = results / "report/index.html"
    html = page.read_text()
    number = re.search(r"<td data-label=\"Here\"><div>\s*(0\.\d+)", html)
    page.write_text(html[: number.start(1)] + "0.999" + html[number.end(1) :])
    metrics = json.loads((results / "metrics.json").read_text())
    metrics[next(iter(metrics))] += 0.25
    (results / "metrics.json").write_text(json.dumps(metrics))
    summary = json.loads((results / "report/summary.json").read_text())
    summary["items"][1]["quantities"][0]["measured"] = 0.999
    (results / "report/summary.json").write_text(json.dumps(summary))
    data = results / "report/explore/data.js"
    data.write_text(re.sub(r'(\[\["0","g000",)[\d.]+', r"\g<1>0.999", data.read_text(), count=1))
    add_to_a_number(results / "report/tables/judges.csv", "accuracy")
    spot(results / "report/figures/figure_10/figure.png")
    spot(results / "figures/figure_04/figure.png")
    add_to_a_number(results / "figures/figure_06/data.csv", "accuracy")
    item = json.loads((results / "figures/figure_05/item.json").read_text())
    item["quantities"][0]["measured"] += 0.25
    (results / "figures/figure_05/item.json").write_text(json.dumps(item))
    add_to_a_number(results / "tables/main_32/trajectory.csv", "ms_ssim")
    spot(results / "tables/main_32/random_samples.webp")
    add_to_a_number(results / f"scores/{model}/ms_ssim.csv", "value")
    array = np.load(results / f"samples/{model}/fixed_latent_0.npy")
    array[0, 0, 0, 0, 0] += 100
    np.save(results / f"samples/{model}/fixed_latent_0.npy", array)
    add_to_a_number(results / f"models/{model}/training.csv", "generator_loss")
    flipped = {
        "report/index.html",
        "metrics.json",
        "report/summary.json",
        "report/explore/data.js",
        "report/tables/judges.csv",
        "report/figures/figure_10/figure.png",
        "figures/figure_04/figure.png",
        "figures/figure_06/data.csv",
        "figures/figure_05/item.json",
        "tables/main_32/trajectory.csv",
        "tables/main_32/random_samples.webp",
        f"scores/{model}/ms_ssim.csv",
        f"samples/{model}/fixed_latent_0.npy",
        f"models/{model}/training.csv",
    }
    found = []
    with pytest.MonkeyPatch.context() as patch:
        from acgan.verify import page as told

        kept = told.write
        patch.setattr(told, "write", lambda e, f, *more: found.extend(f) or kept(e, f, *more))
        patch.chdir(toy_run)
        asked = ["verify", str(results), "--models", "1", "--seed", str(seed)]
        status = cli.main(asked)
    return results, flipped, found, status


def test_every_number_that_was_changed_is_found(tampered):
    _, flipped, found, status = tampered
    wrong = {f.file for f in found if f.verdict == DIFFERS}
    assert flipped <= wrong
    assert status == 1


def test_what_was_not_changed_is_the_same_but_for_what_follows_from_it(tampered):
    """A changed table alone draws its figures anew, and a changed score its table."""
    _, flipped, found, _ = tampered
    wrong = {f.file for f in found if f.verdict == DIFFERS} - flipped
    follows = (
        "figures/",
        "report/",
        "tables/main_16/",
        "tables/claims.csv",
        "scores/",
        "tables/main_32/",
    )
    assert all(file.startswith(follows) for file in wrong), wrong
    same = [f for f in found if f.verdict == SAME]
    assert len(same) > 0.7 * len(found)
    assert {f.link for f in same} == {f.link for f in found}
    assert not [f for f in found if f.verdict == files.NOT_HERE]


def test_the_page_names_what_differs_and_what_was_not_checked(tampered):
    results, flipped, _, _ = tampered
    html = (results / "verify.html").read_text()
    assert all(file in html for file in flipped)
    assert "What was not:" in html and "timing.csv" in html


def test_tolerances():
    """Another processor's last digits are the same within; more is not; words never are."""
    assert files.apart("0.5", "0.50001") == pytest.approx(2e-5, rel=1e-3)
    assert files.apart("zero", "one") == float("inf")
    assert files.values({"a": [1, 2]}, {"a": [1, 3]}) == pytest.approx(1 / 3)
    assert files.values({"a": 1}, {"b": 1}) == float("inf")


def test_a_file_is_the_same_within_or_differs(tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("a\n1.0\n")
    for text, word in (("a\n1.0\n", SAME), ("a\n1.00001\n", "same within"), ("a\n1.1\n", DIFFERS)):
        two.write_text(text)
        assert compared("link", "one.csv", one, two).verdict.startswith(word)
    assert compared("link", "x.csv", tmp_path / "x.csv", two).verdict == DIFFERS
