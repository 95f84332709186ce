"""What a question asks: its kind, whom it means, what is searched for."""
