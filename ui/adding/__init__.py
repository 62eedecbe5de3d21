"""A report added in the browser by whoever may: a PDF is sent, read, looked at, and put on the shelf or discarded."""
