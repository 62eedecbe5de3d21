"""Train what a question leaves out: assistant/learned/exceptions.npz, from evals/labels/exceptions.jsonl.

python -m evals.training exceptions
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier
from assistant.question.exclusions import TAGS, tagged
from assistant.question.exclusions import seen as seen_of_word
from assistant.question.intents import AT_RISK
from assistant.question.splitting import tokens_of
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from evals.training.intents import OWN_INTENT
from evals.training.questions import BANK

SINGLES = 4_000  # questions of the banks, which leave nothing out (almost all)


def _tags(text: str, without: str | None = None, cue: Sequence[str] = (), language: str | None = None) -> list[str]:
    """The tags of a message's words, from its label: what is left out, the words beside it that say so, the language wanted."""
    said = tokens_of(text)
    if language is not None:
        begins = text.index(language)
        return ["language" if begins <= one.start < begins + len(language) else "kept" for one in said]
    tags = ["kept"] * len(said)
    if without is None:
        return tags
    begins = text.index(without)
    for words in cue:
        spots = [at for at in range(len(text)) if text[at:].casefold().startswith(words.casefold())]
        spot = min(spots, key=lambda at: min(abs(at + len(words) - begins), abs(at - begins - len(without))))
        tags = ["cue" if spot <= one.start < spot + len(words) else tag for one, tag in zip(said, tags, strict=True)]
    return ["thing" if begins <= one.start < begins + len(without) else tag for one, tag in zip(said, tags, strict=True)]


def train_exceptions(engine: Assistant) -> None:
    records = [
        (record["q"], _tags(record["q"], record["without"], record["cue"], record.get("language")))
        for record in lines("exceptions.jsonl")
    ]
    drawn = np.random.default_rng(SEED)
    banks = [one.text for bank in (engine.index.questions, engine.index.near_misses) for one in bank]
    asked = [banks[at] for at in drawn.permutation(len(banks))[:SINGLES]]
    asked += [
        turn["q"] for record in lines("conversations.jsonl") for turn in record["turns"] if turn["relation"] in ("new", "same")
    ]
    asked += [record["q"] for record in lines("intents.jsonl") if record["intent"] in AT_RISK]

    def made(rows: Sequence[tuple[str, list[str]]], singles: Sequence[str]) -> Classifier:
        both = [*((text, tags, OWN_INTENT) for text, tags in rows), *((text, _tags(text), BANK) for text in singles)]
        told = [
            (seen_of_word(tokens_of(text), at, tags[at - 1] if at else "kept"), TAGS.index(tag), weight)
            for text, tags, weight in both
            for at, tag in enumerate(tags)
        ]
        words, labels, weights = zip(*told, strict=True)
        return fit(words, None, np.array(labels), len(TAGS), weights=np.array(weights))

    order = drawn.permutation(len(records))
    halves = drawn.permutation(len(asked))
    right, wrong = [], 0
    for fold in range(FOLDS):
        held = set(map(int, order[fold::FOLDS]))
        learnt = made(
            [one for at, one in enumerate(records) if at not in held], [asked[at] for at in halves if at % FOLDS != fold]
        )
        right += [tagged(tokens_of(records[at][0]), learnt) == records[at][1] for at in held]
        wrong += sum(set(tagged(tokens_of(asked[at]), learnt)) != {"kept"} for at in halves if at % FOLDS == fold)
    print(
        f"exceptions held out: {np.mean(right):.3f} of {len(records)} messages tagged right; {wrong} of {len(asked)} other messages"
    )
    kept("exceptions.npz", arrays(made(records, asked)))
