"""A topic -> a briefing, by the engine's own search, evidence and selector."""
