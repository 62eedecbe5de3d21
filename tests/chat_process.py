"""A chat server that tells on itself: `python -m tests.chat_process PORT LOG [SLOW WAITING AT_ONCE PROXIED]` serves as `findings
chat` does and writes every address that the process looks up or connects to into LOG. SLOW is what LONG takes, in seconds; PROXIED says
that a proxy on this machine stands in front.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.answer import Answer
from assistant.assistant import Assistant

LONG = "paragraph 5"
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


class Slow(Assistant):
    """The engine of a busy day: one question takes long."""

    seconds = 0

    def ask(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        time.sleep(self.seconds if question == LONG else 0)
        return super().ask(question, history, identity)


def main(port: int, log: Path, slow: int = 0, waiting: int = 200, at_once: int = 4, proxied: int = 0) -> None:
    with log.open("a", encoding="utf-8", buffering=1) as written:

        def watch(event: str, arguments: tuple) -> None:
            if event in WATCHED:
                address = arguments[0] if isinstance(arguments[0], str) else arguments[1]
                written.write(f"{address[0] if isinstance(address, tuple) else address}\n")

        sys.addaudithook(watch)
        from ui.chat import launch
        from ui.web.access import access

        Slow.seconds = slow
        chosen = access("127.0.0.1", port, proxies=["127.0.0.1"] if proxied else [], sign_in=False)
        blocks = launch("127.0.0.1", port, Slow if slow else None, chosen, waiting=waiting, at_once=at_once)
        print("serving", flush=True)
        blocks.block_thread()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
