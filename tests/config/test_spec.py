"""What differs from the defaults is all that is written, hashed and given to rules, and results of
before that keep their names.
"""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import torch
from running import ROOT, snakemake
from safetensors.torch import load_file

from acgan.config import docs, loading, resolve, spec
from acgan.config.reading import read_config
from acgan.io.files import read_json, write_json
from acgan.training import provenance
from acgan.training.loop import train
from acgan.training.run import Runtime

FORMER = ROOT / "tests/stored/former"
SHIPPED = ("demo", "imagenette", "cifar10", "paper")
# Python starts with this: every section has one key more, which has a default.
LATER = """
import re
from pathlib import Path

from acgan.config import docs, schema, spec

source = Path(schema.__file__).read_text()
key = '    added: int = key(7, "a key of a later version")\\n'
head = r'(class \\w+\\(Section\\):\\n    \"\"\".*?\"\"\"\\n)'
more = re.sub(head, lambda m: m[1] + key, source, flags=re.S)
assert more.count(key) == 13, more.count(key)
exec(compile(more, schema.__file__, "exec"), vars(schema))
sections = "Experiment Dataset Judge Suite Nets Objective Training Scores Report Runtime"
for name in sections.split():
    setattr(docs, name, getattr(schema, name))
grown = docs.grown()
import json
spec.defaults = lambda: json.loads(grown)[str(spec.SET)]
"""


def config_of(name: str) -> dict:
    return loading.load([ROOT / f"config/{name}.yaml"])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_config_is_written_short_and_read_whole(name, tmp_path):
    config = config_of(name)
    short = spec.short_config(config)
    assert spec.whole_config(short) == config
    assert len(json.dumps(short)) < 0.6 * len(json.dumps(config))
    write_json(tmp_path / "config.json", short)
    assert read_config(tmp_path / "config.json") == config


@pytest.mark.parametrize("name", SHIPPED)
def test_every_model_is_still_called_what_the_version_before_called_it(name):
    """The hashes are those that commit 7d71ca8 wrote into checkpoints."""
    config, known = config_of(name), read_json(FORMER / "hashes.json")
    mine = {k: h for k, h in known.items() if k.startswith(f"{name}/")}
    assert mine
    for model, former in mine.items():
        _, suite, model_id = model.split("/")
        one = resolve.spec(config, suite, model_id)
        assert spec.former_hash_of(one, [("0", "00")]) == former
        assert spec.completed(spec.shortened(one)) == one


def test_a_spec_holds_only_what_differs():
    one = spec.shortened(resolve.spec(config_of("paper"), "imagenet_128", "g034"))
    assert one["defaults"] == 1
    assert (one["nets"], one["objective"], one["training"]) == ({}, {}, {})
    changed = {**one, "training": {"steps": 5}}
    assert spec.hash_of(changed, []) != spec.hash_of(one, [])
    # A key that is written though it has the default is the same model.
    assert spec.hash_of({**one, "training": {"steps": 50_000}}, []) == spec.hash_of(one, [])


def test_a_model_that_was_not_possible_before_has_no_former_name(monkeypatch):
    one = resolve.spec(config_of("demo"), "grid", "g000-s00")
    known = spec.defaults()
    grown = {**known, "training": {**known["training"], "later": 1}}
    monkeypatch.setattr(spec, "defaults", lambda: grown)
    assert spec.former_hash_of(one, []) is not None
    assert spec.former_hash_of({**one, "training": {**one["training"], "later": 2}}, []) is None


def test_the_numbered_defaults_only_grow(monkeypatch):
    """A default that changes in the schema stays what it was in the set: specs then say it."""
    known = spec.defaults()
    assert json.loads(docs.grown())[str(spec.SET)] == known
    older = {**known, "training": {k: v for k, v in known["training"].items() if k != "beta2"}}
    older["training"]["steps"] = 7
    monkeypatch.setattr(spec, "defaults", lambda: older)
    grown = json.loads(docs.grown())[str(spec.SET)]
    assert grown["training"]["beta2"] == 0.999 and grown["training"]["steps"] == 7


@pytest.mark.slow
@pytest.mark.xdist_group("toy")
def test_a_later_key_with_a_default_changes_nothing_that_is_there(toy_run, tmp_path):
    """One in each section: no job of a finished run is due, and every spec and hash stays."""
    (tmp_path / "sitecustomize.py").write_text(LATER)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = snakemake(toy_run, "-n", env=environment)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "Nothing to be done" in run.stdout, run.stdout[-3000:]
    changed = snakemake(toy_run, "-n", "--config", "training.added=8", env=environment)
    # the key is there, and another value is another model
    assert "train_sweep_00" in changed.stdout


def test_a_half_way_state_of_the_version_before_goes_on(packed_digits, tmp_path, capsys):
    """To its weights, up to what another processor may change in the last digits.

    The bias of a convolution before batch norm changes nothing: its gradient is rounding alone, of
    which Adam makes steps of full size. Running means follow it.
    """
    old = read_json(FORMER / "spec.json")
    (tmp_path / "state").mkdir()
    shutil.copy(FORMER / "half_way.pt", tmp_path / "state/checkpoint.pt")
    assert train(old, packed_digits, ["0", "1", "2"], tmp_path, Runtime("cpu")) == 0
    assert "goes on from step 10 of 20" in capsys.readouterr().out
    assert not list((tmp_path / "state").glob("checkpoint-*.pt"))  # none was moved aside
    ours, theirs = (load_file(f / "weights.safetensors") for f in (tmp_path, FORMER))
    assert ours.keys() == theirs.keys()
    without_norm = ("discriminator.convs.0.bias", "generator.convs.2.bias")
    for name, value in theirs.items():
        if name.endswith("running_mean") or (
            re.search(r"convs\.\d\.bias", name) and name not in without_norm
        ):
            continue
        assert torch.allclose(ours[name], value, rtol=1e-3, atol=1e-4), name
    made = read_json(tmp_path / "provenance.json")
    assert made["spec"]["nets"] == {"width": 0.0625}
    assert ", then " in made["code_sha256"] or made["code_sha256"] == provenance.code_hash("acgan")


def test_code_that_was_shown_to_be_equal_flags_no_model(monkeypatch, tmp_path):
    present = provenance.code_hash("acgan")
    rows = [{"former": "a", "present": "b"}, {"former": "b", "present": present}]
    monkeypatch.setattr(provenance, "read_csv", lambda path: rows)
    for code in (present, "a", f"a, then {present}"):
        assert provenance.is_current(code, "acgan")
    for code in ("c", "a, then c"):
        assert not provenance.is_current(code, "acgan")
    monkeypatch.undo()
    for row in provenance.read_csv(Path(provenance.__file__).with_name("equal_code.csv")):
        assert len(row["former"]) == len(row["present"]) == 64 and row["shown"]
