"""Files, locks, random state, tables and images: what every package needs."""
