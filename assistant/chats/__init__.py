"""Saved chats: their file, their rows, what readers say of the answers."""
