"""A chat as a document: the report, and the formats it is written in."""
