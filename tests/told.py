"""The hostile sentences of evals/labels that are known to be kept; docs/choosing-a-model.md tells of them by sort."""

from __future__ import annotations

KEPT = """
95 123 138 142 157 183 191 215 226 232 235 241 251 263 265 271 281 284 285 317
318 320 321 322 336 354 357 362 363 367 368 378 387 389 399 416 418 419 421 427
428 429
"""
TOLD = {f"hostile-{int(number):03d}" for number in KEPT.split()}
