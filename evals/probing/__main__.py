"""Every probe against a chat of its own on the loopback address, and against the command: `python -m evals.probing` (make soak).

Prints what is wrong and ends with 1 where anything is. Whatever is sent, a reply is one of the statuses that are right for it, within two
seconds, without a traceback or a path of this machine; the server answers at the end as at the beginning.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from evals.probing.commands import commands
from evals.probing.messages import Message, messages
from evals.probing.requests import Probe, probes, request
from evals.probing.running import tried
from evals.probing.sending import SLOW, faults, send
from evals.speed.soak import chatting
from index.store import index_folder

PATIENT = 30  # seconds from which a probe is sent beside the others
TRIES = 3  # of a message that took long: a busy machine is no fault


def of_requests(url: str, only: str) -> Iterator[str]:
    """What is wrong with the replies to requests."""
    chosen = [one for one in probes() if only in one.name]
    patient = [one for one in chosen if one.waits >= PATIENT]

    def judged(probe: Probe) -> list[str]:
        wait = probe.waits or SLOW
        return [
            f"{probe.name}: {one}" for one in faults(send(url, probe.sent, wait), probe.statuses, probe.waits, (str(Path.cwd()),))
        ]

    with ThreadPoolExecutor(8) as beside:
        slow = [beside.submit(judged, one) for one in patient]
        for one in chosen:
            if one.waits < PATIENT:
                yield from judged(one)
        for done in slow:
            yield from done.result()


def of_messages(url: str, only: str) -> Iterator[str]:
    """What is wrong with the answers to messages."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        for message in messages():
            if only in message.name:
                yield from (f"{message.name}: {one}" for one in _asked(client, message))


def _asked(client: httpx.Client, message: Message) -> list[str]:
    taken = []
    for _ in range(TRIES):
        got = client.post("api/ask", json={"question": message.question, "history": message.history})
        taken.append(got.elapsed.total_seconds())
        if taken[-1] <= SLOW:
            break
    found = [f"{min(taken):.1f} s"] if min(taken) > SLOW else []
    if message.name.startswith("type:"):
        return found if got.status_code in (413, 422) else [*found, f"status {got.status_code}"]
    if got.status_code != 200:
        return [*found, f"status {got.status_code}"]
    answer = got.json()
    if message.outcomes and answer["outcome"] not in message.outcomes:
        found.append(f"outcome {answer['outcome']}")
    if answer["outcome"] == "answered" and not answer["citations"]:
        found.append("answered without a citation")
    return found


def of_commands(only: str) -> Iterator[str]:
    """What is wrong with how the command ended."""
    program = str(Path(sys.executable).parent / "findings")
    with tempfile.TemporaryDirectory() as folder:
        built = shutil.copytree(index_folder(), Path(folder) / "index")
        environment = {**os.environ, "FINDINGS_INDEX_DIR": str(built), "FINDINGS_STATE": "state.sqlite3"}
        for command in commands():
            if only in command.name:
                yield from (f"{command.name}: {one}" for one in tried(command, program, environment))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="Only probes with this in their name.")
    given = parser.parse_args()
    found = 0
    with chatting() as (url, _):
        for fault in (*of_requests(url, given.only), *of_messages(url, given.only)):
            found += 1
            print(fault, flush=True)
        if send(url, request("GET", "/health")).status != 200:
            found += 1
            print("the server no longer answers")
    for fault in of_commands(given.only):
        found += 1
        print(fault, flush=True)
    print(f"{len(probes())} requests, {len(messages())} messages, {len(commands())} commands: {found} faults")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
