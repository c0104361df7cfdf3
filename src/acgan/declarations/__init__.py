"""Facts that many packages need and that import no torch."""
