"""The stages that DVC knows, in their order, and the code of each: what a change of our own code
re-runs, in Snakemake and in DVC alike (docs/reproducibility.md).

Training, packing and judges are dear or upstream of it, so their code is in no list.
"""

# Files and folders of src/acgan, by stage.
CODE = {
    "samples": ("sample.py",),
    "scores": ("scores.py", "metrics"),
    "tables": ("tables.py", "sheets.py", "metrics/accuracy.py", "metrics/statistics.py", "nets.py",
               "architecture.py", "models.py"),
    "figures": ("figure.py", "drawing.py", "drawn_tables.py", "compare.py", "metrics/statistics.py",
                "paper_numbers.yaml"),
    "report": ("report",),
}  # fmt: skip
