"""More on what was asked last -> what the report says on it that this conversation has not quoted yet, or that this is all."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from assistant.answer import Draft
from assistant.evidence import Evidence
from assistant.question_kinds import KINDS
from assistant.selecting import arranged, select
from index.search import Found
from index.store import Index
from prompts import wording

LEAST = 0.004  # probability below which a sentence says nothing on the subject


def more_on(index: Index, found: Found, evidence: Evidence, quoted: Collection[tuple[str, str]]) -> Draft:
    """The likeliest sentences that stand in no quote of `quoted` (passage, quote), in the order of a theme; or "that is all"."""
    passages = index.report.passages
    fresh = np.array(
        [
            not any(passage == passages[one.passage].id and (one.text in quote or quote in one.text) for passage, quote in quoted)
            for one in index.sentences
        ]
    )  # fmt: skip
    likely = np.where(fresh & (evidence.probabilities >= LEAST), evidence.probabilities, 0.0).astype(np.float32)
    rows = select(index, Evidence(likely, evidence.kinds), KINDS["theme"], LEAST)
    if not rows:
        return Draft("not_stated", opening=wording("answered.nothing_more"))
    return Draft("answered", arranged(index, rows, "theme"), confidence=float(likely.max()))
