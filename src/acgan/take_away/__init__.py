"""What people take home of an experiment: pictures, generators, and all of its results."""
