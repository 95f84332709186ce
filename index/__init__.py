"""Find passages in a folder of essays: read, clean, split, analyse, rank."""
