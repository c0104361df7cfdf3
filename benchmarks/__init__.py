"""Ours beside a plain version in the same run, as ratios: `make bench`. Not part of the tests."""
