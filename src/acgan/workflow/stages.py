"""The stages that DVC knows, in their order, and the code of each: what a change of our own code
re-runs, in Snakemake and in DVC alike (docs/reproducibility.md).

Training, packing and judges are dear or upstream of it, so their code is in no list.
"""

# Of every table, and of those that take more.
TABLE_CODE = {
    "layers": (
        "nets/nets.py",
        "declarations/architecture.py",
        "nets/build.py",
    ),  # what the table of layers shows
    "resolution_tests": ("metrics/statistics.py",),
}
SHEET_CODE = ("tables/sheets.py", "metrics/accuracy.py")

# Files and folders of src/acgan, by stage.
CODE = {
    "samples": ("samples/draw.py",),
    "scores": ("scores/scores.py", "metrics"),
    "tables": ("tables/tables.py", *(m for more in TABLE_CODE.values() for m in more), *SHEET_CODE),
    "album_full_size": SHEET_CODE,
    "figures": (
        "figures/notebook.py",
        "figures/kernel.py",
        "figures/drawing.py",
        "figures/fonts.py",
        "figures/drawn_tables.py",
        "figures/compare.py",
        "metrics/statistics.py",
        "figures/paper_numbers.yaml",
    ),
    "report": ("report",),
}
