"""Lines with places -> blocks: what stands on laid-out pages, and what of it belongs together."""
