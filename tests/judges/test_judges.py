"""Judges on real photographs where they are to be had, else by what their files and preprocessing
must do.
"""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from reference import REFERENCE, needs

from acgan.config.schema import Judge as Settings
from acgan.data import imagenet, packed
from acgan.io.errors import UserError
from acgan.io.files import sha256_of
from acgan.io.images import resized
from acgan.judges import KINDS, Judge, cnn, load_judge, score_name
from acgan.judges.accuracy import measure, overall
from acgan.judges.kinds import digits_cnn, inception_v3
from acgan.judges.resnet import DEPTHS, ResNet
from acgan.scores import base as scores
from acgan.scores.class_score import class_score
from acgan.scores.feature_distances import feature_distances, write_real_features

CIFAR = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
photographs = needs("data/imagenette128_val.npz")


def settings(kind: str, **keys) -> dict:
    return Settings(kind=kind, **keys).model_dump()


def cifar_resnet(weights: Path, architecture: str = "resnet20", **keys) -> dict:
    keys = {"classes": CIFAR, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]} | keys
    return settings("local_classifier", architecture=architecture, weights=str(weights), **keys)


def stored(name: str, chosen: slice) -> tuple[torch.Tensor, np.ndarray, dict]:
    """Images (N, 3, H, W) and labels of an archive of encoded images."""
    archive = np.load(REFERENCE / f"data/{name}.npz", allow_pickle=False)
    data, offsets, labels = archive["data"], archive["offsets"], archive["labels"]
    files = [data[offsets[i] : offsets[i + 1]] for i in range(len(labels))[chosen]]
    images = [np.asarray(Image.open(io.BytesIO(f.tobytes())).convert("RGB")) for f in files]
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2), labels[chosen], archive


def noise(count: int, side: int) -> torch.Tensor:
    rng = np.random.default_rng(side)
    return torch.from_numpy(rng.integers(0, 256, (count, 3, side, side)).astype(np.uint8))


@pytest.fixture(scope="module")
def efficientnet():
    return load_judge("efficientnet_lite0", settings("efficientnet_lite0"))


@pytest.fixture(scope="module")
def random_resnet(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("resnet") / "resnet20.pt"
    torch.save(ResNet(DEPTHS["resnet20"], 10).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def random_digits_cnn(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("digits") / "judge.pt"
    torch.save(cnn.build(digits_cnn.SHAPE, 10).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def random_2015_graph(tmp_path_factory):
    """A file in the published one's format: random weights, but output 7 always wins."""
    from acgan.io.vision import import_torchvision

    import_torchvision()
    from torch_fidelity import feature_extractor_inceptionv3 as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "load_state_dict_from_url", lambda *a, **k: {})
        patch.setattr(torch.nn.Module, "load_state_dict", lambda *a, **k: None)
        torch.manual_seed(0)
        net = module.FeatureExtractorInceptionV3("random", ["2048"])
    net.fc.weight.zero_()
    net.fc.weight[7] = 1  # features are positive
    net.fc.bias.zero_()
    net.fc.bias[500] = 1e6  # the bias must not count
    path = tmp_path_factory.mktemp("inception") / "inception.pth"
    torch.save(net.state_dict(), path)
    return path


def pin(monkeypatch, kind: str, path: Path) -> dict:
    """Settings under which `path` is the pinned file of a kind."""
    own = KINDS[kind].pinned._replace(sha256=sha256_of(path))
    monkeypatch.setitem(KINDS, kind, KINDS[kind]._replace(pinned=own))
    return settings(kind, weights=str(path))


@photographs
def test_efficientnet_on_a_part_of_imagenet1k_samples(efficientnet):
    """All 3,050 images give 72.0 % top-1 and 90.6 % top-5 (measured when this was written, 20 s a
    thousand images): every thirtieth is what a test can wait for.
    """
    images, labels, archive = stored("imagenet1k_samples128", slice(0, None, 30))
    assert efficientnet.class_ids == archive["wnids"].tolist()
    top = efficientnet.probabilities(images).topk(5).indices.numpy()
    assert (top[:, 0] == labels).mean() == pytest.approx(0.720, abs=0.1)
    assert (top == labels[:, None]).any(1).mean() == pytest.approx(0.906, abs=0.07)


@photographs
def test_efficientnet_on_imagenette(efficientnet):
    images, labels, archive = stored("imagenette128_val", slice(100))
    own = [efficientnet.class_ids.index(w) for w in archive["wnids"]]
    p = efficientnet.probabilities(images).numpy()
    assert (p.argmax(1) == np.array(own)[labels]).mean() == pytest.approx(0.656, abs=0.1)
    assert (p[:, own].argmax(1) == labels).mean() == pytest.approx(0.974, abs=0.03)


@photographs
@pytest.mark.parametrize(
    ("architecture", "file", "right"),
    [
        ("resnet20", "resnet20_cifar10", 0.810),
        ("resnet56", "resnet56_cifar10", 0.832),
        ("resnet20", "resnet20_cifar10_jpeg", 0.878),
    ],
)
def test_local_classifiers_on_cifar10(architecture, file, right):
    chosen = cifar_resnet(REFERENCE / f"data/{file}.pt", architecture)
    images, labels, archive = stored("cifar10_jpeg_test", slice(1000))
    assert archive["class_names"].tolist() == CIFAR
    answers = load_judge("mine", chosen).probabilities(images).argmax(1).numpy()
    assert (answers == labels).mean() == pytest.approx(right, abs=0.03)


@pytest.mark.parametrize("filter", ["bicubic", "bilinear"])
@pytest.mark.parametrize("side", [16, 64, 128, 256, 300])
def test_resizing_is_pillows(side, filter):
    images = noise(4, side)
    ours = resized(images, 224, filter).permute(0, 2, 3, 1).numpy().astype(int)
    taken = getattr(Image.Resampling, filter.upper())
    for image, own in zip(images.permute(0, 2, 3, 1).numpy(), ours, strict=True):
        theirs = np.asarray(Image.fromarray(image).resize((224, 224), taken)).astype(int)
        assert abs(own - theirs).max() <= 2
        assert (own != theirs).mean() < (0.02 if filter == "bicubic" else 0.1)


def test_folding_leaves_efficientnets_answers_alone(efficientnet):
    from acgan.judges.kinds import efficientnet_lite0

    images = noise(4, 64)
    with torch.no_grad():
        plain = efficientnet_lite0.build()(efficientnet_lite0.preprocess(images)).softmax(1)
    assert torch.allclose(efficientnet.probabilities(images), plain, atol=1e-5)
    assert efficientnet.features(images).shape == (4, 1280)


@pytest.mark.parametrize("kind", ["efficientnet_lite0", "digits_cnn", "local_classifier"])
def test_answers_do_not_depend_on_the_batch(kind, efficientnet, random_resnet, random_digits_cnn):
    judge = {
        "efficientnet_lite0": lambda: efficientnet,
        "digits_cnn": lambda: load_judge("d", settings("digits_cnn"), random_digits_cnn),
        "local_classifier": lambda: load_judge("c", cifar_resnet(random_resnet)),
    }[kind]()
    images = noise(21, 32)
    together = judge.probabilities(images)
    assert together.dtype == torch.float32 and torch.allclose(together.sum(1), torch.ones(21))
    one_by_one = torch.cat([judge.probabilities(image[None]) for image in images])
    assert torch.allclose(together, one_by_one, atol=1e-6)
    assert not torch.allclose(together[:1], together[1:], atol=1e-6)  # they do look at the image
    if judge.features:
        halves = torch.cat([judge.features(part) for part in images.split(11)])
        assert torch.allclose(judge.features(images), halves, atol=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_answers_as_a_cpu_does(efficientnet):
    there = load_judge("e", settings("efficientnet_lite0"), device="cuda")
    images = noise(8, 128)
    assert torch.allclose(
        there.probabilities(images), efficientnet.probabilities(images), atol=1e-4
    )


def test_the_2015_graph_answers_as_salimans_code_does(random_2015_graph, monkeypatch, tmp_path):
    """1008 outputs, no bias, positive features; real images are named through the table."""
    judge = load_judge("tf", pin(monkeypatch, "inception_v3_tf2015", random_2015_graph))
    images = noise(2, 32)
    p, f = judge.probabilities(images), judge.features(images)
    assert p.shape == (2, 1008) and f.shape == (2, 2048) and f.min() >= 0
    logit = f.double().sum(1)
    assert torch.allclose(p[:, 7].double(), logit.exp() / (logit.exp() + 1007), atol=1e-5)
    assert score_name(judge) == "inception_score_tf2015"
    wnid = imagenet.inception2015_class_ids()[7]
    for name in (wnid, "n01440764"):
        packed.write_class(tmp_path, name, images.permute(0, 2, 3, 1).numpy())
    packed.write_index(tmp_path, {wnid: "the one", "n01440764": "tench"})
    assert [row[-1] for row in measure(judge, tmp_path, "heldout")] == [1, 0, 1, 0]


def test_torchvisions_inception(tmp_path, monkeypatch):
    """Loaded from a file of its format; its preprocessing is the one that torchvision documents."""
    torch.manual_seed(0)
    net = inception_v3.build()
    torch.save(net.state_dict(), tmp_path / "i.pth")
    judge = load_judge("tv", pin(monkeypatch, "inception_v3", tmp_path / "i.pth"))
    images = noise(2, 64)
    mean, std = (
        torch.tensor(v).view(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    )
    net.eval().transform_input = True
    with torch.no_grad():
        theirs = net((resized(images, 299, "bilinear") / 255 - mean) / std).softmax(1)
    assert torch.allclose(judge.probabilities(images), theirs, atol=1e-5)
    assert judge.features(images).shape == (2, 2048) and judge.class_ids[0] == "n01440764"
    assert score_name(judge) == "class_score_tv"


def test_torchvision_classifiers_of_ones_own(tmp_path):
    from acgan.io.vision import import_torchvision

    net = import_torchvision().models.get_model("mobilenet_v3_small", num_classes=3)
    torch.save(net.state_dict(), tmp_path / "m.pt")
    (tmp_path / "classes.txt").write_text("a\nb\n\nc\n")
    keys = {"classes": str(tmp_path / "classes.txt"), "side": 64, "resize": "bicubic"}
    judge = load_judge(
        "m", cifar_resnet(tmp_path / "m.pt", "torchvision:mobilenet_v3_small", **keys)
    )
    assert judge.class_ids == ["a", "b", "c"] and judge.probabilities(noise(1, 50)).shape == (1, 3)


def test_the_best_of_a_data_sets_own_classes(random_resnet, tmp_path):
    """A data set of three of the judge's ten classes is measured in both ways."""
    judge = load_judge("c", cifar_resnet(random_resnet))
    images = noise(30, 32)
    for i, name in enumerate(CIFAR[2:5]):
        packed.write_class(tmp_path, name, images[10 * i : 10 * i + 10].permute(0, 2, 3, 1).numpy())
    packed.write_index(tmp_path, {name: name for name in CIFAR[2:5]})
    rows = measure(judge, tmp_path, "heldout")
    p, labels = judge.probabilities(images), torch.arange(3).repeat_interleave(10)
    assert overall(rows, "heldout") == pytest.approx((p.argmax(1) == labels + 2).double().mean())
    best = (p[:, 2:5].argmax(1) == labels).double().mean()
    assert overall(rows, "heldout_best_of_3") == pytest.approx(best)


@pytest.mark.parametrize(
    ("kind", "score", "frechet", "kernel"),
    [
        ("inception_v3_tf2015", "inception_score_tf2015", "fid_tf2015", "kid_tf2015"),
        ("efficientnet_lite0", "class_score_mine", "frechet_distance_mine", "kernel_distance_mine"),
    ],
)
def test_scores_bear_judge_and_protocol(kind, score, frechet, kernel, packed_digits, tmp_path):
    """And the samples that are reported are others than those that choose."""
    asked = []

    def features(images):
        asked.append(images)
        return images.float().mean((2, 3)) / 255

    judge = Judge("mine", kind, ["0", "1", "2"], lambda x: features(x).softmax(1), features)
    rng = np.random.default_rng(0)
    samples = [rng.integers(0, 256, (1000, 16, 16, 3)).astype(np.uint8) for _ in range(3)]
    wanted = {"select": {"samples": 1998, "groups": 2}, "report": {"samples": 999, "groups": 3}}
    config = {"scores": wanted}
    real = tmp_path / "real.safetensors"
    write_real_features(judge, packed_digits, 0, real)
    scored = scores.Scored("s", "m", 1, ["0", "1", "2"], samples, judge, packed_digits, [32], real)
    asked.clear()
    names = [row[3] for row in class_score(config, scored)]
    assert names == [f"{score}_1998_2x999_select"] * 2 + [f"{score}_999_3x333_report"] * 3
    chosen, reported = asked
    assert torch.equal(chosen[:666], scores.to_tensor(samples[0][:666]))
    assert torch.equal(reported[-333:], scores.to_tensor(samples[2][666:999]))
    judge_in_name = frechet.rpartition("_")[2]
    rows = {row[3]: row[6] for row in feature_distances(config, scored)}
    assert list(rows) == [
        f"{frechet}_999_vs_90_train",
        f"{kernel}_999_vs_90_train_100x45_mean",
        f"{kernel}_999_vs_90_train_100x45_std",
        f"precision_{judge_in_name}_999_vs_90_train_k3",
        f"recall_{judge_in_name}_999_vs_90_train_k3",
    ]
    assert torch.equal(asked[-1], reported) and all(np.isfinite(list(rows.values())))


def test_counts_in_names():
    assert [scores.thousands(n) for n in (50_000, 5000, 1000, 999, 2500)] == [
        "50k",
        "5k",
        "1k",
        "999",
        "2500",
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sha256": "0" * 64}, "is not the weight file of c: its sha256 is"),
        ({"architecture": "resnet56"}, "does not hold a resnet56 of 10 classes"),
        ({"classes": CIFAR[:9]}, "does not hold a resnet20 of 9 classes"),
        ({"classes": [*CIFAR[:9], "bird"]}, "the class bird stands there twice"),
        ({"classes": "nowhere.txt"}, "cannot read the classes of the judge c from nowhere.txt"),
        (
            {"architecture": "torchvision:resnet19"},
            "torchvision has no classifier resnet19; it has",
        ),
        ({"weights": "nowhere.pt"}, "put the state dict of its resnet20 at nowhere.pt"),
        ({"weights": __file__}, "is damaged or no state dict"),
    ],
)
def test_a_classifier_that_does_not_fit_is_refused(random_resnet, change, says):
    with pytest.raises(UserError) as error:
        load_judge("c", cifar_resnet(random_resnet) | change)
    assert says in str(error.value) and "\n" not in str(error.value)


def test_weights_that_would_run_code_are_refused(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (Path(tmp_path / "ran").touch, ())

    torch.save({"conv1.weight": Hostile()}, tmp_path / "hostile.pt")
    with pytest.raises(UserError, match=r"holds Python objects \(.*\), as a whole model pickled"):
        load_judge("c", cifar_resnet(tmp_path / "hostile.pt"))
    assert not (tmp_path / "ran").exists()
