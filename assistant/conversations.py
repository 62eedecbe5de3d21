"""Earlier questions of a conversation -> its turns: the last REPLAYED questions are answered again, and the turns cached.

A follow-up depends on what was cited, and interfaces send only questions. Called by assistant/batches.py; decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answer import Turn

if TYPE_CHECKING:
    from assistant.batches import Batches

REPLAYED = 8  # earlier questions of a conversation that are answered again: what was said before them no longer matters
REMEMBERED = 512  # beginnings of conversations kept in memory, so that a follow-up does not ask everything anew


class Conversations:
    """The turns of conversations, by the questions asked in them."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._turns: dict[tuple[str, ...], tuple[Turn, ...]] = {}

    def so_far(self, histories: Sequence[Sequence[str]]) -> list[tuple[Turn, ...]]:
        """The turns of each history of questions, oldest first.

        All first questions are answered together, then all second ones: encoding them together takes a third of the time.
        """
        recent = [tuple(history[-REPLAYED:]) for history in histories]
        known: dict[tuple[str, ...], tuple[Turn, ...]] = {(): ()}
        for length in range(1, max(map(len, recent)) + 1):
            beginnings = dict.fromkeys(one[:length] for one in recent if len(one) >= length)
            known.update((one, turns) for one in beginnings if (turns := self._turns.get(one)) is not None)
            fresh = [one for one in beginnings if one not in known]
            if fresh:
                longer = self._batches.continued([(known[one[:-1]], one[-1]) for one in fresh])
                known.update(zip(fresh, longer, strict=True))
                if len(self._turns) + len(fresh) > REMEMBERED:
                    self._turns.clear()
                self._turns.update((one, known[one]) for one in fresh[-REMEMBERED:])
        return [known[one] for one in recent]
