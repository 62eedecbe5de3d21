"""A long load on a chat of its own, and whether memory and open handles stay flat: `python -m evals.speed.soak` (make soak).

Fifty people ask as in evals/speed/load.py; every question of a person belongs to a conversation of four, so that sessions come and go: 20,000
questions are 5,000 sessions. The process's memory and handles are read every few seconds; their slope after the warm-up is given with its
95% interval (ordinary least squares). Memory goes up and down in waves, so neighbouring readings tell nearly the same: the interval counts them for
fewer, by how alike they are. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from evals.speed.load import Load, people, report

WARM = 0.3  # share of the readings that count as warm-up
STEP = 5.0  # seconds between two readings
SAY = 12  # readings after which the last is told on standard error
T95 = 2.0  # about the 97.5% point of Student's t for 30 and more readings


@dataclass(frozen=True)
class Reading:
    """What the process held at a moment: seconds since the start, resident memory in MB, open handles."""

    seconds: float
    memory: float
    handles: int


@dataclass(frozen=True)
class Slope:
    """Growth a minute, with its 95% interval."""

    a_minute: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.a_minute:+.2f} ({self.low:+.2f} to {self.high:+.2f})"


def slope(seconds: list[float], values: list[float]) -> Slope:
    """The slope of values over time, a minute. Needs three readings."""
    centre, mean = statistics.fmean(seconds), statistics.fmean(values)
    spread = sum((at - centre) ** 2 for at in seconds)
    inclined = sum((at - centre) * (value - mean) for at, value in zip(seconds, values, strict=True)) / spread
    left = [v - mean - inclined * (at - centre) for at, v in zip(seconds, values, strict=True)]
    squares = sum(one * one for one in left)
    alike = min(0.98, max(0.0, sum(one * other for one, other in pairwise(left)) / squares)) if squares else 0.0
    error = T95 * (squares / max(1, len(values) - 2) / spread * (1 + alike) / (1 - alike)) ** 0.5
    return Slope(60 * inclined, 60 * (inclined - error), 60 * (inclined + error))


def read(process: int, started: float) -> Reading:
    """What /proc says of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
    return Reading(time.monotonic() - started, memory, len(os.listdir(f"/proc/{process}/fd")))


async def soaked(
    url: str, process: int, number: int, seconds: float, step: float, most: int | None = None
) -> tuple[Load, list[Reading]]:
    """The load, and the readings taken meanwhile. Arguments as of `people`; `step` is in seconds."""
    readings: list[Reading] = []
    started = time.monotonic()

    async def watch() -> None:
        while True:
            readings.append(read(process, started))
            if len(readings) % SAY == 0:
                last = readings[-1]
                print(f"{last.seconds:.0f} s: {last.memory:.0f} MB, {last.handles} handles", file=sys.stderr, flush=True)
            await asyncio.sleep(step)

    watching = asyncio.create_task(watch())
    try:
        return await people(url, number, seconds, most), readings
    finally:
        watching.cancel()


def summary(load: Load, readings: list[Reading], number: int) -> str:
    """The figures in four lines."""
    settled = readings[int(WARM * len(readings)) :]
    at = [one.seconds for one in settled]
    return "\n".join(
        (
            report(load, number),
            f"sessions: about {len(load.waits) // 4:,}",
            f"memory: {settled[0].memory:.0f} to {settled[-1].memory:.0f} MB, MB a minute {slope(at, [one.memory for one in settled])}",
            f"handles: {settled[0].handles} to {settled[-1].handles}, a minute {slope(at, [float(one.handles) for one in settled])}",
        )
    )


@contextmanager
def chatting(environment: dict[str, str] | None = None, *options: str) -> Iterator[tuple[str, int]]:
    """A `findings chat` of its own, in this environment and with these options: its address and its process."""
    with tempfile.TemporaryFile("w+") as out:
        command = [sys.executable, "-m", "ui.cli", "chat", "--port", "0", *options]
        chat = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        try:
            url = ""
            while not url and chat.poll() is None:
                time.sleep(0.2)
                out.seek(0)
                found = re.search(r"open on (\S+)", out.read())
                url = f"{found[1]}/" if found else ""
            yield url, chat.pid
        finally:
            chat.terminate()
            chat.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=7200, help="after which no more are asked")
    given = parser.parse_args()
    with chatting() as (url, process):
        load, readings = asyncio.run(soaked(url, process, given.people, given.seconds, STEP, given.questions))
        print(summary(load, readings, given.people), flush=True)  # before the end, which a busy machine may delay
    for error in sorted(set(load.errors))[:5]:
        print("error:", error)


if __name__ == "__main__":
    main()
