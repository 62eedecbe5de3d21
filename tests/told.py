"""The hostile sentences of evals/labels that are known to be kept; docs/choosing-a-model.md tells of them by sort."""

from __future__ import annotations

KEPT = """
241 271 281 284 285 317 336 378 419 421 428 429
"""
TOLD = {f"hostile-{int(number):03d}" for number in KEPT.split()}
