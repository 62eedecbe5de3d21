"""Many people asking at once, over HTTP as the page does it: `python -m evals.speed.load http://127.0.0.1:7860/`.

Each person asks, waits for the answer, and asks the next question at once, a handful in one conversation; nobody pauses to
read, so that 50 of them ask what several hundred readers would. `--people 50 --seconds 60` are the defaults.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import time
import uuid
from dataclasses import dataclass

import httpx

QUESTIONS = (
    "How long do care proceedings take?", "How many children are looked after?", "What needs to improve for care leavers?",
    "How good are adoption services?", "What are the recommendations?", "Which findings are behind recommendation 6?",
    "What does paragraph 40 say?", "How much does the council spend on agency staff?", "What has improved since 2015?",
    "Do social workers have manageable caseloads?", "What grade did the council get?", "Are return home interviews timely?",
)  # fmt: skip


TURNS = 4  # questions of one conversation; each question looks back at those before it


@dataclass(frozen=True)
class Load:
    """What was measured: seconds of each answered question, what went wrong, and how long it all took."""

    waits: tuple[float, ...]
    errors: tuple[str, ...]
    seconds: float

    @property
    def p50(self) -> float:
        return statistics.median(self.waits)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.waits, n=20)[-1]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds


async def people(url: str, number: int, seconds: float, most: int | None = None) -> Load:
    """Let `number` people ask one question after another for so many seconds, or until `most` questions are asked."""
    limits = httpx.Limits(max_connections=2 * number + 10, max_keepalive_connections=2 * number + 10)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits, trust_env=False) as client:
        config = (await client.get("config")).json()
        function = next(d["id"] for d in config["dependencies"] if d["api_name"] == "turn")
        waits: list[float] = []
        errors: list[str] = []
        started = time.perf_counter()
        end = started + seconds
        left = itertools.count() if most is None else iter(range(most))

        async def person(which: int) -> None:
            turn = 0
            while time.perf_counter() < end and next(left, None) is not None:
                if turn % TURNS == 0:
                    session = uuid.uuid4().hex[:11]
                turn += 1
                asked = time.perf_counter()
                fault = await ask(client, function, session, QUESTIONS[(which + turn) % len(QUESTIONS)])
                waits.append(time.perf_counter() - asked)
                if fault:
                    errors.append(fault)

        await asyncio.gather(*(person(which) for which in range(number)))
        return Load(tuple(waits), tuple(errors), time.perf_counter() - started)


async def ask(client: httpx.AsyncClient, function: int, session: str, question: str) -> str:
    """Ask one question as the page does; gives what went wrong, or nothing."""
    event = {"data": [], "fn_index": function, "session_hash": session, "event_data": {"question": question}}
    joined = await client.post("gradio_api/queue/join", json=event)
    if joined.status_code != 200:
        return f"{joined.status_code} {joined.text[:80]}"
    async with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] == "process_completed":
                html = message["output"]["data"][0] if message["success"] else ""
                return "" if 'data-outcome="' in html and 'data-outcome="error"' not in html else str(message["output"])[:200]
    return "the stream ended without an answer"


def engine_seconds() -> float:
    """What a question takes in the engine alone, asked one after another in this process."""
    from assistant.assistant import Assistant

    assistant = Assistant()
    assistant.ask(QUESTIONS[0])
    started = time.perf_counter()
    for question in QUESTIONS:
        assistant.ask(question)
    return (time.perf_counter() - started) / len(QUESTIONS)


def report(load: Load, number: int) -> str:
    return (
        f"{number} people, {load.seconds:.0f} s: {len(load.waits)} answers, {len(load.errors)} errors, "
        f"median {load.p50:.2f} s, p95 {load.p95:.2f} s, {load.throughput:.1f} answers a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    load = asyncio.run(people(given.url, given.people, given.seconds))
    print(report(load, given.people))
    for error in sorted(set(load.errors))[:5]:
        print("error:", error)
    print(f"the engine alone: {engine_seconds() * 1000:.1f} ms a question")


if __name__ == "__main__":
    main()
