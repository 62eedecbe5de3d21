"""Questions tied to sentences, written beforehand, and what is learned from them."""
