"""Ours beside a plain version, in the same run, as ratios: `make bench`. Never part of the tests."""
