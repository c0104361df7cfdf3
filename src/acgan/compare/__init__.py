"""Two or more experiments side by side: what was asked, what came out, and what is chance."""
