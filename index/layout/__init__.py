"""Lines -> passages with their part: the only place that knows how inspection reports are laid out."""
