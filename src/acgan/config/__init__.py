"""The config: model.py says what a key means, loading.py checks a file, resolve.py lists the
models it asks for.
"""
