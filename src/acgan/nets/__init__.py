"""Generator and discriminator (Tables 1 and 2), their layers, and their weights on disk."""
