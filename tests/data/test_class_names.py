"""Names of classes from folders, lists and files: accents written in two ways, names that look
nearly the same, and names too long for a file.
"""

from pathlib import Path

import archives
import numpy as np
import pytest
import torch
from small_experiment import experiment, states, written
from sourcing import counts, dataset, found

from acgan import cli
from acgan.data import packed, sources
from acgan.data.pack import pack
from acgan.groups.groups_file import read_groups_file
from acgan.io.errors import UserError
from acgan.judges import Judge
from acgan.judges.accuracy import measure
from acgan.judges.kinds import local_classifier

ONE_SIGN, TWO_SIGNS = "caf\u00e9", "cafe\u0301"  # as editors and as macOS write it
LONGEST = 246


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def folder_of(*names: str) -> dict:
    for k, name in enumerate(names):
        Path("mine", name).mkdir(parents=True)
        for i in range(2):
            Path("mine", name, f"{i}.jpg").write_bytes(
                archives.jpeg(10 * k + i, width=24, height=20)
            )
    return {"source": "folder", "path": "mine", "classes": len(names)}


def judged(data: dict, classes: list[str] | str) -> dict:
    own = {
        "kind": "local_classifier",
        "architecture": "resnet20",
        "weights": "own.pt",
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
        "classes": classes,
    }
    return experiment(data, own, classes_per_model=[1, 2]) | {"roles": {"class_count": "s"}}


@pytest.mark.parametrize("folder", [ONE_SIGN, TWO_SIGNS])
@pytest.mark.parametrize("line", [ONE_SIGN, TWO_SIGNS])
def test_a_list_and_a_folder_may_write_an_accent_in_either_way(here, folder, line):
    data = folder_of(folder, "tea")
    Path("own.txt").write_text(f"{line}\ntea\n", encoding="utf-8-sig")  # with a spreadsheet's mark
    for classes in ("own.txt", [line, "tea"]):
        assert "suite s" not in states(judged(data, classes))
    chosen = dataset(**data)
    assert counts(found(chosen)) == {ONE_SIGN: 2, "tea": 2}
    pack(chosen, [16], Path("out"))
    assert [e.id for e in packed.read_index(Path("out/16"))] == [ONE_SIGN, "tea"]


def test_data_that_were_packed_by_the_other_form_are_still_judged_and_grouped(here):
    packed.write_class(Path("16"), TWO_SIGNS, np.zeros((2, 16, 16, 3), np.uint8))
    packed.write_index(Path("16"), {TWO_SIGNS: TWO_SIGNS})
    judge = Judge(
        "j",
        "local_classifier",
        local_classifier.class_ids("j", {"classes": ["tea", TWO_SIGNS]}),
        lambda images: torch.tensor([[0.0, 1.0]]).repeat(len(images), 1),
    )
    assert measure(judge, Path("16"), "train")[0][-1] == 1
    Path("groups.csv").write_text(f"model,class\nm,{ONE_SIGN}\n")
    assert read_groups_file(Path("groups.csv"), {TWO_SIGNS: ""}, 1) == [TWO_SIGNS]


def test_groups_by_hand_may_write_an_accent_in_either_way(here):
    Path("groups.csv").write_text(f"model,class\nm,{TWO_SIGNS}\n")
    assert read_groups_file(Path("groups.csv"), {ONE_SIGN: ""}, 1) == [ONE_SIGN]


def test_two_folders_that_look_the_same_are_told_apart(here):
    data = folder_of(ONE_SIGN, TWO_SIGNS)
    with pytest.raises(UserError, match=r"'cafe\\u0301' and 'caf\\xe9'; rename one"):
        sources.class_names(dataset(**data))


@pytest.mark.parametrize("other", ["Tea", "te a", "tea\u00a0", "\uff54ea"])
def test_names_that_differ_in_little_are_shown_with_what_differs(here, other):
    text = states(judged(folder_of("cat", "tea"), ["cat", other]))["suite s"].text
    assert (
        f"does not know 1 of the classes (tea ...); it knows {other!a}, which is not 'tea'" in text
    )
    judge = Judge("j", "local_classifier", ["cat", other], lambda images: images)
    pack(dataset("folder", "mine", classes=2), [16], Path("out"))
    with pytest.raises(UserError, match="which is not 'tea'"):
        measure(judge, Path("out/16"), "train")


def test_names_that_have_nothing_in_common_are_only_listed(here):
    text = states(judged(folder_of("cat", "tea"), ["cat", "dog"]))["suite s"].text
    assert "(tea ...), so it cannot name samples" in text


def check_data(data: dict, capsys) -> str:
    """What `acgan data check` says of a data set that is not ready."""
    assert cli.main(["data", "check", "--config", str(written(experiment(data)))]) == 2
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("MISSING")]
    return line


@pytest.mark.parametrize("letter", ["a", "é", "日"])
def test_a_class_whose_name_is_too_long_for_a_file_is_one_line(here, capsys, letter):
    size = len(letter.encode())
    fits = letter * (LONGEST // size)
    data = folder_of("B", fits)
    pack(dataset(**data), [16], Path("out"))
    assert packed.read_index(Path("out/16"))[1].id == fits
    too_long = letter * (LONGEST // size + 1)
    Path("mine", fits).rename(Path("mine", too_long))
    said = f"is {len(too_long.encode())} bytes long, more than the {LONGEST} that"
    assert said in check_data(data, capsys)
    for command in ("fetch", "pack"):
        more = ["--sides", "16"] if command == "pack" else []
        out = ["--out", f"{command}.out", *more]
        assert cli.main([command, "--config", "small.yaml", "--dataset", "d", *out]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line


def test_so_is_one_of_an_npz_file(here, capsys):
    np.savez(
        "a.npz",
        data=np.zeros(1, np.uint8),
        offsets=np.array([0, 1]),
        labels=np.array([0]),
        class_names=np.array(["b", "a" * 250]),
    )
    assert "is 250 bytes long" in check_data(
        {"source": "npz", "path": "a.npz", "classes": 2}, capsys
    )


def test_a_disk_with_less_room_for_names_is_one_line_too(here, capsys, monkeypatch):
    """As encrypted ones have it: what is found out in writing."""
    folder_of("b", "a" * 250)
    monkeypatch.setattr(sources, "LONGEST_ID", 255)
    written(experiment({"source": "folder", "path": "mine", "classes": 2}))
    out = ["--sides", "16", "--out", "out"]
    assert cli.main(["pack", "--config", "small.yaml", "--dataset", "d", *out]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "File name too long" in line
