"""Pictures of the chat for docs/images: `python -m tests.screenshots docs/images` (make screenshots)."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from prompts import wording
from tests.chat_pages import Visit, serving, visiting

COLOURS = 128  # of a picture: plain pages need no more, and stay small
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
QUESTION = "How long do care proceedings take?"


def asked(visit: Visit) -> None:
    visit.open().ask(QUESTION)


def not_stated(visit: Visit) -> None:
    visit.open().ask("How much does the council spend on agency staff?").locator("button.near").first.click()
    visit.page.locator("#evidence-slot mark").first.wait_for()


def briefed(visit: Visit) -> None:
    page = visit.open("?tab=briefing").page
    page.get_by_label(wording("briefing.topic"), exact=True).fill("care leavers")
    page.keyboard.press("Enter")
    page.locator("#brief-preview h3").wait_for()


def broad(visit: Visit) -> None:
    visit.open().ask("What needs to improve for care leavers?")


def noted(visit: Visit) -> None:
    turn = visit.open().ask("What does the report say about return home interviews?")
    turn.locator("[data-note-answer]").click()
    visit.ask(QUESTION).locator("button.take").first.click()
    visit.page.locator("#tab-notes").click()
    visit.page.evaluate("document.activeElement.blur()")


def passage(visit: Visit) -> None:
    visit.open().ask(QUESTION).locator("a.cite").first.click()
    visit.page.locator("#evidence-slot mark").first.wait_for()


def searched(visit: Visit) -> None:
    page = visit.open("?tab=report").page
    page.locator("#report-search").fill("CAMHS")
    page.keyboard.press("Enter")
    page.locator("mark.current").wait_for()


def recommended(visit: Visit) -> None:
    """Recommendations 2 and 3: findings that the report marks, and related ones that it does not."""
    page = visit.open("?tab=recommendations").page
    page.locator("section.recommended").nth(1).evaluate("one => window.scrollTo(0, one.offsetTop - 60)")


def tab(name: str) -> Callable[[Visit], None]:
    return lambda visit: visit.open(f"?tab={name}") and None


PICTURES: dict[str, tuple[Callable[[Visit], Any], dict[str, Any]]] = {
    "start": (lambda visit: visit.open(), LAPTOP),
    "answer": (asked, LAPTOP),
    "not-stated": (not_stated, LAPTOP),
    "dark": (asked, {**LAPTOP, "color_scheme": "dark"}),
    "broad": (broad, LAPTOP),
    "notes": (noted, LAPTOP),
    "phone": (asked, PHONE),
    "phone-passage": (passage, PHONE),
    "briefing": (briefed, LAPTOP),
    "report": (searched, LAPTOP),
    "recommendations": (recommended, LAPTOP),
    "at-a-glance": (tab("glance"), {"viewport": {"width": 1366, "height": 1100}}),
}


def main(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = next(
        filter(None, map(shutil.which, ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"))), None
    )
    if chromium is None:
        sys.exit("Chromium is missing: install it (Debian: apt-get install chromium).")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as aside, serving(Path(aside)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (steps, options) in PICTURES.items():
            with visiting(browser, server.url, **options) as visit:
                steps(visit)
                visit.page.wait_for_timeout(500)
                path = folder / f"{name}.png"
                visit.page.screenshot(path=path)
                with Image.open(path) as picture:
                    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
                print(path, f"{os.path.getsize(path) // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
