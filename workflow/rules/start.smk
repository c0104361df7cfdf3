# What Snakemake and its executors leave to us.

# A job's Snakemake may live on, waiting for nothing, after its job was cancelled.
if not workflow.is_main_process:
    end_with_parent()
