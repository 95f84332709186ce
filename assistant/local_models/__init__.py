"""The models on this machine: where they come from, what they need, which is in use."""
