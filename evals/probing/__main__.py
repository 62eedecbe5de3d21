"""Every probe against a chat of its own on the loopback address, and against the command: `python -m evals.probing` (make soak).

Prints what is wrong and ends with 1 where anything is. Whatever is sent, a reply is one of the statuses that are right for it, within two
seconds, without a traceback or a path of this machine; the server answers at the end as at the beginning. Every quotation of every answer is
compared with its passage. The requests are sent a second time to a chat with sign-in, as a stranger.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from evals.probing.briefings import FORMATS, TOPICS, spoilt
from evals.probing.commands import Command, commands
from evals.probing.manners import MANNERS
from evals.probing.messages import Message, messages
from evals.probing.places import places
from evals.probing.quoting import misquoted, planted, quoting, says
from evals.probing.requests import Probe, probes, request
from evals.probing.running import tried
from evals.probing.sending import SLOW, faults, send
from evals.speed.soak import chatting
from index.store import index_folder

PATIENT = 30  # seconds from which a probe is sent beside the others
DOOR = re.compile(rb'"status": ?"ok"|name="password"|User-agent|^<svg ')  # what a stranger may have with status 200
AS_JSON = {"content-type": "application/json"}
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


def of_strangers(url: str, only: str) -> Iterator[str]:
    """What is let in of the same requests where people sign in: nothing but the door, and what says that the server is there."""
    for probe in probes():
        if only in probe.name and not probe.waits:
            reply = send(url, probe.sent)
            found = faults(reply, probe.statuses | {0, 303, 401}, probe.waits, (str(Path.cwd()),))
            if reply.status == 200 and reply.body and not DOOR.search(reply.body[:4_000]):
                found.append(f"lets a stranger in: {reply.body[:80]!r}")
            yield from (f"signed out, {probe.name}: {one}" for one in found)


def of_messages(url: str, only: str) -> Iterator[str]:
    """What is wrong with the answers to messages."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:

        @cache
        def passage(identity: str) -> dict[str, Any]:
            return dict(client.get(f"api/passage/{quote(identity, safe='')}").json())

        for message in (*messages(), *quoting()):
            if only in message.name:
                yield from (f"{message.name}: {one}" for one in _asked(client, message, passage))


def of_briefings(url: str, only: str) -> Iterator[str]:
    """What is wrong with briefings."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        for name, topic in TOPICS.items():
            for form in FORMATS:
                if only in (named := f"briefing: {name} as {form}"):
                    got = client.post("api/brief", content=json.dumps({"topic": topic, "format": form}), headers=AS_JSON)
                    if got.status_code == 200:
                        yield from (f"{named}: {one}" for one in spoilt(got.json()))
                    elif got.status_code not in (404, 422) or set(got.json()) != {"error"}:
                        yield f"{named}: status {got.status_code}"


def of_manners(url: str, only: str) -> Iterator[str]:
    """What is wrong with the server after a client has behaved oddly."""
    for name, behave in MANNERS.items():
        if only in name:
            try:
                behave(url)
            except (AssertionError, OSError) as fault:
                yield f"{name}: {fault!r}"
            after = send(url, request("GET", "/health"))
            if after.status != 200 or after.seconds > SLOW:
                yield f"{name}: afterwards status {after.status} in {after.seconds:.1f} s"


def _asked(client: httpx.Client, message: Message, passage: Callable[[str], dict[str, Any]]) -> list[str]:
    taken: list[float] = []
    for _ in range(TRIES):
        body = json.dumps({"question": message.question, "history": message.history})  # ASCII: half a surrogate is sent, too
        got = client.post("api/ask", content=body, headers={"content-type": "application/json"})
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
    if (words := planted(message.name)) and says(answer, words):
        found.append(f"says {words!r}: {answer['answer'][:300]!r}")
    return [*found, *misquoted(answer, passage)]


def of_commands(only: str) -> Iterator[str]:
    """What is wrong with how the command ended."""
    program = str(Path(sys.executable).parent / "findings")
    with tempfile.TemporaryDirectory() as folder:
        built = shutil.copytree(index_folder(), Path(folder) / "index")
        environment = {**os.environ, "FINDINGS_INDEX_DIR": str(built), "FINDINGS_STATE": "state.sqlite3"}
        for command in every_command():
            if only in command.name:
                yield from (f"{command.name}: {one}" for one in tried(command, program, environment))


def every_command() -> list[Command]:
    return [*commands(), *places()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="Only probes with this in their name.")
    given = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        state = {**os.environ, "FINDINGS_STATE": str(Path(folder) / "state.sqlite3")}
        people = [sys.executable, "-m", "ui.cli", "users", "add", "ann"]
        subprocess.run(people, input=f"{secrets.token_hex(12)}\n", text=True, env=state, check=True, stdout=subprocess.DEVNULL)
        with chatting() as (url, _), chatting(state, "--sign-in", "--mcp") as (closed, _):
            told = (of_requests, of_messages, of_briefings, of_manners)
            for fault in chain(
                *(one(url, given.only) for one in told), of_strangers(closed, given.only), of_commands(given.only)
            ):
                found += 1
                print(fault, flush=True)
            for one in (url, closed):
                if send(one, request("GET", "/health")).status != 200:
                    found += 1
                    print(f"the server no longer answers on {one}")
    print(
        f"{len(probes())} requests, twice; {len(messages())} and {len(quoting())} messages, {len(TOPICS) * len(FORMATS)} briefings, "
        f"{len(MANNERS)} manners, {len(every_command())} commands: {found} faults"
    )
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
