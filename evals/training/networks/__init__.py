"""Networks trained further on a folder of reports: what turns a text into a vector, and what reads a question and a sentence side by side."""
