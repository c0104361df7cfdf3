"""Pictures to take home: by name, by seed, from results or from a weights file alone."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image
from running import ROOT
from safetensors.torch import load_file, save

import acgan
from acgan import cli
from acgan.config.loading import load
from acgan.config.resolve import spec
from acgan.config.spec import described, short_config, shortened
from acgan.io.errors import UserError
from acgan.io.files import write_json
from acgan.nets.weights import save_weights
from acgan.systems.build import build_discriminator, build_generator
from acgan.take_away import weights_file

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
CHANGES = """
suites:
  plain: {dataset: digits, side: 16, judge: null, objective: {system: gan}}
  batchy: {dataset: digits, side: 16, judge: null, sampling_batch_norm: batch}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """results/demo with untrained models of three suites: what is drawn is noise, and no less a
    function of model, class and seed.
    """
    folder = tmp_path_factory.mktemp("take_away")
    (folder / "changes.yaml").write_text(CHANGES)
    config = load([ROOT / "config/demo.yaml", folder / "changes.yaml"])
    results = folder / "results/demo"
    write_json(results / "config.json", short_config(config))
    for model, classes in (
        ("main_16/g000", range(5)),
        ("main_16/g001", range(5, 10)),
        ("plain/g000", range(10)),
        ("batchy/g000", range(10)),
    ):
        suite, _, name = model.partition("/")
        one = spec(config, suite, name)
        torch.manual_seed(len(list(results.rglob("*.safetensors"))))
        nets = build_generator(one), build_discriminator(one)
        about = described(one, [(str(c), NAMES[c]) for c in classes])
        place = results / "models" / model
        place.mkdir(parents=True)
        save_weights(place / "weights.safetensors", *nets, about)
        made = {"spec": shortened(one), "class_ids": [str(c) for c in classes]}
        write_json(place / "provenance.json", made)
    return results


def run(*arguments) -> int:
    return cli.main(["generate", *map(str, arguments), "--device", "cpu"])


def test_a_class_by_name_id_or_number_is_drawn_by_its_model(results, tmp_path, capsys):
    assert (
        run(
            results, "--suite", "main_16", "--class", "Seven", "--count", 3, "--out", tmp_path / "a"
        )
        == 0
    )
    said = capsys.readouterr().out
    assert re.search(r"3 pictures; [\d,]+ images/s", said)
    made = sorted(p.name for p in (tmp_path / "a").glob("*.png"))
    assert made == [f"main_16_g001_002_seven_number_00000{n}.png" for n in range(3)]
    assert Image.open(tmp_path / "a" / made[0]).size == (16, 16)
    by_id = acgan.load(results, "main_16/g001", device="cpu")
    assert by_id.row_of("7") == by_id.row_of("seven") == by_id.row_of(7) == 2
    with pytest.raises(UserError, match="no class '2'"):  # ids are numbers: no place is meant
        by_id.row_of(2)
    assert run(results, "--suite", "main_16", "--class", "sevn", "--out", tmp_path / "b") == 2
    assert "no class 'sevn'; did you mean 'seven'?" in capsys.readouterr().err


def test_five_lines_of_python_draw(results, monkeypatch, capsys):
    """What the README shows, here by a model of another side."""
    monkeypatch.chdir(results.parents[1])
    readme = (ROOT / "README.md").read_text()
    (block,) = re.findall(r"```python\n(import acgan\n.*?)```", readme, re.DOTALL)
    names: dict = {}
    exec(block.replace("main_32", "main_16"), names)
    assert capsys.readouterr().out == "(2, 16, 16, 16, 3)\n"
    images = names["images"]
    assert images.dtype == np.uint8 and not np.array_equal(images[0, 0], images[0, 1])


def test_a_picture_follows_from_model_class_and_seed_alone(results, tmp_path):
    """Whatever else is asked for, in whatever order, from results or from the file alone."""
    file = results / "models/main_16/g001/weights.safetensors"
    whole = acgan.load(results, "main_16/g001").sample(["seven"], range(40))[0]
    alone = acgan.load(file)
    for seed in (0, 17, 39):
        assert np.array_equal(alone.sample(["seven"], [seed])[0, 0], whole[seed])
    assert np.array_equal(alone.sample(["seven"], [39, 3])[0], whole[[39, 3]])
    assert (
        run("--weights", file, "--class", "seven", "--seeds", "17,3", "--out", tmp_path / "s") == 0
    )
    picture = np.asarray(Image.open(tmp_path / "s/main_16_g001_002_seven_seed_000017.png"))
    assert np.array_equal(picture, whole[17])


def test_seeds_are_refused_where_a_picture_depends_on_the_others(results, tmp_path, capsys):
    assert run(results, "--suite", "batchy", "--seeds", "0-3", "--out", tmp_path / "x") == 2
    assert "draws with each batch's statistics" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    assert (
        run(results, "--suite", "batchy", "--class", "one", "--count", 2, "--out", tmp_path / "x")
        == 0
    )


def test_a_generator_without_classes_says_so(results, tmp_path, capsys):
    assert run(results, "--suite", "plain", "--class", "one", "--out", tmp_path / "x") == 2
    assert "are given no class" in capsys.readouterr().err
    assert run(results, "--suite", "plain", "--seeds", "5", "--out", tmp_path / "x") == 0
    assert [p.name for p in (tmp_path / "x").glob("*.png")] == [
        "plain_g000_000_all_seed_000005.png"
    ]


def test_a_folder_takes_up_where_it_was_left_and_is_never_overwritten(results, tmp_path, capsys):
    out = tmp_path / "out"
    asked = (results, "--suite", "main_16", "--class", "two", "--seeds")
    assert run(*asked, "0-2", "--out", out) == 0
    before = {p: p.stat().st_mtime_ns for p in out.glob("*.png")}
    assert run(*asked, "0-4", "--out", out) == 0
    assert "2 pictures, 3 were there already" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert run(results, "--suite", "plain", "--seeds", "0", "--out", out) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    own = tmp_path / "own"
    own.mkdir()
    (own / "holiday.png").write_bytes(b"mine")
    assert run(*asked, "0", "--out", own) == 2
    assert (own / "holiday.png").read_bytes() == b"mine"


def test_one_sheet_one_npz_and_a_folder_for_each_class(results, tmp_path):
    asked = (results, "--suite", "main_16", "--seeds", "0-5", "--class", "one", "eight")
    for form, name in (("sheet", "s.png"), ("npz", "s.npz"), ("folders", "folders")):
        assert run(*asked, "--format", form, "--out", tmp_path / name) == 0
    npz = np.load(tmp_path / "s.npz", allow_pickle=False)
    assert npz["images"].shape == (12, 16, 16, 3)
    assert npz["classes"].tolist() == ["1", "8"]  # of two models, in each of which they are others
    assert npz["class_names"].tolist() == ["one", "eight"]
    assert npz["labels"].tolist() == [0] * 6 + [1] * 6
    sheet = np.asarray(Image.open(tmp_path / "s.png"))
    assert sheet.shape == (32, 96, 3)
    assert np.array_equal(sheet[16:, 32:48], npz["images"][8])
    assert sorted(p.name for p in (tmp_path / "folders").iterdir() if p.is_dir()) == [
        "1_one",
        "8_eight",
    ]
    assert run(*asked, "--format", "npz", "--out", tmp_path / "s.npz") == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--seeds", "5-2"], "5-2 counts down; write 2-5"),
        (["--seeds", "9" * 19], "a seed has 18 digits at most"),
        (["--seeds=-3"], "they begin at 0"),
        (["--steps", "5"], "--steps says how many pictures a line of --interpolate has"),
        (["--format", "npz", "--count", "9" * 14], "left; ask for fewer"),
        (["--count", "9" * 14], "left; ask for fewer"),
    ],
)
def test_what_cannot_be_drawn_is_said_at_once(results, tmp_path, capsys, asked, said):
    out = tmp_path / "x.npz"
    try:
        assert run(results, "--suite", "main_16", *asked, "--out", out) == 2
    except SystemExit as status:  # of an argument that is none
        assert status.code == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("classes", "seeds", "said"),
    [
        ("seven", [0], "classes are a list, as ['seven']"),
        (["seven"], 3, "seeds are a list or range of whole numbers"),
        (["seven"], [1.5], "seeds are a list or range of whole numbers"),
        (["seven"], [-1], "seeds begin at 0"),
    ],
)
def test_in_python_too_what_is_wrong_is_said(results, classes, seeds, said):
    with pytest.raises(UserError, match=re.escape(said)):
        acgan.load(results, "main_16/g001").sample(classes, seeds)


def test_lines_go_from_seed_to_seed(results, tmp_path):
    asked = (results, "--suite", "main_16", "--class", "one", "--interpolate", "--steps", 5)
    assert run(*asked, "--seeds", "3-5", "--out", tmp_path / "lines") == 0
    files = sorted((tmp_path / "lines").glob("*.png"))
    assert [f.stem.partition("one_")[2] for f in files] == [
        "seeds_000003_to_000004",
        "seeds_000004_to_000005",
    ]
    line = np.asarray(Image.open(files[0]))
    assert line.shape == (16, 80, 3)
    ends = acgan.load(results, "main_16/g000").sample(["one"], [3, 4])[0].astype(int)
    assert np.abs(line[:, :16] - ends[0]).max() <= 1 and np.abs(line[:, -16:] - ends[1]).max() <= 1


def test_fixed_latents_are_those_of_every_class(results):
    from acgan.take_away.generate import Wanted, pictures

    source = acgan.load(results, "main_16/g000")
    one, other = (
        [p.image for p in pictures(source, [0, 0], Wanted(None, 3, fixed))]
        for fixed in (True, False)
    )
    assert np.array_equal(one[:3], one[3:]) and not np.array_equal(one, other)


# ---- a stranger's file


def stranger(results, folder, change) -> str:
    """A copy of a weights file whose metadata is another."""
    file = results / "models/main_16/g000/weights.safetensors"
    from safetensors import safe_open

    with safe_open(file, "pt") as handle:
        said = json.loads(handle.metadata()["acgan"])
    metadata = change(said)
    out = folder / "stranger.safetensors"
    out.write_bytes(save(load_file(file), metadata))
    return str(out)


def changed(said, section, **values):
    said["spec"][section] |= values
    return {"acgan": json.dumps(said)}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda s: None, "does not say what model it holds"),
        (lambda s: {"acgan": "{"}, "no JSON"),
        (lambda s: {"acgan": "[" * 100_000}, "JSON"),
        (lambda s: {"acgan": " " * 2_000_000 + "{}"}, "1,048,576 at most"),
        (lambda s: {"acgan": "[]"}, "does not say what model"),
        (lambda s: changed(s, "nets", width=4.0), "does not hold the generator of its spec"),
        (lambda s: changed(s, "nets", latent=10**12), "does not hold the generator of its spec"),
        (lambda s: changed(s, "nets", width=1e9), "less than or equal to 4"),
        (lambda s: changed(s, "nets", command="rm"), "Extra inputs"),
        (lambda s: changed(s, "objective", system="../evil"), "system"),
        (lambda s: {"acgan": json.dumps(s | {"classes": [["a", "b"]] * 5})}, "other ids"),
        (lambda s: {"acgan": json.dumps(s | {"classes": [["0", "\x1b[2J"]]})}, "pattern"),
        (lambda s: changed(s, "nets", **{"\x1b[2J": 1}), "nets.?[2J: Extra inputs"),
        (lambda s: changed(s, "nets", latent=10**30), "makes no generator"),
        (
            lambda s: changed(s, "nets", architecture="salimans", generator_norm="conditional"),
            "error:",
        ),
    ],
)
def test_a_strangers_file_is_checked(results, tmp_path, capsys, change, word):
    file = stranger(results, tmp_path, change)
    assert run("--weights", file, "--count", 1, "--out", tmp_path / "out") == 2
    err = capsys.readouterr().err
    assert word in err and "Traceback" not in err and "\x1b" not in err
    assert not (tmp_path / "out").exists()


def test_names_of_classes_never_become_paths(results, tmp_path):
    hostile = ["../../evil", "/etc/passwd", "..", "a\\b", "CON.png"]

    def renamed(said):
        said["classes"] = [[c, name] for (c, _), name in zip(said["classes"], hostile, strict=True)]
        return {"acgan": json.dumps(said)}

    file = stranger(results, tmp_path, renamed)
    out = tmp_path / "deep/er/out"
    assert run("--weights", file, "--seeds", "0", "--format", "folders", "--out", out) == 0
    inside = set(tmp_path.rglob("*.png"))
    assert len(inside) == 5 and all(out in p.parents for p in inside)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+\.png", p.name) for p in inside)


def test_a_file_of_former_times_needs_its_spec(results, tmp_path):
    file = stranger(results, tmp_path, lambda said: None)
    made = results / "models/main_16/g000/provenance.json"
    assert (
        run(
            "--weights",
            file,
            "--spec",
            made,
            "--class",
            "3",
            "--seeds",
            "0",
            "--out",
            tmp_path / "o",
        )
        == 0
    )
    old = np.asarray(Image.open(next((tmp_path / "o").glob("*.png"))))
    new = acgan.load(results, "main_16/g000").sample(["three"], [0])[0, 0]
    assert np.array_equal(old, new)


def test_a_model_says_itself_what_it_is(results):
    """One entry, canonical JSON: the whole spec and the names of the classes; nothing of the
    machine.
    """
    about = weights_file.read(results / "models/main_16/g001/weights.safetensors")
    assert about.classes == [(str(c), NAMES[c]) for c in range(5, 10)]
    text = described(about.spec, about.classes)
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert str(ROOT) not in text and set(json.loads(text)) == {"spec", "classes"}


# ---- other runtimes


def test_onnx_gives_the_same_pictures(results, tmp_path, capsys):
    runtime = pytest.importorskip("onnxruntime")
    out = tmp_path / "g000.onnx"
    asked = ["export", str(results), "--model", "main_16/g000", "--onnx", str(out)]
    assert cli.main(asked) == 0
    source = acgan.load(results, "main_16/g000", device="cpu")
    session = runtime.InferenceSession(str(out))
    z, _ = source.block(0)
    given = {"latents": z.numpy(), "classes": np.full(len(z), 3)}
    (images,) = session.run(None, given)
    shown = ((images + 1) * 127.5).round().clip(0, 255).transpose(0, 2, 3, 1)
    ours = source.sample([3], range(len(z)))[0]
    assert np.abs(shown - ours.astype(float)).max() <= 1
    assert "acgan" in session.get_modelmeta().custom_metadata_map
    assert cli.main(asked) == 2
    assert "nothing is overwritten" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_said_in_a_line(results, tmp_path, capsys):
    asked = ["generate", str(results), "--suite", "main_16", "--device", "nosuch"]
    assert cli.main([*asked, "--out", str(tmp_path / "x")]) == 2
    assert "error: device nosuch" in capsys.readouterr().err


def test_no_picture_stands_for_a_model_that_diverged(results, tmp_path, capsys):
    """Of a class that it alone draws there is none, unless the model is named."""
    made = results / "models/main_16/g000/provenance.json"
    before = made.read_text()
    made.write_text(json.dumps(json.loads(before) | {"diverged": {"step": 3}}))
    try:
        asked = (results, "--suite", "main_16", "--class", "one", "--count", 1, "--out")
        assert run(*asked, tmp_path / "a") == 2
        assert "no class 'one'" in capsys.readouterr().err
        assert run(*asked, tmp_path / "b", "--model", "g000") == 0
        assert "g000 diverged" in capsys.readouterr().err
    finally:
        made.write_text(before)
