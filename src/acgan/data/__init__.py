"""From source archives to packed arrays: one module per source, one format for all (packed.py)."""
