"""Essays with an instruction hidden in one passage, each beside its clean twin."""
