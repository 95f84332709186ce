"""Answer questions about essays, every statement tied to the exact words it rests on."""
