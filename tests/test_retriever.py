"""The index as a LangChain retriever, used as people use it in their own chains."""

from __future__ import annotations

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from index.retriever import PassageRetriever
from index.search import Searcher
from index.store import Index


def test_it_gives_the_passages_of_the_search_as_documents(toy: Index) -> None:
    documents = PassageRetriever(k=3, index=toy).invoke("how many foster carers are there?")
    hits = Searcher(toy).search("how many foster carers are there?").hits(3)
    assert documents == [
        Document(
            page_content=f"{hit.passage.context}: {hit.passage.text}" if hit.passage.context else hit.passage.text,
            metadata={
                "passage": hit.passage.id, "paragraph": hit.passage.number, "kind": hit.passage.kind, "page": hit.passage.page,
                "page_end": hit.passage.page_end, "section": hit.passage.section, "label": hit.passage.label, "score": hit.score,
            },
        )
        for hit in hits
    ]  # fmt: skip


def test_it_opens_the_index_in_force_and_takes_part_in_a_chain(toy: Index) -> None:
    chain = PassageRetriever(k=1) | RunnableLambda(lambda documents: documents[0].metadata["label"])
    question = "Health checks are on time for 90% of children."
    assert chain.invoke(question) == Searcher(toy).search(question).hits(1)[0].passage.label
