"""AC-GAN (Odena, Olah, Shlens, arXiv 1610.09585 v4), reproduced: nets, training, metrics, tables,
figures, report.

One arrow of the pipeline is one module here, one subcommand of `acgan` and one rule in
`workflow/rules/`:

    config -> data -> groups of classes -> models -> samples -> scores -> tables -> figures ->
    report

The package imports neither Snakemake nor DVC; nets, training and metrics need only torch, numpy and
safetensors.
"""

__version__ = "0.1.0"
