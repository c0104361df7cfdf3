"""Training photographs on the sheets, which are all that figures and report hold."""

import numpy as np
import pytest

from acgan.data import packed
from acgan.io.files import write_csv
from acgan.tables.sheets import Sources


def sources(packed_digits, tmp_path, mode):
    groups = tmp_path / "groups/s.csv"
    write_csv(groups, ("model", "position", "class"), [("g000", i, str(i)) for i in range(3)])
    suites = {"s": {"objective": {"system": "acgan"}}}
    config = {"report": {"real_photos": mode}, "suites": suites}
    return Sources(config, "s", [groups], packed_digits)


@pytest.mark.parametrize("mode", ["show", "blur", "omit"])
def test_real_photos_are_shown_blurred_or_left_out(packed_digits, tmp_path, mode):
    (entry, *_) = packed.read_index(packed_digits)
    original = np.array(packed.load_class(packed_digits, entry)[:3])
    seen = sources(packed_digits, tmp_path, mode).real(entry.id, np.arange(3))
    assert seen.shape == original.shape and seen.dtype == np.uint8
    if mode == "show":
        assert np.array_equal(seen, original)
    if mode == "omit":
        assert len(np.unique(seen)) == 1  # nothing of the photograph is left
    if mode == "blur":
        assert not np.array_equal(seen, original)
        # no detail finer than half the picture survives: neighbours hardly differ
        assert np.abs(np.diff(seen.astype(int), axis=1)).max() < 40
        assert np.abs(np.diff(original.astype(int), axis=1)).max() > 200


def test_places_of_classes_follow_the_groups(packed_digits, tmp_path):
    s = sources(packed_digits, tmp_path, "show")
    assert s.place == {"0": ("g000", 0), "1": ("g000", 1), "2": ("g000", 2)}
    assert s.names["2"] == "two"
