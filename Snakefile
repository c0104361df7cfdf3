# `snakemake` from the project's root runs the workflow on config/demo.yaml; see README.md.
include: "workflow/Snakefile"
