"""Reading files into essays in a child process, under limits of time and memory."""
