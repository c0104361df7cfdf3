"""Metrics: one file each, pure functions from images or features to numbers."""
