"""Other ways of answering the same cases, beside the engine's."""
