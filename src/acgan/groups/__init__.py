"""Which classes share a model."""
