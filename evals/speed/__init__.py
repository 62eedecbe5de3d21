"""How fast, how much memory, and for how long: benchmarks and loads."""
