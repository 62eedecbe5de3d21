"""The page that describes the web API, made of its OpenAPI description: no script, nothing from elsewhere. Knows no routes."""

from __future__ import annotations

import json
from typing import Any

from prompts import wording
from ui.html.rendering import tag, text


def described(openapi: dict[str, Any]) -> str:
    """Every operation with what it takes and what it gives."""
    schemas = openapi.get("components", {}).get("schemas", {})
    parts = "".join(
        _operation(method, path, operation, schemas)
        for path, methods in openapi["paths"].items() if path.startswith(("/api", "/health"))
        for method, operation in methods.items()
    )  # fmt: skip
    body = tag("h1", text(wording("api.title"))) + tag("p", text(wording("api.intro"))) + parts
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{text(wording("api.title"))}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        "<style>body{font:1rem/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}</style>"
        f"</head><body><main>{body}</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    said = tag("h2", tag("code", text(f"{method.upper()} {path}"))) + tag("p", text(operation.get("summary", "")))
    said += tag("p", text(operation["description"])) if operation.get("description") else ""
    reference = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    fields = schemas.get(reference.rsplit("/", 1)[-1], {})
    if not fields:
        return said
    needed = fields.get("required", [])
    head = "".join(tag("th", text(wording(f"api.{name}")), scope="col") for name in ("field", "meaning", "default"))
    rows = "".join(
        tag("tr", tag("td", tag("code", text(name))) + tag("td", text(field.get("description", "")))
            + tag("td", text(wording("api.needed") if name in needed else json.dumps(field.get("default", [])))))
        for name, field in fields["properties"].items()
    )  # fmt: skip
    return said + tag("table", tag("thead", tag("tr", head)) + tag("tbody", rows))
