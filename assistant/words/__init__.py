"""What single words say: other words for the same thing, spelling, praise and criticism, languages. Word lists are data here."""
