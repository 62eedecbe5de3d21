"""What the machine and its libraries do: disks, threads, and nothing sent home."""
