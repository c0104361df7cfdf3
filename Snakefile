# `snakemake` from the project's root runs the workflow on config/demo.yaml; see README.md.
include: "workflow/Snakefile"


rule default:  # an included `all` is not the default target
    input:
        rules.all.input,
    message:
        "everything is there"
