"""Whether results are what they say: each made again from what it says it was made of."""
