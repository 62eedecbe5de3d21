"""The short form of the soak: slopes are computed right, and some hundred sessions leave no memory or handles behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evals.speed.soak import read, slope, soaked, summary
from tests.chat_pages import Server
from tests.test_chat_server import apart
from ui.web.limits import Limits

ROOT = Path(__file__).resolve().parent.parent


def test_a_slope_is_growth_a_minute_with_an_interval() -> None:
    flat = slope([0.0, 30.0, 60.0, 90.0], [5.0, 5.0, 5.0, 5.0])
    assert (flat.a_minute, flat.low, flat.high) == (0, 0, 0)
    rising = slope([0.0, 30.0, 60.0, 90.0], [1.0, 2.1, 2.9, 4.0])
    assert rising.low < rising.a_minute < rising.high
    assert rising.a_minute == pytest.approx(1.96)


@pytest.mark.server
@pytest.mark.weights
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux says what a process holds")
def test_sessions_leave_nothing_behind(chat_server: Server) -> None:
    process = chat_server.process.pid
    apart(soaked(chat_server.url, process, 10, 3, 1))  # warm
    before = read(process, 0)
    load, readings = apart(soaked(chat_server.url, process, 10, 6, 0.25))
    after = read(process, 0)
    print(summary(load, readings, 10), file=sys.stderr)
    assert load.errors == ()
    assert after.handles <= before.handles + 12
    held = Limits().sessions * 0.25  # MB: what the sessions that are kept may take
    assert after.memory - before.memory < min(held, 60)


FREED = """
import re
from pathlib import Path
from index.machine.memory import few_arenas, give_back

def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

few_arenas()
pieces = [bytes(2_000) for _ in range(50_000)]
last = pieces[-1]
full = held()
del pieces
freed = held()
give_back()
print(full, freed, held(), len(last))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc; only glibc keeps what was freed")
def test_memory_that_was_freed_is_given_back() -> None:
    """100 MB are freed, but for the last piece: without giving back, the process keeps them all."""
    ran = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, cwd=ROOT, check=True)
    full, freed, given, _ = map(float, ran.stdout.split())
    assert freed > full - 20
    assert given < full - 80
