"""Drawing from trained generators."""
