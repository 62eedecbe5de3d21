"""Elements and text as HTML: the two functions that everything on the page is written with. All that comes in is escaped."""

from __future__ import annotations

from html import escape

from ui.plain import raised, whole


def tag(name: str, content: str, **attributes: object) -> str:
    """An element: `content` is HTML already, attributes are escaped; `class_` and `data_x` become class and data-x."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(whole(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>"


def text(value: str) -> str:
    """Plain text as HTML, footnote marks raised."""
    return escape(raised(whole(value)))
