"""Train what leans on an earlier question, and what it stands for: assistant/learned/relations.npz and conversation.npz, from
evals/labels/conversations.jsonl.

    python -m evals.training conversation
"""

from __future__ import annotations

import warnings

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier
from assistant.question.conversation import POINTING, RELATIONS, Weighed, seen, understood, weighed
from assistant.question.understanding import SUBJECTS
from evals.training.common import SEED, arrays, fit, kept, lines

UNRELATED = 2_000  # questions of the bank that are asked after another one
AUTHORS = 4  # of labelled conversations, among whom these questions are shared out
HELD = 4  # groups of authors that are held out in turn
COMPLETE = 4  # words of such a question at least
HIDDEN, SHRINK, ROUNDS, NETS = 32, 1.0, 40, 3  # of the networks that choose among candidates


def conversation_rows(engine: Assistant) -> list[tuple[int, Weighed, str, np.ndarray]]:
    """Each later message: the number of its author, its candidates, its relation, and the vector of the complete question."""
    rows = []
    for record in lines("conversations.jsonl"):
        turns = record["turns"]
        for place in range(1, len(turns)):
            before = [turn["full"] for turn in turns[:place]]
            one = weighed(turns[place]["q"], before[-4:], engine.vectors.near, SUBJECTS)
            rows.append((record["voice"], one, turns[place]["relation"], engine.index.embedder.embed([turns[place]["full"]])[0]))
    return rows


def unrelated_rows(engine: Assistant) -> list[tuple[int, Weighed, str, np.ndarray]]:
    """Questions of the bank asked after another one: they stand by themselves. Each author is held out with a share of them."""
    drawn = np.random.default_rng(SEED)
    texts = [one.text for one in engine.index.questions if len(one.text.split()) >= COMPLETE]
    rows = []
    for at in range(UNRELATED):
        before, after = (texts[place] for place in drawn.choice(len(texts), 2, replace=False))
        one = weighed(after, [before], engine.vectors.near, SUBJECTS)
        rows.append((1 + at % AUTHORS, one, "new", one.vectors[0]))
    return rows


def train_conversation(engine: Assistant) -> None:
    own = conversation_rows(engine)
    rows = own + unrelated_rows(engine)
    groups = np.array([at for at, *_ in rows])
    labels = np.array([RELATIONS.index(relation) for _, _, relation, _ in rows])

    def relations(of: np.ndarray) -> Classifier:
        return fit(
            [seen(rows[at][1].message) for at in of], np.stack([rows[at][1].numbers for at in of]), labels[of], len(RELATIONS)
        )

    def chooser(of: np.ndarray, told: dict[int, np.ndarray]) -> dict[str, np.ndarray]:
        from sklearn.neural_network import MLPRegressor

        leaning = [at for at in of if rows[at][2] not in POINTING]
        x = np.concatenate([rows[at][1].features(told[at]) for at in leaning])
        near = [rows[at][1].vectors[:-1] @ rows[at][3] for at in leaning]
        y = np.concatenate([one - one.mean() for one in near])  # which of a message's candidates is nearest, not how near
        mean, scale = x.mean(0), x.std(0) + 1e-3
        nets = [
            MLPRegressor(hidden_layer_sizes=(HIDDEN,), alpha=SHRINK, max_iter=ROUNDS, random_state=SEED + at)
            for at in range(NETS)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the rounds are few on purpose
            for net in nets:
                net.fit((x - mean) / scale, y)
        return {  # several networks side by side are one
            "mean": mean,
            "scale": scale,
            "hidden": np.concatenate([net.coefs_[0] for net in nets], 1),
            "bias": np.concatenate([net.intercepts_[0] for net in nets]),
            "output": np.concatenate([net.coefs_[1][:, 0] for net in nets]) / NETS,
        }

    authors = sorted(set(groups))
    order = [authors[at::HELD] for at in range(HELD)]
    everything = np.arange(len(rows))
    told: dict[int, np.ndarray] = {}
    for held in order:
        learnt = relations(np.flatnonzero(~np.isin(groups, held)))
        told |= {
            int(at): learnt.of(seen(rows[at][1].message), rows[at][1].numbers) for at in np.flatnonzero(np.isin(groups, held))
        }
    right, near, alone, kept_alone = [], [], [], []
    for held in order:
        rest, out = np.flatnonzero(~np.isin(groups, held)), np.flatnonzero(np.isin(groups, held))
        learnt, weights = relations(rest), chooser(rest, told)
        for at in out:
            relation, (chosen, *_) = understood(rows[at][1], learnt, weights)
            if at >= len(own):
                kept_alone.append(chosen.how == "alone")
                continue
            leans, said = rows[at][2] not in ("new", *POINTING), rows[at][2]
            right.append(relation == said if said in ("new", *POINTING) else relation not in ("new", *POINTING))
            if leans and relation not in POINTING:
                of = next(i for i, one in enumerate(rows[at][1].options) if one is chosen)
                near.append(float(rows[at][1].vectors[of] @ rows[at][3]))
                alone.append(float(rows[at][1].vectors[0] @ rows[at][3]))
    print(
        f"conversations of authors held out: {np.mean(right):.3f} of {len(right)} messages known as new, leaning or pointing; cosine of the question "
        f"understood with the complete one {np.mean(near):.3f} (the message alone {np.mean(alone):.3f}); "
        f"{np.mean(kept_alone):.3f} of {UNRELATED} questions of the bank left alone after another"
    )
    kept("relations.npz", arrays(relations(everything)))
    kept("relations_by_words.npz", arrays(fit([seen(one.message) for _, one, _, _ in rows], None, labels, len(RELATIONS))))
    kept("conversation.npz", {name: value.astype(np.float32) for name, value in chooser(everything, told).items()})
