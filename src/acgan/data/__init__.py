"""From source archives to packed arrays: one file per source, one format for all (packed.py)."""
