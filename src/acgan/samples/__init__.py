"""Drawing from trained generators."""

# The keys of a suite that decide its samples, and the files of each model.
KEYS = ("samples_per_class", "interpolation_steps", "sampling_batch_norm")
FILES = ("samples_0.npy", "interpolation_0.npy", "fixed_latent_0.npy")
