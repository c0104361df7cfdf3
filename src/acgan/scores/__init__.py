"""Numbers about samples and training images."""
