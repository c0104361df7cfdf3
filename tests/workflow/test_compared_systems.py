"""Systems from data to report: classes that G is given, codes, or nothing."""

import subprocess

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from PIL import Image
from running import BIN, TOY, snakemake
from safetensors.torch import load_file

from acgan.config import loading
from acgan.io.files import read_json

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]

SAME = {
    "dataset": "digits",
    "side": 16,
    "classes_per_model": 5,
    "judge": "digits_cnn",
    "samples_per_class": 20,
}
PAIR = {
    **SAME,
    "classes_per_model": 10,
    "restarts": 2,
    "models_per_job": 2,
    "seeds": "shared",
    "snapshots": [6, 12],
}
CONTENT = {
    "suites": {
        "plain": {**SAME, "objective": {"system": "gan"}, "restarts": 2, "models_per_job": 4},
        "acgan": PAIR,
        "gan": {**PAIR, "objective": {"system": "gan"}},
        "conditional_generator": {**PAIR, "objective": {"system": "conditional_generator"}},
        "auxiliary_classifier": {**PAIR, "objective": {"system": "auxiliary_classifier"}},
        "infogan": {**PAIR, "objective": {"system": "infogan", "continuous_codes": 2}},
        "improved": {**PAIR, "objective": {"system": "improved_gan"}},
    },
    "roles": {
        "large": "plain",
        "systems": [
            "acgan",
            "gan",
            "conditional_generator",
            "auxiliary_classifier",
            "infogan",
            "improved",
        ],
        "settings": ["acgan", "gan"],
        "improved": "improved",
        "by_step": "acgan",
    },
    "scores": {"resolutions": [16], "select": {"samples": 50, "groups": 5}},
}


def few(folder):
    """The toy experiment with these suites alone."""
    toy = loading.merge(*map(loading.read_yaml, TOY)) | {"suites": {}, "roles": {}}
    path = folder / "few.yaml"
    path.write_text(yaml.safe_dump(loading.merge(toy, CONTENT)))
    return path


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("systems")
    run = snakemake(folder, configs=[few(folder)])
    assert run.returncode == 0, run.stdout[-5000:]
    return folder / "results/toy"


def test_a_generator_without_classes_goes_from_data_to_report(run_once):
    samples = np.load(run_once / "samples/plain/g000-r1/samples_0.npy")
    assert samples.shape == (1, 100, 16, 16, 3)
    listed = pd.read_csv(run_once / "samples/plain/samples.csv")
    assert set(listed["kind"]) == {"all"} and len(listed) == 400
    trajectory = pd.read_csv(run_once / "models/plain/g000-r0/trajectory.csv")
    assert list(trajectory.columns) == ["step", "all"]
    scores = (run_once / "scores/plain/g000-r0/ms_ssim.csv").read_text().splitlines()
    assert len(scores) == 1  # a heading: no number where there is none
    for item in ("figure_03", "figure_04"):
        caption = read_json(run_once / f"figures/{item}/item.json")["caption"]
        assert "that of gan is not" in caption
    for item in ("figure_01", "figure_05", "figure_07", "figure_08", "figure_09", "album"):
        caption = read_json(run_once / f"figures/{item}/item.json")["caption"]
        assert "Nothing to draw" not in caption, item
        assert "The first of 2 restarts of plain." in caption and "diverged" not in caption
    assert "Improved GAN" in read_json(run_once / "figures/figure_07/item.json")["caption"]


def test_each_system_has_the_numbers_that_it_can_have(run_once):
    def numbers(suite):
        table = pd.read_csv(run_once / f"tables/{suite}/model_measures.csv")
        own = table[table["suite"] == suite].set_index("measure")
        return set(own["value"].dropna().index), own["why"]

    classed, _ = numbers("acgan")
    coded, why_coded = numbers("infogan")
    free, why_free = numbers("gan")
    everybody = {"missing", "confidence", "class_score", "best_class_score", "distance", "diverged"}
    assert everybody <= classed & coded & free
    assert {"accuracy", "ms_ssim"} <= classed and not {"accuracy", "ms_ssim"} & (coded | free)
    assert "code_accuracy" in coded and "code_accuracy" not in classed | free
    assert set(why_free.loc["accuracy"]) == {"the generator is given no class"}
    assert set(why_free.loc["code_accuracy"]) == {"the generator is given no code"}
    assert set(why_coded.loc["accuracy"]) == {"the generator is given no class"}


def test_systems_are_compared_over_restarts(run_once):
    data = pd.read_csv(run_once / "figures/systems/data.csv")
    assert list(data["system"])[:2] == ["AC-GAN", "GAN"] and set(data["restarts"]) == {2}
    assert data["p"].notna().sum() == 5 and (data["p_holm"].dropna() >= data["p"].dropna()).all()
    effects = pd.read_csv(run_once / "figures/ablation/data.csv")
    assert set(effects["effect"]) == {"class in G", "classifier", "interaction"}
    settings = pd.read_csv(run_once / "figures/settings/data.csv")
    assert list(settings["suite"]) == ["acgan", "gan"]


def test_samples_of_the_same_latents_stand_side_by_side(run_once):
    for suite, row in (("acgan", "1"), ("gan", "g000-r0: all")):
        tiles = pd.read_csv(run_once / f"tables/{suite}/same_latents.csv", dtype={"class": str})
        assert len(tiles) == 10 and set(tiles["model"]) == {"g000-r0"}
        assert row in set(tiles["class"])
    samples = np.load(run_once / "samples/acgan/g000-r0/samples_0.npy")
    sheet = np.asarray(Image.open(run_once / "tables/acgan/same_latents.webp").convert("RGB"))
    assert (sheet[:16, 16:32] == samples[1, 0]).all()


def test_the_best_snapshot_is_chosen_by_other_samples_than_it_is_scored_by(run_once):
    scores = pd.read_csv(run_once / "scores/gan/g000-r1/snapshots.csv")
    chosen = scores[scores["metric"].str.endswith("_snapshot")]
    assert list(chosen["subset"]) == [6, 12]
    best = scores.loc[scores["metric"] == "best_snapshot_step", "value"].item()
    assert best == chosen.loc[chosen["value"].idxmax(), "subset"]
    reported = scores[scores["metric"].str.endswith("_best")]
    assert len(reported) == 5 and not set(reported["value"]) & set(chosen["value"])
    last = load_file(run_once / "models/gan/g000-r1/snapshots/0000012.safetensors")
    whole = load_file(run_once / "models/gan/g000-r1/weights.safetensors")
    assert all(torch.equal(value, whole[key]) for key, value in last.items())


def test_samples_are_drawn_of_a_snapshot_that_was_kept(run_once, tmp_path):
    command = [BIN / "acgan", "sample", "--models", "gan/g000-r1"]
    command += [
        "--config",
        run_once / "config.json",
        "--weights",
        run_once / "models",
        "--out",
        tmp_path,
        "--snapshot",
    ]
    for step, same in (("12", True), ("6", False)):
        subprocess.run([*map(str, command), step], check=True)
        drawn = np.load(tmp_path / "gan/g000-r1/samples_0.npy")
        kept = np.load(run_once / "samples/gan/g000-r1/samples_0.npy")
        assert np.array_equal(drawn, kept) == same
    lacking = subprocess.run([*map(str, command), "7"], capture_output=True, text=True, check=False)
    assert "gan/g000-r1 kept no snapshot of step 7: suites.gan.snapshots" in lacking.stderr


def test_logs_hold_each_systems_own_terms(run_once):
    table = pd.read_csv(run_once / "tables/infogan/training.csv")
    terms = {"d_source", "d_information", "g_source", "g_information", "code_accuracy"}
    assert terms <= set(table["term"]) and table["value"].notna().all()
    curves = (run_once / "report/curves/infogan/g000-r0.svg").read_text()
    assert ">D: information<" in curves and ">code accuracy<" in curves


def test_a_model_is_watched_on_its_way(run_once):
    """The last step that is kept is the model itself: the same pictures and the same numbers."""
    table = pd.read_csv(run_once / "tables/acgan/by_step.csv")
    own = table[table["suite"] == "acgan"]
    assert sorted(own["step"].unique()) == [6, 12]
    measures = {"accuracy", "ms_ssim", "class_score", "nearest_l1", "nearest_ms_ssim"}
    assert set(own["measure"]) == measures and own["value"].notna().all()
    scores = pd.read_csv(run_once / "scores/acgan/g000-r0/ms_ssim.csv")
    final = scores[scores["metric"].str.endswith("_random_pairs_mean")].set_index("class")["value"]
    last = own.query("step == 12 and measure == 'ms_ssim'").set_index("class")["value"]
    assert last.sort_index().tolist() == pytest.approx(final.sort_index().tolist())
    tiles = pd.read_csv(run_once / "tables/acgan/samples_by_step.csv")
    assert len(tiles) == 2 * 10 * 10 and set(tiles["step"]) == {6, 12}
    drawn = np.load(run_once / "samples/acgan/g000-r0/samples_0.npy")
    with Image.open(run_once / "tables/acgan/samples_by_step_1.webp") as sheet:
        shown = np.asarray(sheet.convert("RGB"))
    assert np.array_equal(shown[:16, :160], np.concatenate(drawn[0, :10], axis=1))
    with Image.open(run_once / "tables/acgan/samples_by_step_0.webp") as sheet:
        assert not np.array_equal(np.asarray(sheet.convert("RGB")), shown)
