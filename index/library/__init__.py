"""Essays that are kept: collections of them, their texts, and the index made from each."""
