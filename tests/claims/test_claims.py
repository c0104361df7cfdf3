"""From tables to verdicts: what a claim sees, what it needs, and what the table says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from running import ROOT

from acgan.claims import CLAIMS
from acgan.claims.case import Case
from acgan.claims.needs import lines
from acgan.claims.registry import About, Needs, entries
from acgan.claims.verdict import verdict
from acgan.config import loading, resolve
from acgan.metrics import inference
from acgan.systems.counting import parameters
from acgan.tables import TABLES, wanted
from acgan.tables.registry import Asked
from acgan.workflow.experiment import Experiment

CLASSES = [str(c) for c in range(10)]
MODEL = {c: f"g00{int(c) // 5}" for c in CLASSES}


@pytest.fixture
def demo() -> dict:
    return loading.load([ROOT / "config/demo.yaml"])


def accuracy(suite: str, sides: dict[int, float]) -> pd.DataFrame:
    rows = [(suite, MODEL[c], c, c, s, a) for c in CLASSES for s, a in sides.items()]
    return pd.DataFrame(rows, columns=["suite", "model", "class", "name", "side", "accuracy"])


def alike(samples: float, real: float) -> pd.DataFrame:
    rows = [("main_32", MODEL[c], c, 32, samples + int(c) / 100, 0.05) for c in CLASSES]
    rows += [("real", "", c, 32, real, 0.05) for c in CLASSES]
    columns = ["suite", "model", "class", "side", "ms_ssim", "ms_ssim_std"]
    return pd.DataFrame(rows, columns=columns)


def nearest(l1: float, ms_ssim: float) -> pd.DataFrame:
    """Ratios of samples around these, of held-out images around 1."""
    rng, rows = np.random.default_rng(0), []
    for c in CLASSES:
        for measure, value in (("l1", l1), ("ms_ssim", ms_ssim)):
            for suite, middle, each in (("main_32", value, 4), ("heldout", 1.0, 20)):
                for i in range(each):
                    ratio = middle * (1 + rng.uniform(-0.1, 0.1))
                    rows.append((suite, MODEL[c], c, i, measure, ratio))
    return pd.DataFrame(rows, columns=["suite", "model", "class", "sample", "measure", "ratio"])


def latents(jumps: float = 0.2) -> pd.DataFrame:
    columns = ["suite", "model", "class", "metric", "subset", "value", "other"]
    rows = [
        ("main_32", MODEL[c], c, "path_largest_of_8_steps", i, jumps, None)
        for c in CLASSES
        for i in range(8)
    ]
    for model in ("g000", "g001"):
        for i in range(8):
            for j in range(8):
                value = 0.5 if i == j else 0.2 + 0.01 * ((i + 2 * j) % 3)
                name = "fixed_latents_ms_ssim_of_5_classes"
                rows.append(("main_32", model, "", name, i, value, j))
        for c in CLASSES[:5]:
            rows.append(("main_32", model, c, "probe_recall_digits_cnn", 100, 0.2, None))
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    half = pd.DataFrame(
        [("main_32", MODEL[c], s, c, 0.3, False) for c in CLASSES for s in (0, 300, 600)],
        columns=["suite", "model", "step", "class", "ms_ssim", "diverged"],
    )
    counts = pd.DataFrame(
        [
            (
                "sweep",
                f"n{n:03d}-r{r}",
                n,
                c,
                "ms_ssim_random_mean",
                0.1 + 0.05 * np.log2(n) + r / 500,
            )
            for n in (2, 5, 10)
            for r in (0, 1)
            for c in CLASSES[:2]
        ],
        columns=["suite", "model", "classes_per_model", "class", "metric", "value"],
    )
    return {
        "large/class_accuracy": accuracy("main_32", {8: 0.3, 16: 0.8, 32: 0.9}),
        "small/class_accuracy": accuracy("main_16", {16: 0.6}),
        "large/class_diversity": alike(0.2, 0.3),
        "large/collapse_by_step": half,
        "class_count/class_count": counts,
        "large/nearness": nearest(1.2, 1.3),
        "large/latent_space": latents(),
    }


def made(config: dict, tables: dict[str, pd.DataFrame], folder) -> pd.DataFrame:
    """The table of claims, of files as the rule names them."""
    inputs = []
    for reference, frame in tables.items():
        role, _, name = reference.partition("/")
        path = folder / config["roles"][role] / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(path, index=False)
        inputs.append(path)
    return TABLES["claims"].make(Asked(config, None, inputs, {})).set_index("claim")


def test_the_table_says_each_statement_with_its_verdict(demo, tables, tmp_path):
    found = made(demo, tables, tmp_path)
    assert list(found.index) == list(entries()) == [*entries()]
    these = " (of these models)"
    assert found["verdict"].to_dict() == {
        "resolution_helps": f"supported{these}",
        "most_classes_lose": f"supported{these}",
        "larger_beats_smaller": f"supported{these}",
        "not_just_bigger": "needs a suite in the role widened",
        "as_diverse_as_data": f"supported{these}",
        "samples_less_diverse": f"contradicted{these}",
        "quality_with_diversity": f"inconclusive{these}",
        "collapse_seen_in_training": "needs restarts",
        "not_memorised": f"supported{these}",
        "smooth_latent": f"supported{these}",
        "shared_structure": f"supported{these}",
        "z_without_class": f"supported{these}",
        "more_classes_hurt": "supported",
        "one_class_fails": "needs a suite in the role one_class",
        "beats_improved_gan": "needs a suite in the role systems",
        "steadier_training": "needs a suite in the role systems",
    }
    one = found.loc["resolution_helps"]
    assert one["value"] == pytest.approx(0.6) and one["resampled"] == "samples of 10 classes"
    assert found.loc["larger_beats_smaller", "value"] == pytest.approx(0.2)
    assert found.loc["not_memorised", "value"] == pytest.approx(1.2, abs=0.05)
    assert found.loc["shared_structure", "value"] == pytest.approx(0.29, abs=0.01)
    assert found.loc["more_classes_hurt", "value"] == pytest.approx(0.05, abs=0.002)
    tested = found["p"].notna()
    assert (found["p_holm"][tested] >= found["p"][tested]).all() and tested.sum() == 11
    assert found.loc["samples_less_diverse", "section"] == "4.2"
    assert found["add"].notna().sum() == 5


def test_copies_and_jumps_and_a_z_that_knows_the_class_contradict(demo, tables, tmp_path):
    tables["large/nearness"] = nearest(0.2, 1.0)
    tables["large/latent_space"] = latents(0.7)
    told = tables["large/latent_space"]["metric"].str.startswith("probe")
    tables["large/latent_space"].loc[told, "value"] = 0.8
    found = made(demo, tables, tmp_path)["verdict"].str.split().str[0]
    for claim in ("not_memorised", "smooth_latent", "z_without_class"):
        assert found[claim] == "contradicted"


def test_collapsed_classes_say_nothing_of_smoothness(demo, tables, tmp_path):
    tables["large/class_diversity"] = alike(0.28, 0.3)  # from the third class on
    found = made(demo, tables, tmp_path).loc["smooth_latent"]
    assert found["note"] == "8 collapsed classes left out" and found["resampled"] == "16 paths"
    tables["large/class_diversity"] = alike(0.5, 0.3)
    found = made(demo, tables, tmp_path / "all").loc["smooth_latent"]
    assert found["verdict"] == "needs a class that has not collapsed"


def test_what_is_not_there_is_said_with_the_lines_that_add_it(demo, tables, tmp_path):
    del tables["large/nearness"], tables["small/class_accuracy"]
    del tables["large/latent_space"]
    tables["large/class_accuracy"] = accuracy("main_32", {16: 0.8, 32: 0.9})
    demo["roles"]["small"] = None
    found = made(demo, tables, tmp_path)
    assert found.loc["not_memorised", "verdict"] == "needs held-out images"
    assert "split: heldout" in found.loc["not_memorised", "add"]
    files = {"source": "npz", "holdout": None}
    demo["datasets"]["digits"] |= files | {"path": "a.npz"}
    demo["datasets"]["digits_heldout"] |= files | {"path": "b.npz"}
    cure = made(demo, tables, tmp_path / "own").loc["not_memorised", "add"]
    assert cure == "datasets: {digits: {heldout: digits_heldout}}"
    assert found.loc["z_without_class", "verdict"] == "needs a judge that names the classes"
    assert found.loc["shared_structure", "verdict"] == "needs models of several classes"
    assert found.loc["smooth_latent", "verdict"] == "needs lines through the latent space"
    assert found.loc["resolution_helps", "verdict"] == "needs accuracy at side 8"
    assert found.loc["resolution_helps", "add"].startswith("scores: {resolutions: [4, 8")
    assert found.loc["larger_beats_smaller", "verdict"] == "needs a suite in the role small"


def test_a_suite_whose_models_all_diverged_has_no_verdict(demo, tables, tmp_path):
    empty = {n: f[f["suite"].isin(["real", "heldout"])] for n, f in tables.items()}
    found = made(demo, empty, tmp_path)["verdict"]
    assert found.str.startswith("needs ").all(), found


@pytest.mark.parametrize("role", ["small", "widened", "class_count", "systems", "one_class"])
def test_the_lines_for_a_role_make_a_config_that_has_it(demo, role, tmp_path):
    text = lines(demo, Needs("", f"role {role}"))
    file = tmp_path / "more.yaml"
    file.write_text(text)
    config = loading.load([ROOT / "config/demo.yaml", file])
    named = config["roles"][role]
    assert set([named] if isinstance(named, str) else named) <= set(config["suites"])
    for claim in CLAIMS.values():
        if role in claim.roles and all(config["roles"].get(r) for r in claim.roles):
            assert all(
                wanted.is_possible(config, w) for w in wanted.resolved(config, list(claim.tables))
            )


def test_a_widened_suite_has_as_many_parameters_as_the_large_one(demo, tmp_path):
    file = tmp_path / "more.yaml"
    file.write_text(lines(demo, Needs("", "role widened")))
    config = loading.load([ROOT / "config/demo.yaml", file])
    small, large = (
        parameters(resolve.spec(config, name, resolve.models(config, name)[0].id))
        for name in ("widened", config["roles"]["large"])
    )
    assert small == pytest.approx(large, rel=0.01)


@pytest.mark.parametrize(
    "lacks", ["quarter", "own_side", "large_restarts", "class_count_restarts", "judge", "heldout"]
)
def test_other_lines_are_of_a_config_too(demo, lacks, tmp_path):
    text = lines(demo, Needs("", lacks))
    if lacks == "heldout":
        assert yaml.safe_load(text)["datasets"]["digits_heldout"]["split"] == "heldout"
        return
    file = tmp_path / "more.yaml"
    file.write_text(text)
    assert loading.load([ROOT / "config/demo.yaml", file])


def test_a_verdict_is_where_the_whole_interval_lies():
    about = About("1", "", "", "", "above", 0.9, "", 0.5)
    for interval, word in (
        ((0.95, 1.2), "supported"),
        ((0.6, 1.2), "inconclusive"),
        ((0.55, 0.8), "inconclusive"),
        ((0.2, 0.4), "contradicted"),
        ((float("nan"), float("nan")), "inconclusive"),
    ):
        assert verdict(about, inference.Tested(0, interval, 1, "", False)) == word
        flipped = about._replace(supported="below", threshold=-0.9, contradicted_at=-0.5)
        turned = (-interval[1], -interval[0])
        assert verdict(flipped, inference.Tested(0, turned, 1, "", False)) == word


def restarts(tables: dict[str, pd.DataFrame], count: int) -> dict[str, pd.DataFrame]:
    """The same tables of so many restarts of each model."""
    found = {}
    for name, frame in tables.items():
        real = frame["suite"].isin(["real", "heldout"])
        made = [frame[~real].assign(model=frame[~real]["model"] + f"-r{r}") for r in range(count)]
        found[name] = pd.concat([*made, frame[real]], ignore_index=True)
    return found


def test_restarts_are_models(demo, tables, tmp_path):
    """Three of two groups are six, of which verdicts are no more of these models alone."""
    demo["suites"]["main_32"]["restarts"] = demo["suites"]["main_16"]["restarts"] = 3
    counts = tables.pop("class_count/class_count")
    several = restarts(tables, 3) | {"class_count/class_count": counts}
    found = made(demo, several, tmp_path)
    assert not found["verdict"].str.contains("of these models").any()
    assert found.loc["resolution_helps", "resampled"] == "6 models"
    assert found.loc["larger_beats_smaller", "resampled"] == "6 models a side"
    assert found.loc["collapse_seen_in_training", "resampled"] == "6 models"


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_reads_every_restart(demo, name):
    """Its tables have them all, so that they are units."""
    demo["suites"]["main_32"]["restarts"] = 3
    e = Experiment(demo)
    for w in wanted.resolved(demo, CLAIMS[name].tables):
        if w.suite == "main_32" and wanted.is_possible(demo, w):
            files = [f for f in e.table_inputs(w) if "/main_32/g00" in f]
            assert {Path(f).parent.name for f in files} == {
                f"g00{g}-r{r}" for g in range(2) for r in range(3)
            }


def test_half_way_is_a_point_of_the_curve(demo, tables, tmp_path):
    """Neither the start, which is noise, nor the end itself."""
    few = tables["large/collapse_by_step"]
    for kept in ([0], [0, 600]):
        some = tables | {"large/collapse_by_step": few[few["step"].isin(kept)]}
        found = made(demo, some, tmp_path / str(len(kept)))
        assert found.loc["collapse_seen_in_training", "verdict"] == (
            "needs a point of Figure 5 half way"
        )


def test_classes_of_a_model_that_diverged_are_lost(demo):
    demo["suites"]["acgan"] = demo["suites"]["grid"] | {"grid": {}, "restarts": 2}
    demo["roles"]["systems"] = ["acgan"]
    rows = [("acgan", "g000-r0", c, 0.3) for c in CLASSES] + [("real", "", c, 0.5) for c in CLASSES]
    table = pd.DataFrame(rows, columns=["suite", "model", "class", "ms_ssim"])
    case = Case(demo, {"systems/judged_by_class": table})
    lost, classes = case.collapsed_classes("systems", "acgan")
    assert list(lost) == [0, 10] and list(classes) == [10, 10]


def test_held_out_images_are_of_the_same_source_and_really_held_out(demo):
    assert resolve.heldout_of(demo, "main_32") == "digits_heldout"
    own = {"source": "folder", "path": "mine", "holdout": None}
    for name in ("digits", "digits_heldout"):
        demo["datasets"][name] |= own
    assert resolve.heldout_of(demo, "main_32") is None  # both splits have all
    for name in ("digits", "digits_heldout"):
        demo["datasets"][name]["holdout"] = 0.2
    assert resolve.heldout_of(demo, "main_32") == "digits_heldout"
    demo["datasets"]["digits_heldout"]["path"] = "others"
    assert resolve.heldout_of(demo, "main_32") is None
    demo["datasets"]["digits"]["heldout"] = "digits_heldout"
    assert resolve.heldout_of(demo, "main_32") == "digits_heldout"


def test_a_pair_of_classes_is_told_by_model_and_class(demo, tables):
    """Restarts have the same classes."""
    more = tables["large/class_accuracy"].assign(model=lambda t: t["model"] + "-r1")
    tables["large/class_accuracy"] = pd.concat([tables["large/class_accuracy"], more])
    found = Case(demo, tables).named("large", 32, 8)
    assert found.accuracy.shape == (20, 2) and found.models.max() == 3
