"""What a stranger might send, as data, and what sends it to a server on this machine and to the command: `python -m evals.probing`."""
