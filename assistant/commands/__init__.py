"""The subcommands of ``assistant``: their arguments, and what they print."""
