"""The model's process: prompts as tokens, what is kept evaluated, messages in and out."""
