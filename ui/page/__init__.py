"""The chat's page: what is drawn, where it stands, and what its events do."""
