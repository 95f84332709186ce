"""What a claim must pass before it is shown, rule by rule; see ``assistant.grounding``."""
