"""Training one model."""

# What a model's folder holds when it is trained; beside them lies state/, which Snakemake does not
# know of.
FILES = ("weights.safetensors", "training.csv", "trajectory.csv", "timing.csv", "provenance.json")

LOSSES = ("discriminator_loss", "generator_loss")  # columns of every training log
