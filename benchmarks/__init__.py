"""Measurements that the project states, each runnable by itself: `python -m benchmarks.<name>`."""
