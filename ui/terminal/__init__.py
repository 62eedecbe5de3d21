"""What the commands share: progress, streams, the state of the installation."""
