"""The hostile sentences of evals/labels that are known to be kept; docs/choosing-a-model.md tells of them by sort."""

from __future__ import annotations

TOLD = {
    f"hostile-{number:03d}"
    for number in (95, 123, 138, 142, 157, 183, 191, 215, 226, 232, 235, 241, 251, 263, 265, 271, 281, 284, 285)
}
