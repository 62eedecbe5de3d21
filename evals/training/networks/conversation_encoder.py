"""Train the encoder of later messages, and ship what changed (index/vectors/conversation_encoder.npz):

    python -m evals.training.networks.conversation_encoder              on all labelled conversations
    python -m evals.training.networks.conversation_encoder --hold 11 --out FILE    with another voice left out and measured

It starts from the shipped embedder. A later message with those before it is to lie where the embedder puts the complete question that
its author wrote down (evals/labels/conversations.jsonl), nearer to it than to the other questions of its batch, and nearer to the sentences
that answer it than to all others of the report. Questions of the bank asked after another one stay where they are. The word
embeddings stay as they are. About fifteen minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.question.conversation import POINTING
from evals.training.common import lines
from index.opened import Index
from index.store import open_index
from index.vectors.conversation_encoder import CHANGES, one_text
from index.vectors.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, sha256_of, ship_changes

HELD_OUT = 10  # the voice that is only measured
EPOCHS, RATE, BATCH, WARM, SEED = 5, 6e-5, 32, 20, 2018
LONGEST = 128  # tokens that are read in training
AS_TYPED = 0.6  # share of messages whose earlier ones are read as typed; the others as complete questions
NEARER, CONTRAST, ANSWERED, SCALE = 2.0, 0.3, 0.5, 20.0  # weights of the three losses; cosines are multiplied by SCALE
UNRELATED = 1_200  # questions of the bank that are asked after another one
COMPLETE = 4  # words of such a question at least


@dataclass(frozen=True)
class Row:
    """A later message, what came before it (as typed, and complete), the question it stands for, and the sentences that answer it."""

    voice: int
    relation: str
    message: str
    typed: tuple[str, ...]
    complete: tuple[str, ...]
    full: str
    right: tuple[int, ...] = ()


def labelled(index: Index) -> list[Row]:
    """The later messages of all labelled conversations that ask something of the report."""
    names = {
        (f"{passage.number}.{place}" if passage.number else f"{passage.id}/{place}"): index.starts[at] + place - 1
        for at, passage in enumerate(index.report.passages) for place in range(1, len(passage.sentences) + 1)
    }  # fmt: skip
    rows = []
    for record in lines("conversations.jsonl"):
        turns = record["turns"]
        for at, turn in enumerate(turns):
            if at and turn["relation"] not in POINTING:
                typed, complete = (tuple(one[name] for one in turns[:at]) for name in ("q", "full"))
                right = tuple(int(names[name]) for name in turn.get("ids", ()) if name in names)
                rows.append(Row(record["voice"], turn["relation"], turn["q"], typed, complete, turn["full"], right))
    return rows


def unrelated(index: Index) -> list[Row]:
    """Questions of the bank, each after another one."""
    drawn = random.Random(SEED)
    texts = [one.text for one in index.questions if len(one.text.split()) >= COMPLETE]
    pairs = [drawn.sample(texts, 2) for _ in range(UNRELATED)]
    return [Row(0, "new", after, (before,), (before,), after) for before, after in pairs]


def train(rows: Sequence[Row], index: Index, held: Sequence[Row] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """The network's weights before and after; figures of `held` are printed after each epoch."""
    import torch

    torch.manual_seed(SEED)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    network: Any = embedder.model[0].auto_model
    tokenizer: Any = embedder.model.tokenizer
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    trained = [value.requires_grad_("embeddings" not in name) for name, value in network.named_parameters()]
    trained = [value for value in trained if value.requires_grad]
    sentences = torch.from_numpy(np.array(index.sentence_vectors, np.float32))
    wanted = torch.from_numpy(index.embedder.embed([row.full for row in rows]))

    def encoded(texts: list[str]) -> torch.Tensor:
        given = tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        states = network(input_ids=given["input_ids"], attention_mask=given["attention_mask"]).last_hidden_state
        weights = given["attention_mask"].unsqueeze(-1).float()
        return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=1)

    def loss(batch: Sequence[int]) -> torch.Tensor:
        told = encoded(
            [one_text(rows[at].message, rows[at].typed if drawn.random() < AS_TYPED else rows[at].complete) for at in batch]
        )
        target = wanted[list(batch)]
        made = NEARER * (1 - (told * target).sum(1)).mean()
        made = made + CONTRAST * torch.nn.functional.cross_entropy(SCALE * told @ target.T, torch.arange(len(batch)))
        answered = [place for place, at in enumerate(batch) if rows[at].right]
        if not answered:
            return made
        odds = torch.log_softmax(SCALE * told[answered] @ sentences.T, 1)
        right = [torch.logsumexp(odds[row, list(rows[batch[place]].right)], 0) for row, place in enumerate(answered)]
        return made - ANSWERED * torch.stack(right).mean()

    drawn = random.Random(SEED)
    order = list(range(len(rows)))
    steps = EPOCHS * -(-len(order) // BATCH)
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01)
    done = 0
    for epoch in range(EPOCHS):
        drawn.shuffle(order)
        network.train()
        for first in range(0, len(order), BATCH):
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (done + 1) / WARM) * max(0.02, 1 - done / steps)
            step = loss(order[first : first + BATCH])
            optimizer.zero_grad()
            step.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            done += 1
        network.eval()
        with torch.no_grad():
            texts = [one_text(row.message, row.typed) for row in held]
            vectors = [encoded(texts[at : at + BATCH]).numpy() for at in range(0, len(texts), BATCH)]
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {float(step.detach()):.3f} {told_of(index, held, vectors)}", flush=True)
    return before, {name: value.detach() for name, value in network.named_parameters()}


def told_of(index: Index, held: Sequence[Row], batches: Sequence[np.ndarray]) -> str:
    """How near the held messages come to their complete questions, and to the sentences that answer them."""
    if not held:
        return ""
    encoded = np.concatenate(batches)
    full, alone = (index.embedder.embed(texts) for texts in ([row.full for row in held], [row.message for row in held]))
    leaning = np.array([row.relation != "new" for row in held])
    told = []
    for name, vectors in (("encoded", encoded), ("the message alone", alone), ("the complete question", full)):
        near = float((vectors * full).sum(1)[leaning].mean())
        order = np.argsort(-(vectors @ index.sentence_vectors.T), 1)[:, :5]
        hits = [
            (row[0] in one.right, bool({*row} & {*one.right}))
            for one, row, lean in zip(held, order, leaning, strict=True)
            if lean and one.right
        ]
        first, five = np.mean(hits, 0)
        told.append(f"{name}: cosine {near:.3f}, answered by the first sentence {first:.3f}, one of five {five:.3f}")
    return "; ".join(told)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--hold", type=int, nargs="+", default=[HELD_OUT], help="voices that are left out and measured")
    arguments.add_argument("--out", type=Path, help="write the changes here, not into the package")
    given = arguments.parse_args()
    index = open_index()
    rows = labelled(index)
    kept, held = [row for row in rows if row.voice not in given.hold], [row for row in rows if row.voice in given.hold]
    print(f"{len(kept)} later messages, {UNRELATED} questions of the bank after another one; {len(held)} left out", flush=True)
    before, after = train([*kept, *unrelated(index)], index, held)
    path = given.out or Path(str(files("index.vectors").joinpath(CHANGES)))
    ship_changes(path, before, after)
    print(f"wrote {path.name}, {path.stat().st_size / 1e6:.1f} MB; its sha256 belongs into the module: {sha256_of(path)}")


if __name__ == "__main__":
    main()
