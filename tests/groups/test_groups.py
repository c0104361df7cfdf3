"""Every grouping puts every class into exactly one model; what cannot be grouped is refused in one
line.
"""

import itertools

import numpy as np
import pytest
import torch
import yaml
from running import TOY, snakemake
from safetensors.torch import save_file

from acgan.data import imagenet
from acgan.data.packed import INDEX_COLUMNS
from acgan.groups.grouping import read_groups, write_groups
from acgan.groups.partition import partition
from acgan.io.errors import UserError
from acgan.io.files import write_csv

DIGITS = {str(i): name for i, name in enumerate(["zero", "one", "two", "three", "four", "five"])}


@pytest.fixture
def grouped(tmp_path):
    """Write the groups of classes {id: name} and read them again."""

    def run(names, size, grouping="consecutive", features=None, **keys):
        rows = [(c, name, 1, "") for c, name in names.items()]
        write_csv(tmp_path / "index.csv", INDEX_COLUMNS, rows)
        suite = {
            "classes": len(names),
            "classes_per_model": size,
            "grid": {},
            "restarts": 1,
            "grouping": grouping,
            "grouping_seed": 0,
            "groups_file": None,
            "judge": "j",
            "dataset": "d",
        }
        config = {
            "suites": {"s": suite | keys},
            "judges": {"j": {"kind": "digits_cnn"}},
            "datasets": {"d": {"source": "folder"}},
            "roles": {},
        }
        out = tmp_path / "groups.csv"
        write_groups(config, "s", tmp_path, out, features)
        return list(read_groups(out).values())

    return run


def synsets(count):
    """Some ImageNet classes, from all over the tree."""
    ids = imagenet.class_ids()[:: 1000 // count][:count]
    return {wnid: imagenet.name_of(wnid) for wnid in ids}


def spread(distances, groups):
    """Mean distance of two members of a group."""
    pairs = [distances[np.ix_(g, g)].sum() for g in groups]
    return np.mean(pairs) / (len(groups[0]) * (len(groups[0]) - 1))


GROUPINGS = (
    "consecutive",
    "ilsvrc2012",
    "random",
    "similar_wordnet",
    "dissimilar_wordnet",
    "similar_features",
    "dissimilar_features",
    "file",
)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_class_is_in_exactly_one_model(grouped, tmp_path, grouping):
    for count, size in [(1, 1), (2, 1), (2, 2), (12, 1), (12, 3), (12, 12), (50, 2), (50, 25)]:
        classes = synsets(count)
        features, by_hand = tmp_path / "f.safetensors", tmp_path / "by_hand.csv"
        rng = np.random.default_rng(count)
        save_file({c: torch.from_numpy(rng.normal(size=(3, 4))) for c in classes}, features)
        model = {c: f"m{i % (count // size)}" for i, c in enumerate(rng.permutation([*classes]))}
        write_csv(by_hand, ("model", "class"), [(m, c) for c, m in model.items()])
        keys = {"groups_file": str(by_hand)} if grouping == "file" else {}
        groups = grouped(classes, size, grouping, features, **keys)
        assert [len(g) for g in groups] == [size] * (count // size)
        assert sorted(c for g in groups for c in g) == sorted(classes)
        assert groups == grouped(classes, size, grouping, features, **keys)
        if "similar" in grouping:
            assert groups == sorted(sorted(g) for g in groups)


def test_models_get_the_classes_in_order(grouped):
    assert grouped(DIGITS, 2) == [["0", "1"], ["2", "3"], ["4", "5"]]


def test_another_number_of_classes_is_refused(grouped):
    with pytest.raises(UserError, match="holds 6 classes, the data set has 7"):
        grouped(DIGITS, 1, classes=7)


def test_the_sweep_takes_the_first_classes_of_the_order(grouped):
    classes = synsets(50)
    for grouping in ("consecutive", "ilsvrc2012", "random"):
        (order,) = grouped(classes, 50, grouping)
        assert grouped(classes, [5, 20, 50], grouping) == [order[:5], order[:20], order]
    assert grouped(classes, [2, 50])[0] == [*classes][:2]


def test_the_challenges_order_and_random_ones(grouped):
    classes = synsets(1000)
    assert grouped(classes, 10, "ilsvrc2012")[0] == imagenet.inception2015_class_ids()[1:11]
    first, other = (grouped(DIGITS, 3, "random", grouping_seed=seed) for seed in (0, 1))
    assert first != other != grouped(DIGITS, 3)


def test_like_and_unlike_classes_of_imagenet(grouped):
    """1,000 classes in groups of ten: like ones are nearer than any ten, unlike ones farther."""
    classes = synsets(1000)
    distances = imagenet.tree_distances([*classes])
    at = {c: i for i, c in enumerate(classes)}
    similar, random, dissimilar = (
        spread(distances, [[at[c] for c in g] for g in grouped(classes, 10, grouping)])
        for grouping in ("similar_wordnet", "random", "dissimilar_wordnet")
    )
    assert similar < 5 < 12 < random < 13 < dissimilar


def test_mean_features_decide(grouped, tmp_path):
    """Classes 0 and 3, 1 and 4, 2 and 5 look alike on the whole, whatever single images do."""
    rng = np.random.default_rng(0)
    noise = {c: rng.normal(size=(40, 8)) for c in DIGITS}
    places = {c: 9.0 * np.eye(8)[int(c) % 3] + 0.01 * int(c) for c in DIGITS}
    features = {c: noise[c] - noise[c].mean(0) + places[c] for c in DIGITS}
    path = tmp_path / "f.safetensors"
    save_file({c: torch.from_numpy(f).float() for c, f in features.items()}, path)
    assert grouped(DIGITS, 2, "similar_features", path) == [["0", "3"], ["1", "4"], ["2", "5"]]
    for group in grouped(DIGITS, 3, "dissimilar_features", path):
        assert {int(c) % 3 for c in group} == {0, 1, 2}
    save_file({c: torch.ones(1, 2) for c in "012"}, path)
    with pytest.raises(UserError, match="lacks class 3, 4, 5; remove it and repeat"):
        grouped(DIGITS, 2, "similar_features", path)
    with pytest.raises(UserError, match="grouping similar_features needs --features"):
        grouped(DIGITS, 2, "similar_features")


@pytest.mark.parametrize(("count", "size"), [(6, 2), (20, 4), (60, 10), (100, 50), (120, 3)])
def test_planted_groups_are_found(count, size):
    """Well separated clusters are the groups of like ones; groups of unlike ones cross them."""
    rng = np.random.default_rng(count)
    planted = rng.permutation(count).reshape(-1, size)
    points = np.empty((count, 5))
    for centre, members in zip(100 * rng.normal(size=(len(planted), 5)), planted, strict=True):
        points[members] = centre + rng.normal(size=(size, 5))
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    assert partition(distances, size, similar=True) == sorted(sorted(p.tolist()) for p in planted)
    apart = partition(distances, size, similar=False)
    assert spread(distances, apart) > spread(distances, np.arange(count).reshape(-1, size))


@pytest.mark.parametrize("similar", [True, False])
@pytest.mark.parametrize(("count", "size"), [(6, 2), (6, 3), (8, 4), (9, 3)])
def test_nearly_as_good_as_trying_all(count, size, similar):
    """The best of all partitions in at least 9 of 12 cases, and never far from it."""
    ratios = []
    for seed in range(12):
        points = np.random.default_rng(seed).normal(size=(count, 3))
        distances = np.linalg.norm(points[:, None] - points, axis=2)
        tried = [spread(distances, groups) for groups in all_partitions(range(count), size)]
        found = spread(distances, partition(distances, size, similar))
        ratios.append(found / min(tried) if similar else max(tried) / found)
    assert min(ratios) >= 1 - 1e-12 and max(ratios) < 1.1
    assert np.isclose(ratios, 1).sum() >= 9


def all_partitions(items, size):
    if not items:
        yield []
        return
    first, *rest = items
    for others in itertools.combinations(rest, size - 1):
        left = [i for i in rest if i not in others]
        yield from ([[first, *others], *groups] for groups in all_partitions(left, size))


def test_equal_distances_are_no_trouble():
    assert partition(1 - np.eye(6), 3, similar=True) == [[0, 1, 2], [3, 4, 5]]
    assert partition(np.zeros((4, 4)), 2, similar=False) == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="5 cannot be cut into groups of 2"):
        partition(np.zeros((5, 5)), 2, similar=True)


@pytest.mark.parametrize("grouping", ["ilsvrc2012", "similar_wordnet", "dissimilar_wordnet"])
def test_classes_that_are_none_of_imagenets_are_named(grouped, grouping):
    classes = synsets(2) | {"n02084071": "dog", "cat": "cat", "3": "3", "4": "4"}
    with pytest.raises(UserError) as error:
        grouped(classes, 2, grouping)
    assert "n02084071, cat, 3 and 1 more: no ImageNet classes" in str(error.value)
    assert f"which grouping {grouping} needs" in str(error.value)


GOOD = ["model,class", "birds,4", "fish,1", "birds,0", "fish,2", "cats,5", "cats,3"]


def by_hand(tmp_path, lines):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return {"grouping": "file", "groups_file": str(path)}


def test_groups_by_hand(grouped, tmp_path):
    """In the file's order; blank lines, blanks and a spreadsheet's mark do not matter."""
    expected = [["4", "0"], ["1", "2"], ["5", "3"]]
    assert grouped(DIGITS, 2, **by_hand(tmp_path, GOOD)) == expected
    untidy = ["\ufeffmodel, class", *(f"{line} ".replace(",", " , ") for line in GOOD[1:]), ""]
    assert grouped(DIGITS, 2, **by_hand(tmp_path, untidy)) == expected


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([*GOOD[:6], "cats,8"], ":7: the data set has no class 8"),
        ([*GOOD[:6], "cats,three"], ":7: the data set has no class three; did you mean 3 (three)?"),
        ([*GOOD[:6], "cats,1"], ":7: class 1 stands in line 3 already"),
        (
            GOOD[:6],
            ":6: the file ends without class 3 (three); it must hold each of the 6 classes once",
        ),
        (GOOD[:5], ":5: the file ends without class 3 (three) and 1 more; it must"),
        (
            [*GOOD[:6], "birds,3"],
            ":7: class 3: model birds has 3 classes, classes_per_model says 2",
        ),
        ([*GOOD[:6], "dogs,3"], ":6: class 5: model cats has 1 class, classes_per_model says 2"),
        (GOOD[1:], ":1: the first line must be model,class"),
        ([], ":1: the first line must be model,class"),
        (GOOD[:1], ":1: the file ends without class 0 (zero) and 5 more; it must"),
        ([*GOOD[:2], "fish"], ":3: expected a model and a class, found ['fish']"),
        ([*GOOD[:2], "fish,"], ":3: expected a model and a class, found ['fish', '']"),
        ([*GOOD[:2], 'fish,"1'], "is no CSV in UTF-8"),
    ],
)
def test_wrong_files_are_refused_with_line_and_class(grouped, tmp_path, lines, says):
    keys = by_hand(tmp_path, lines)
    with pytest.raises(UserError) as error:
        grouped(DIGITS, 2, **keys)
    assert f"{keys['groups_file']}{says if says[0] == ':' else ' ' + says}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(grouped, tmp_path):
    with pytest.raises(
        UserError, match=r"cannot read the groups of classes .*nowhere\.csv: No such"
    ):
        grouped(DIGITS, 2, grouping="file", groups_file=str(tmp_path / "nowhere.csv"))
    (tmp_path / "mine.csv").write_bytes(b"model,class\nm,\xff")
    with pytest.raises(UserError, match="is no CSV in UTF-8"):
        grouped(DIGITS, 2, grouping="file", groups_file=str(tmp_path / "mine.csv"))


def test_the_rule_asks_for_what_the_grouping_needs(tmp_path):
    """The judge's features for likeness in features, the file for groups by hand, else neither."""
    (tmp_path / "mine.csv").write_text("model,class\n")
    own = tmp_path / "own.yaml"
    own.write_text(
        yaml.safe_dump(
            {
                "suites": {
                    "main_32": {"grouping": "similar_features"},
                    "main_16": {"grouping": "file", "groups_file": "mine.csv"},
                }
            }
        )
    )
    targets = [f"results/toy/groups/{suite}.csv" for suite in ("main_32", "main_16", "grid")]
    run = snakemake(tmp_path, *targets, "-n", "-p", configs=[*TOY, own])
    assert run.returncode == 0, run.stdout
    features = "results/toy/scores/real/main_32/features.safetensors"
    assert f"--data data/digits/32 --features {features} --out {targets[0]}" in run.stdout
    assert run.stdout.count("--features") == 1 and run.stdout.count("acgan real-features") == 1
    (tmp_path / "mine.csv").unlink()
    run = snakemake(tmp_path, targets[1], "-n", configs=[*TOY, own])
    assert run.returncode != 0 and "mine.csv" in run.stdout
