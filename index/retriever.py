"""The index as a LangChain retriever, for people who build chains of their own.

from index.retriever import PassageRetriever
PassageRetriever(k=4).invoke("how long do care proceedings take?")
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from index.search import Searcher
from index.store import Index, open_index


class PassageRetriever(BaseRetriever):
    """The best `k` passages for a query, by the same hybrid search that the assistant uses.

    A document's text is the passage's (its parent's words first); metadata carries passage, paragraph, kind, page,
    page_end, section, label and score. Raises NoUsableIndex when no index is given and none can be opened.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    k: int = 4
    index: Index | None = Field(default=None, exclude=True)
    _searcher: Searcher = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        self._searcher = Searcher(self.index or open_index())

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                page_content=f"{hit.passage.context}: {hit.passage.text}" if hit.passage.context else hit.passage.text,
                metadata={
                    "passage": hit.passage.id, "paragraph": hit.passage.number, "kind": hit.passage.kind,
                    "page": hit.passage.page, "page_end": hit.passage.page_end, "section": hit.passage.section,
                    "label": hit.passage.label, "score": hit.score,
                },
            )
            for hit in self._searcher.search(query).hits(self.k)
        ]  # fmt: skip
