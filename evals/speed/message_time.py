"""Does any message take long? Messages made of the words of our own patterns, sent to a chat of its own: `python -m evals.speed.message_time`.

What holds a server is a text that a pattern almost matches, again and again. So each message repeats a few words of one pattern, in the
order they stand in it, up to 4,000 characters. `make soak` asks 10,000 of them; the same number gives the same messages. That is 25 minutes of
processor time: how far it is, is told once a minute, and a run that is interrupted (Ctrl-C) tells what it has.

What counts are the seconds of processor time that the server spent on a message, all its threads together: on an idle machine the answer
comes sooner, on a busy one later. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

import assistant
from assistant.question.plain_text import MAX_CHARACTERS
from assistant.words.caseless import Caseless
from evals.speed.soak import chatting

ALSO = (
    "index.text.sentences",
    "index.text.words",
    "ui.plain",
    "ui.html.paste",
)  # whose patterns meet users' texts, beside all of assistant/
GAPS = (" ", " ", " ", "", ", ", "? ", ". ", "-", "\n", " \t", "\u00b6", "\u2019")  # between words
HISTORY = 0.1  # share of the messages that come with earlier ones of their kind
TIMES, SLOWEST = 20.0, 1.0  # what the 99th percentile may be of the median, and seconds of the slowest without earlier ones
TELL = 60.0  # seconds after which it is told how far it is
SLOWEST_AFTER = 5.0  # seconds of the slowest with up to eight earlier ones, which are answered too


def patterns() -> list[str]:
    """Every pattern that meets a user's text, as written, each once."""
    names = [one.name for one in pkgutil.walk_packages(assistant.__path__, "assistant.")]
    values = [list(vars(importlib.import_module(name)).values()) for name in (*names, *ALSO)]
    return sorted({one for one in _patterns(values) if words(one)})


def _patterns(value: object) -> Iterator[str]:
    """The patterns in a value: itself, or within lists and tables."""
    if isinstance(value, re.Pattern):
        yield value.pattern
    elif isinstance(value, Caseless):
        yield value._text
    elif isinstance(value, dict):
        yield from _patterns(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _patterns(one)


def words(pattern: str) -> list[str]:
    """The words and signs that a pattern looks for, in its order."""
    bare = re.sub(r"\\[a-zA-Z]|\(\?P?[:=!<]*|\[\^?|\{\d*,?\d*\}", " ", pattern)
    return re.findall(r"[^\W_]+|[\"'`.,:;!?\u00a3%&/-]", bare)


def messages(number: int, seed: int = 2018) -> Iterator[tuple[str, list[str]]]:
    """Messages with their earlier ones; every pattern in turn."""
    chance, known = random.Random(seed), patterns()
    for at in range(number):
        own = words(known[at % len(known)])
        size = min(len(own), chance.choice((1, 2, 3, 5, 8)))
        chosen = [own[place] for place in sorted(chance.sample(range(len(own)), size))]
        unit = "".join(f"{word}{chance.choice(GAPS)}" for word in chosen)
        length = chance.choice((200, 1_000, MAX_CHARACTERS, MAX_CHARACTERS))
        ending = chance.choice(("", " ?", " x", " \u0000", "!"))
        text = (unit * length)[: length - len(ending)].strip() + ending
        yield text, [text] * chance.randint(1, 8) if chance.random() < HISTORY else []


def spent(process: int) -> float:
    """The processor seconds that a process has used so far; the system counts in steps of 10 ms."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def asked(url: str, process: int, sent: Sequence[tuple[str, list[str]]]) -> tuple[list[float], list[str]]:
    """The processor seconds that each message took the server, and what went wrong; of those asked until interrupted."""
    taken: list[float] = []
    faults: list[str] = []
    began = told = time.monotonic()
    with httpx.Client(base_url=url, trust_env=False, timeout=120) as client, suppress(KeyboardInterrupt):
        for at, (text, history) in enumerate(sent):
            before = spent(process)
            try:
                got = client.post("api/ask", json={"question": text, "history": history})
            except httpx.HTTPError as fault:
                faults.append(f"{at} ({text[:60]!r}): {fault!r}")
            else:
                if got.status_code != 200 or got.json()["outcome"] == "error":
                    faults.append(f"{at} ({text[:60]!r}): {got.status_code} {got.text[:200]}")
            taken.append(spent(process) - before)
            if time.monotonic() - told >= TELL:
                told = time.monotonic()
                left = (told - began) / len(taken) * (len(sent) - len(taken)) / 60
                said = f"{len(taken):,} of {len(sent):,}, slowest {max(taken):.2f} s, {len(faults)} errors, about {left:.0f} minutes left"
                print(said, file=sys.stderr, flush=True)
    return taken, faults


def summary(taken: list[float], sent: list[tuple[str, list[str]]]) -> tuple[bool, str]:
    """Whether no message took long, and the figures, the slowest messages named."""
    order = sorted(range(len(taken)), key=taken.__getitem__, reverse=True)
    alone = [one for one, (_, history) in zip(taken, sent, strict=True) if not history]
    median, p99, worst = statistics.median(alone), statistics.quantiles(alone, n=100)[-1], max(alone)
    lines = [
        f"{len(taken):,} messages of {len(patterns())} patterns, processor time: median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms "
        f"({p99 / median:.1f} times), slowest {worst:.2f} s; slowest with up to eight earlier ones {taken[order[0]]:.2f} s"
    ]
    for at in order[:5]:
        text, history = sent[at]
        lines.append(f"slow: {at}, {taken[at]:.2f} s, {len(text):,} characters after {len(history)}: {text[:80]!r}")
    return p99 <= TIMES * median and worst <= SLOWEST and taken[order[0]] <= SLOWEST_AFTER, "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2018)
    given = parser.parse_args()
    sent = list(messages(given.messages, given.seed))
    with chatting() as (url, process):
        asked(
            url, process, [("Beth yw'r argymhellion?", []), ("How long do care proceedings take?", [])]
        )  # what the first ones load
        taken, faults = asked(url, process, sent)
    well, figures = summary(taken, sent[: len(taken)])
    print(figures)
    for fault in faults[:5]:
        print("error:", fault)
    if len(taken) < len(sent):
        print(f"interrupted: {len(taken):,} of {len(sent):,}")
    if faults or not well or len(taken) < len(sent):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
