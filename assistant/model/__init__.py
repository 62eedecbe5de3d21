"""A language model that chooses among numbered sentences, or writes lines for teaching. Its client uses LangChain."""
