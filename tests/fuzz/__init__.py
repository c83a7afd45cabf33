"""Coverage-guided fuzzing of every parser, by hand and for as long as one likes: `python -m tests.fuzz --help`."""
