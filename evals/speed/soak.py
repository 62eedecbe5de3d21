"""A long load on a chat of its own, and whether memory and open handles stay flat: `python -m evals.speed.soak` (make soak).

Fifty people ask as in evals/speed/load.py; every question of a person belongs to a conversation of four, so that sessions come and go. After a
warm-up the process's memory and handles are read at equal steps; their slope is given with its 95% interval (ordinary least squares).
Linux only: it reads /proc.
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
from pathlib import Path

from evals.speed.load import Load, people, report

WARM = 0.3  # share of the readings that count as warm-up
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
    left = sum((v - mean - inclined * (at - centre)) ** 2 for at, v in zip(seconds, values, strict=True))
    error = T95 * (left / max(1, len(values) - 2) / spread) ** 0.5
    return Slope(60 * inclined, 60 * (inclined - error), 60 * (inclined + error))


def read(process: int, started: float) -> Reading:
    """What /proc says of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
    return Reading(time.monotonic() - started, memory, len(os.listdir(f"/proc/{process}/fd")))


async def soaked(url: str, process: int, number: int, seconds: float, step: float) -> tuple[Load, list[Reading]]:
    """The load, and the readings taken meanwhile."""
    readings: list[Reading] = []
    started = time.monotonic()

    async def watch() -> None:
        while True:
            readings.append(read(process, started))
            await asyncio.sleep(step)

    watching = asyncio.create_task(watch())
    try:
        return await people(url, number, seconds), readings
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
def chatting() -> Iterator[tuple[str, int]]:
    """A `findings chat` of its own: its address and its process."""
    with tempfile.TemporaryFile("w+") as out:
        command = [sys.executable, "-m", "ui.cli", "chat", "--port", "0"]
        chat = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
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
    parser.add_argument("--seconds", type=float, default=900)
    given = parser.parse_args()
    with chatting() as (url, process):
        step = max(0.5, given.seconds / 100)
        load, readings = asyncio.run(soaked(url, process, given.people, given.seconds, step))
        print(summary(load, readings, given.people), flush=True)  # before the end, which a busy machine may delay
    for error in sorted(set(load.errors))[:5]:
        print("error:", error)


if __name__ == "__main__":
    main()
