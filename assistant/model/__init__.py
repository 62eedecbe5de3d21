"""A language model that chooses among numbered sentences. The only room that knows LangChain."""
