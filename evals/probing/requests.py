"""Requests that a stranger might send over a socket, whole or in pieces. Data: bytes, and the statuses that are right for them.

Sent without sign-in, with it, and with a token; what a stranger may not have is refused, so that the same statuses are right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

REFUSED = frozenset({400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 421, 422, 426, 429, 431, 501, 505})
FINE = REFUSED | {200, 204, 206, 301, 302, 303, 304, 307, 308}
ANY = FINE | {0}  # 0: closed without a word
JSON = "application/json"
ASK = {"question": "paragraph 4"}


@dataclass(frozen=True)
class Probe:
    """Bytes for a fresh connection. `statuses` are those that are right; 0 stands for a connection closed without a reply.
    HOST in the bytes stands for the server's own address. `waits`: the server may wait so many seconds for the rest."""

    name: str
    sent: bytes
    statuses: frozenset[int] = REFUSED
    waits: float = 0


def request(
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    host: str = "HOST",
    version: str = "1.1",
) -> bytes:
    """A request as bytes; the connection is closed after it."""
    lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", "Connection: close"]
    for name, value in (headers or {}).items():
        lines.append(f"{name}: {value}")
    if body is not None and not any(name.lower() in ("content-length", "transfer-encoding") for name in headers or {}):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + (body or b"")


def posted(target: str, content: Any, kind: str = JSON, headers: dict[str, str] | None = None) -> bytes:
    """A POST; `content` as it stands where it is bytes, else as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return request("POST", target, {"Content-Type": kind, **(headers or {})}, body)


PATHS = {
    "passwd": "/../../../../etc/passwd",
    "passwd encoded": "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "passwd encoded twice": "/%252e%252e/%252e%252e/etc/passwd",
    "passwd backslash": "/..%5c..%5c..%5cetc%5cpasswd",
    "passwd overlong": "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "passwd semicolon": "/..;/..;/etc/passwd",
    "file absolute": "/gradio_api/file=/etc/passwd",
    "file relative": "/gradio_api/file=../../../../etc/passwd",
    "file own source": "/gradio_api/file=ui/cli.py",
    "file old": "/file=/etc/passwd",
    "file old slash": "/file/etc/passwd",
    "file encoded": "/gradio_api/file%3D/etc/passwd",
    "file newline": "/gradio_api/file=/etc/passwd%0a",
    "file nul": "/gradio_api/file=/etc/passwd%00.png",
    "proxy": "/gradio_api/proxy=http://127.0.0.1:22/",
    "proxy hub": "/proxy=https://example.hf.space/",
    "upload newline": "/gradio_api/upload%0a",
    "upload progress": "/gradio_api/upload_progress?upload_id=1",
    "stream": "/gradio_api/stream/1/2/3/playlist.m3u8",
    "component server": "/gradio_api/component_server",
    "info": "/gradio_api/info",
    "config": "/config",
    "config newline": "/config%0a",
    "config slash": "/config/",
    "config double slash": "//config",
    "startup events": "/gradio_api/startup-events",
    "app id": "/gradio_api/app_id",
    "reload": "/gradio_api/dev/reload",
    "monitoring": "/monitoring",
    "monitoring key": "/monitoring/aaaa",
    "login check": "/login_check",
    "gradio token": "/token",
    "openapi of the framework": "/openapi.json",
    "docs of the framework": "/docs",
    "redoc": "/redoc",
    "static traversal": "/static/../../../../etc/passwd",
    "static encoded": "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "static absolute": "/static//etc/passwd",
    "assets traversal": "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "assets none": "/assets/none.js",
    "assets folder": "/assets/",
    "svelte": "/svelte/../../etc/passwd",
    "custom component": "/custom_component/a/b/c/d",
    "theme": "/theme.css",
    "robots": "/robots.txt",
    "favicon": "/favicon.ico",
    "manifest": "/manifest.json",
    "pwa icon": "/pwa_icon",
    "git": "/.git/config",
    "env": "/.env",
    "wordpress": "/wp-admin/setup-config.php",
    "actuator": "/actuator/env",
    "star": "/*",
    "nul": "/%00",
    "newline": "/%0a",
    "return": "/%0d%0aSet-Cookie:%20a=b",
    "half escape": "/%",
    "bad escape": "/%zz",
    "not utf-8": "/%ff%fe",
    "long": "/" + "a" * 8000,
    "very long": "/" + "a" * 100_000,
    "many slashes": "/" * 4000,
    "many dots": "/" + "../" * 1000,
    "raw unicode": "/k\u00f6ln",
    "passage path": "/api/passage/../../../../etc/passwd",
    "passage encoded": "/api/passage/..%2f..%2fetc%2fpasswd",
    "passage long": "/api/passage/" + "4" * 5000,
    "passage none": "/api/passage/",
    "passage negative": "/api/passage/-1",
    "passage float": "/api/passage/4.0",
    "passage newline": "/api/passage/4%0a",
    "passage nul": "/api/passage/4%00",
    "passage surrogate": "/api/passage/%ed%a0%80",
    "passage blank": "/api/passage/%20",
    "passage script": "/api/passage/%3Cscript%3Ealert(1)%3C/script%3E",
    "passage dots": "/api/passage/..",
    "passage star": "/api/passage/*",
    "passage roman": "/api/passage/IV",
    "passage superscript": "/api/passage/%C2%B2",
    "api none": "/api/none",
    "api newline": "/api/ask%0a",
    "api upper": "/API/ASK",
    "api double": "/api//ask",
    "pages": "/page/../../etc/passwd",
    "sign-out by get": "/sign-out",
}

QUERIES = {
    "q empty": "/?q=",
    "q long": "/?q=" + "please%20a%20" * 30,
    "q too long": "/?q=" + "a" * 20_000,
    "q nul": "/?q=%00",
    "q not utf-8": "/?q=%ff",
    "q script": "/?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "q twice": "/?q=a&q=b",
    "q list": "/?q[]=a&q[0]=b",
    "q half escape": "/?q=%",
    "many names": "/?" + "&".join(f"a{n}=b" for n in range(3000)),
    "only ampersands": "/?" + "&" * 5000,
    "theme": "/?__theme=%22%3E%3Cscript%3E",
    "session": "/?session_hash=../../etc/passwd",
    "next elsewhere": "/sign-in?next=https://example.org/",
    "next scheme-less": "/sign-in?next=//example.org/",
    "next newline": "/sign-in?next=/%0d%0aSet-Cookie:%20a=b",
    "next javascript": "/sign-in?next=javascript:alert(1)",
    "health with query": "/health?verbose=1&debug=true",
    "embedded": "/?view=api",
    "deep link": "/?deep_link=../../etc/passwd",
}

BODIES: dict[str, Any] = {
    "empty": b"",
    "not JSON": b"question=paragraph 4",
    "half": b'{"question": "paragraph 4"',
    "a comma too many": b'{"question": "paragraph 4",}',
    "single quotes": b"{'question': 'a'}",
    "null": b"null",
    "number": b"4",
    "text": b'"paragraph 4"',
    "list": b'["paragraph 4"]',
    "NaN": b"NaN",
    "question NaN": b'{"question": NaN}',
    "question infinity": b'{"question": Infinity}',
    "history NaN": b'{"question": "paragraph 4", "history": [NaN]}',
    "huge number": b'{"question": 1' + b"0" * 5000 + b"}",
    "huge exponent": b'{"question": 1e999999}',
    "deep lists": b"[" * 20_000 + b"]" * 20_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep history": b'{"question": "paragraph 4", "history": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "open lists": b"[" * 100_000,
    "same key twice": b'{"question": "a", "question": "paragraph 4"}',
    "no question": b"{}",
    "other keys": b'{"Question": "paragraph 4"}',
    "proto": b'{"__proto__": {"question": "a"}, "constructor": 1}',
    "utf-16": '{"question": "paragraph 4"}'.encode("utf-16"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + b'{"question": "paragraph 4"}',
    "latin-1": '{"question": "caf\u00e9"}'.encode("latin-1"),
    "not utf-8": b'{"question": "\xff\xfe"}',
    "lone surrogate": b'{"question": "\\ud800 how long do care proceedings take?"}',
    "lone surrogate key": b'{"\\ud800": 1}',
    "raw newline": b'{"question": "a\nb"}',
    "nul": b'{"question": "a\\u0000b"}',
    "nul bytes": b"\x00" * 1000,
    "two objects": b'{"question": "paragraph 4"}{"question": "paragraph 5"}',
    "comment": b'{"question": "a" /* b */}',
    "100,000 keys": ("{" + ",".join(f'"k{n}":1' for n in range(15_000)) + "}").encode(),
    "250 KB": json.dumps({"question": "a" * 250_000}).encode(),
    "300 KB": json.dumps({"question": "a" * 300_000}).encode(),
    "3 MB": json.dumps({"question": "a" * 3_000_000}).encode(),
    "question too long": json.dumps({"question": "how long? " * 1000}).encode(),
}

KINDS = (
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 5000,
    "application/xml",
    "application/json; charset=utf-16",
    "application/json; charset=none",
    "image/png",
    "a",
    ";;;",
    "application/json\t",
)
METHODS = (
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "POST",
    "QUERY",
    "A" * 3000,
    "G E T",
    "\u00e9",
)

HEADERS: dict[str, tuple[dict[str, str], frozenset[int]]] = {
    "forwarded for": ({"X-Forwarded-For": "127.0.0.1"}, FINE),
    "forwarded for list": ({"X-Forwarded-For": ", ".join(["10.0.0.1"] * 2000)}, FINE),
    "forwarded for odd": ({"X-Forwarded-For": "'; drop table counts; --"}, FINE),
    "forwarded": ({"Forwarded": "for=127.0.0.1;host=evil.example;proto=https"}, FINE),
    "real ip": ({"X-Real-IP": "127.0.0.1"}, FINE),
    "forwarded host": ({"X-Forwarded-Host": "evil.example"}, FINE),
    "forwarded proto": ({"X-Forwarded-Proto": "javascript"}, FINE),
    "forwarded prefix": ({"X-Forwarded-Prefix": "//evil.example"}, FINE),
    "original url": ({"X-Original-URL": "/gradio_api/upload"}, FINE),
    "rewrite url": ({"X-Rewrite-URL": "/gradio_api/upload"}, FINE),
    "method override": ({"X-HTTP-Method-Override": "DELETE"}, FINE),
    "remote user": ({"X-Remote-User": "admin"}, FINE),
    "remote user underscore": ({"X_Remote_User": "admin"}, FINE),
    "gradio user": ({"X-Gradio-User": "app"}, FINE),
    "origin foreign": ({"Origin": "https://evil.example"}, frozenset({403})),
    "origin null": ({"Origin": "null"}, frozenset({403})),
    "origin file": ({"Origin": "file://"}, frozenset({403})),
    "origin like ours": ({"Origin": "http://127.0.0.1.evil.example"}, frozenset({403})),
    "origin another port": ({"Origin": "http://127.0.0.1:1"}, frozenset({403})),
    "origin long": ({"Origin": "http://" + "a" * 5000}, REFUSED),
    "fetch site": ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, FINE),
    "cookies": ({"Cookie": "; ".join(f"a{n}=b" for n in range(500))}, FINE),
    "cookie odd": ({"Cookie": '=;;;a="b;c=\\"; session=../../etc'}, FINE),
    "authorization odd": ({"Authorization": "Bearer"}, FINE),
    "authorization long": ({"Authorization": "Bearer " + "a" * 10_000}, FINE),
    "authorization basic": ({"Authorization": "Basic YWRtaW46YWRtaW4="}, FINE),
    "authorization not ascii": ({"Authorization": "Bearer fnd_\u00e9\u00e9"}, FINE),
    "accept nothing": ({"Accept": "image/none"}, FINE),
    "accept encoding": ({"Accept-Encoding": "gzip, br, none;q=a"}, FINE),
    "accept language": ({"Accept-Language": "x" * 5000}, FINE),
    "range": ({"Range": "bytes=0-0,1-1,2-2,99999999-"}, FINE),
    "range many": ({"Range": "bytes=" + ",".join(f"{n}-" for n in range(3000))}, FINE),
    "range odd": ({"Range": "bytes=-1--2"}, FINE),
    "since": ({"If-Modified-Since": "yesterday"}, FINE),
    "none match": ({"If-None-Match": "*"}, FINE),
    "expect": ({"Expect": "200-maybe"}, FINE),
    "upgrade": ({"Upgrade": "h2c", "HTTP2-Settings": "AAA"}, FINE),
    "user agent": ({"User-Agent": "\x1b[31m" + "a" * 1000}, ANY),
    "request id": ({"X-Request-ID": 'a"}\\n{"forged": 1'}, FINE),
    "many": ({f"X-{n}": "a" for n in range(2000)}, ANY),
    "one of 70 KB": ({"X-A": "a" * 70_000}, ANY),
    "empty name": ({"": "a"}, ANY),
    "blank in name": ({"X A": "a"}, ANY),
    "folded": ({"X-A": "a\r\n b"}, ANY),
}

HOSTS = (
    "",
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:7860",
    "127.0.0.1@evil.example",
    "localhost:99999",
    "localhost:abc",
    "[::1",
    "[::1]:1",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "0x7f.1",
    "127.0.0.1\tevil",
    "\u00e9",
    "a" * 5000,
    "127.0.0.1, evil.example",
    "127.0.0.1/..",
    "localhost.",
)


def gradio() -> list[Probe]:
    """Misuse of the page's own protocol."""
    joins: dict[str, Any] = {
        "nothing": b"",
        "null": None,
        "empty": {},
        "no function": {"data": [], "session_hash": "probe1"},
        "function -1": {"data": [], "fn_index": -1, "session_hash": "probe1"},
        "function 99999": {"data": [], "fn_index": 99_999, "session_hash": "probe1"},
        "function text": {"data": [], "fn_index": "a", "session_hash": "probe1"},
        "function NaN": b'{"data": [], "fn_index": NaN, "session_hash": "probe1"}',
        "no data": {"fn_index": 0, "session_hash": "probe1"},
        "no session": {"data": [], "fn_index": 0},
        "session long": {"data": [], "fn_index": 0, "session_hash": "a" * 10_000},
        "session path": {"data": [], "fn_index": 0, "session_hash": "../../etc/passwd"},
        "session number": {"data": [], "fn_index": 0, "session_hash": 4},
        "session object": {"data": [], "fn_index": 0, "session_hash": {"a": 1}},
        "too much data": {"data": ["a"] * 1000, "fn_index": 0, "session_hash": "probe2"},
        "data of odd types": {"data": [{"a": 1}, None, 1e308, []], "fn_index": 0, "session_hash": "probe3"},
        "data a file": {
            "data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}],
            "fn_index": 0,
            "session_hash": "probe4",
        },
        "data a url": {
            "data": [{"url": "http://127.0.0.1:1/", "meta": {"_type": "gradio.FileData"}}],
            "fn_index": 0,
            "session_hash": "probe5",
        },
        "data deep": b'{"fn_index": 0, "session_hash": "probe6", "data": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        "event data": {"data": [], "fn_index": 0, "session_hash": "probe7", "event_data": {"a": [1] * 1000}},
        "trigger odd": {"data": [], "fn_index": 0, "session_hash": "probe8", "trigger_id": {"a": 1}},
        "batched": {"data": [], "fn_index": 0, "session_hash": "probe9", "batched": True},
        "request of one's own": {"data": [], "fn_index": 0, "session_hash": "probe10", "request": {"username": "admin"}},
    }
    found = [Probe(f"join: {name}", posted("/gradio_api/queue/join", content), FINE) for name, content in joins.items()]
    found += [
        Probe(f"join {n}", posted("/gradio_api/queue/join", {"data": [], "fn_index": n, "session_hash": f"s{n}"}), FINE)
        for n in range(0, 40, 4)
    ]
    found += [
        Probe("data without a session", request("GET", "/gradio_api/queue/data"), FINE),
        Probe("data of an unknown session", request("GET", "/gradio_api/queue/data?session_hash=none"), FINE, waits=3),
        Probe("run predict", posted("/gradio_api/run/predict", {"data": [], "fn_index": 0}), FINE),
        Probe("run a name", posted("/gradio_api/run/lambda", {"data": []}), FINE),
        Probe("run a path", posted("/gradio_api/run/../../config", {"data": []}), FINE),
        Probe("api predict", posted("/gradio_api/api/predict", {"data": []}), FINE),
        Probe("call", posted("/gradio_api/call/ask", {"data": ["paragraph 4"]}), FINE),
        Probe("call of none", request("GET", "/gradio_api/call/ask/none"), FINE),
        Probe("reset", posted("/gradio_api/reset", {"event_id": "a"}), FINE),
        Probe("reset odd", posted("/gradio_api/reset", {"event_id": {"a": 1}}), FINE),
        Probe("cancel", posted("/gradio_api/cancel", {"session_hash": "a", "fn_index": 0, "event_id": "b"}), FINE),
        Probe("cancel odd", posted("/gradio_api/cancel", {"session_hash": 4, "fn_index": "a"}), FINE),
        Probe(
            "component server",
            posted("/gradio_api/component_server", {"session_hash": "a", "component_id": 1, "fn_name": "__class__", "data": {}}),
            FINE,
        ),
        Probe("component server odd", posted("/gradio_api/component_server", {"component_id": "a"}), FINE),
        Probe("heartbeat", request("GET", "/gradio_api/heartbeat/../../etc"), FINE, waits=3),
        Probe(
            "upload",
            posted(
                "/gradio_api/upload",
                b'--b\r\nContent-Disposition: form-data; name="files"; filename="../../a.txt"\r\n\r\nhello\r\n--b--\r\n',
                "multipart/form-data; boundary=b",
            ),
            REFUSED,
        ),
        Probe(
            "upload newline",
            posted(
                "/gradio_api/upload%0a",
                b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n',
                "multipart/form-data; boundary=b",
            ),
            REFUSED,
        ),
        Probe("upload slash", posted("/gradio_api/upload/", b"a", "multipart/form-data; boundary=b"), REFUSED),
        Probe("upload double slash", posted("//gradio_api//upload", b"a", "multipart/form-data; boundary=b"), REFUSED),
        Probe("upload old", posted("/upload", b"a", "multipart/form-data; boundary=b"), REFUSED),
        Probe("deep link", request("GET", "/gradio_api/deep_link?session_hash=a"), FINE),
        Probe("vibe editor", posted("/gradio_api/vibe-edit/", {"prompt": "a"}), FINE),
        Probe("process recording", posted("/gradio_api/process_recording", {"a": 1}), FINE),
    ]
    return found


def raw() -> list[Probe]:
    """What is hardly HTTP."""
    ask = json.dumps(ASK).encode()
    return [
        Probe("nothing at all", b"", ANY, waits=15),
        Probe("blank lines", b"\r\n" * 1000, ANY, waits=15),
        Probe("binary", bytes(range(256)) * 10, ANY),
        Probe("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, ANY),
        Probe("ssh", b"SSH-2.0-OpenSSH_9.0\r\n", ANY, waits=15),
        Probe("http 0.9", b"GET /\r\n\r\n", ANY),
        Probe("http 1.0 without host", b"GET /health HTTP/1.0\r\n\r\n", ANY),
        Probe("http 2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ANY),
        Probe("http 9.9", request("GET", "/health", version="9.9"), ANY),
        Probe("two hosts", b"GET /health HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\nConnection: close\r\n\r\n", ANY),
        Probe("no host", b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", ANY),
        Probe(
            "absolute form foreign", b"GET http://evil.example/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY
        ),
        Probe("absolute form file", b"GET file:///etc/passwd HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe("star form", b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe("no slash", b"GET health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe("length too short", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "5"}, ask), ANY),
        Probe("length negative", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "-1"}, ask), ANY),
        Probe("length text", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "ten"}, ask), ANY),
        Probe("length plus", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": f"+{len(ask)}"}, ask), ANY),
        Probe("length huge", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "9" * 30}, ask), ANY),
        Probe("length superscript", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "\u00b2"}, ask), ANY),
        Probe(
            "two lengths",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 27\r\nConnection: close\r\n\r\n" + ask,
            ANY,
        ),
        Probe(
            "length and chunks",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            ANY,
        ),
        Probe(
            "chunks",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + f"{len(ask):x}\r\n".encode()
            + ask
            + b"\r\n0\r\n\r\n",
            FINE,
        ),
        Probe(
            "chunk size odd",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
            ANY,
        ),
        Probe(
            "chunk size huge",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffff\r\na",
            ANY,
            waits=35,
        ),
        Probe(
            "chunks 1 MB",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + (b"8000\r\n" + b"a" * 32768 + b"\r\n") * 32
            + b"0\r\n\r\n",
            ANY,
        ),
        Probe(
            "encoding unknown",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            ANY,
        ),
        Probe(
            "gzip body", request("POST", "/api/ask", {"Content-Type": JSON, "Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00"), ANY
        ),
        Probe(
            "a body that never comes",
            request("POST", "/api/ask", {"Content-Type": JSON, "Content-Length": "100"}, b"{"),
            ANY,
            waits=35,
        ),
        Probe("headers that never end", b"GET /health HTTP/1.1\r\nHost: HOST\r\nX-A: ", ANY, waits=15),
        Probe(
            "two requests smuggled", request("GET", "/health", body=b"GET /config HTTP/1.1\r\nHost: evil.example\r\n\r\n"), ANY
        ),
        Probe(
            "pipelined",
            (b"GET /health HTTP/1.1\r\nHost: HOST\r\n\r\n") * 50
            + b"GET /health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            FINE,
        ),
        Probe("line feeds only", b"GET /health HTTP/1.1\nHost: HOST\nConnection: close\n\n", ANY),
        Probe("returns in header", b"GET /health HTTP/1.1\r\nHost: HOST\r\nX-A: a\rb\r\nConnection: close\r\n\r\n", ANY),
        Probe("nul in header", b"GET /health HTTP/1.1\r\nHost: HOST\r\nX-A: a\x00b\r\nConnection: close\r\n\r\n", ANY),
        Probe("nul in target", b"GET /hea\x00lth HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe("high bytes in target", b"GET /\xff\xfe HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe("high bytes in query", b"GET /?q=\xff\xfe HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", ANY),
        Probe(
            "high bytes in cookie",
            b"GET / HTTP/1.1\r\nHost: HOST\r\nCookie: \xff=\xfe; findings=\xff\r\nConnection: close\r\n\r\n",
            ANY,
        ),
        Probe(
            "high bytes in authorization",
            b"POST /api/ask HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer \xff\xfe\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
            ANY,
        ),
        Probe("high bytes in host", b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n", ANY),
        Probe("high bytes in origin", b"GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: \xff\xfe\r\nConnection: close\r\n\r\n", ANY),
        Probe(
            "high bytes in forwarded",
            b"GET / HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-For: \xff\xfe\r\nConnection: close\r\n\r\n",
            ANY,
        ),
        Probe(
            "websocket",
            b"GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            ANY,
            waits=12,
        ),
        Probe(
            "websocket queue",
            b"GET /queue/join HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            ANY,
            waits=12,
        ),
        Probe(
            "websocket bad key",
            b"GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 99\r\n\r\n",
            ANY,
            waits=12,
        ),
        Probe(
            "websocket foreign",
            b"GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            ANY,
            waits=12,
        ),
    ]


def signing() -> list[Probe]:
    """Attacks on the page to sign in; also where there is none."""
    form = "application/x-www-form-urlencoded"
    forms = {
        "nothing": b"",
        "no password": b"name=ann",
        "empty": b"name=&password=",
        "wrong": b"name=nobody&password=wrong",
        "sql": b"name=' OR 1=1 --&password=' OR 1=1 --",
        "nul": b"name=ann%00&password=a%00",
        "not utf-8": b"name=%ff&password=%ff",
        "names": b"name=ann&name=bob&password=a&password=b",
        "list": b"name[]=ann&password[]=a",
        "long password": b"name=nobody&password=" + b"a" * 100_000,
        "long name": b"name=" + b"a" * 100_000 + b"&password=a",
        "many fields": b"&".join(b"a%d=b" % n for n in range(20_000)),
        "next elsewhere": b"name=nobody&password=a&next=https://example.org/",
        "unicode name": "name=\u0430nn&password=a".encode(),
        "spaces": b"name=+ann+&password=+",
        "half escape": b"name=%&password=%zz",
    }
    found = [Probe(f"sign-in: {name}", posted("/sign-in", body, form), FINE) for name, body in forms.items()]
    found += [
        Probe("sign-in: JSON", posted("/sign-in", {"name": "ann", "password": {"$ne": 1}}), FINE),
        Probe(
            "sign-in: multipart",
            posted(
                "/sign-in",
                b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nann\r\n--b--\r\n',
                "multipart/form-data; boundary=b",
            ),
            FINE,
        ),
        Probe("sign-in: multipart without boundary", posted("/sign-in", b"a", "multipart/form-data"), FINE),
        Probe(
            "sign-in: foreign origin",
            posted("/sign-in", b"name=ann&password=a", form, {"Origin": "https://evil.example"}),
            frozenset({403}),
        ),
        Probe("sign-out: foreign origin", posted("/sign-out", b"", form, {"Origin": "https://evil.example"}), frozenset({403})),
        Probe("sign-out: by get", request("GET", "/sign-out"), FINE),
        Probe("gradio login", posted("/login", b"username=admin&password=admin", form), REFUSED),
        Probe("gradio logout", request("GET", "/logout"), REFUSED),
        Probe("session made up", request("GET", "/", {"Cookie": "findings=" + "a" * 43}), FINE),
        Probe("session of gradio", request("GET", "/", {"Cookie": "access-token=a; access-token-unsecure=a"}), FINE),
    ]
    return found


def mcp() -> list[Probe]:
    """Misuse of /mcp; also where it is not served."""
    accept = {"Accept": "application/json, text/event-stream"}
    calls: dict[str, Any] = {
        "nothing": b"",
        "not JSON": b"a",
        "NaN": b"NaN",
        "batch empty": [],
        "batch": [{"jsonrpc": "2.0", "id": n, "method": "tools/list"} for n in range(100)],
        "no version": {"id": 1, "method": "tools/list"},
        "unknown method": {"jsonrpc": "2.0", "id": 1, "method": "none"},
        "id object": {"jsonrpc": "2.0", "id": {"a": 1}, "method": "tools/list"},
        "id null": {"jsonrpc": "2.0", "id": None, "method": "tools/list"},
        "tools": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        "unknown tool": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "none", "arguments": {}}},
        "no arguments": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask"}},
        "arguments text": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": "a"}},
        "question number": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": 4}},
        },
        "question long": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": "a" * 9000}},
        },
        "history odd": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": "paragraph 4", "history": [1]}},
        },
        "limit huge": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "a", "limit": 10**9}},
        },
        "limit negative": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "a", "limit": -1}},
        },
        "passage path": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "passage", "arguments": {"id": "../../etc/passwd"}},
        },
        "format none": {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "brief", "arguments": {"topic": "a", "format": "exe"}},
        },
        "resource file": {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "file:///etc/passwd"}},
        "deep": b"[" * 20_000 + b"]" * 20_000,
    }
    taken = FINE | {202}  # the protocol takes what it does not know for a notification
    found = [Probe(f"mcp: {name}", posted("/mcp", content, JSON, accept), taken) for name, content in calls.items()]
    found += [
        Probe("mcp: get", request("GET", "/mcp", accept), FINE, waits=12),
        Probe("mcp: delete", request("DELETE", "/mcp"), FINE),
        Probe("mcp: slash", posted("/mcp/", {}, JSON, accept), FINE),
        Probe("mcp: session made up", posted("/mcp", calls["tools"], JSON, {**accept, "Mcp-Session-Id": "../../etc"}), FINE),
        Probe("mcp: version made up", posted("/mcp", calls["tools"], JSON, {**accept, "MCP-Protocol-Version": "9999"}), FINE),
        Probe(
            "mcp: foreign origin",
            posted("/mcp", calls["tools"], JSON, {**accept, "Origin": "https://evil.example"}),
            frozenset({403}),
        ),
        Probe("mcp: sse", request("GET", "/mcp/sse", accept), FINE, waits=3),
        Probe("mcp of gradio", request("GET", "/gradio_api/mcp/sse", accept), REFUSED, waits=3),
    ]
    return found


def api() -> list[Probe]:
    """The four calls with what does not fit them."""
    found = []
    for name, body in BODIES.items():
        for target in ("/api/ask", "/api/search", "/api/brief"):
            sent = body.replace(
                b'"question"', {"/api/ask": b'"question"', "/api/search": b'"query"', "/api/brief": b'"topic"'}[target]
            )
            found.append(Probe(f"{target} {name}", posted(target, sent), FINE))
    odd: dict[str, tuple[str, Any]] = {
        "limit 0": ("/api/search", {"query": "a", "limit": 0}),
        "limit -1": ("/api/search", {"query": "care", "limit": -1}),
        "limit 1e9": ("/api/search", {"query": "care", "limit": 10**9}),
        "limit 1.5": ("/api/search", {"query": "care", "limit": 1.5}),
        "limit text": ("/api/search", {"query": "care", "limit": "5"}),
        "limit true": ("/api/search", {"query": "care", "limit": True}),
        "limit null": ("/api/search", {"query": "care", "limit": None}),
        "limit NaN": ("/api/search", b'{"query": "care", "limit": NaN}'),
        "limit infinity": ("/api/search", b'{"query": "care", "limit": Infinity}'),
        "query long": ("/api/search", {"query": "care leavers " * 1000}),
        "query blank": ("/api/search", {"query": "  "}),
        "query nul": ("/api/search", {"query": "\x00"}),
        "query odd": ("/api/search", {"query": "\u200b"}),
        "topic blank": ("/api/brief", {"topic": " "}),
        "topic nul": ("/api/brief", {"topic": "\x00"}),
        "topic long": ("/api/brief", {"topic": "a" * 9000}),
        "topic path": ("/api/brief", {"topic": "../../etc/passwd"}),
        "topic hazard": ("/api/brief", {"topic": filled_topic()}),
        "topic gibberish": ("/api/brief", {"topic": "zxcvb qwerty"}),
        "length none": ("/api/brief", {"topic": "care leavers", "length": "endless"}),
        "length number": ("/api/brief", {"topic": "care leavers", "length": 4}),
        "format none": ("/api/brief", {"topic": "care leavers", "format": "exe"}),
        "format path": ("/api/brief", {"topic": "care leavers", "format": "../../a"}),
        "format docx": ("/api/brief", {"topic": "care leavers", "format": "docx"}),
        "format html": ("/api/brief", {"topic": "care leavers <script>", "format": "html"}),
        "format list": ("/api/brief", {"topic": "care leavers", "format": ["md"]}),
        "unknown keys": ("/api/ask", {"question": "paragraph 4", "model": "openai:gpt", "debug": True}),
    }
    found += [Probe(f"{target} {name}", posted(target, content), FINE) for name, (target, content) in odd.items()]
    found += [Probe(f"kind {kind[:40]!r}", posted("/api/ask", ASK, kind), FINE) for kind in KINDS]
    return found


def filled_topic() -> str:
    return "please a " * 440


def probes() -> list[Probe]:
    """Every probe, each name once."""
    found = [
        Probe(f"path: {name}", request("GET", target), REFUSED | {200, 204, 302, 303, 307}) for name, target in PATHS.items()
    ]
    found += [Probe(f"query: {name}", request("GET", target), FINE) for name, target in QUERIES.items()]
    for method in METHODS:
        found += [
            Probe(f"method: {method[:20]} {target}", request(method, target), ANY)
            for target in ("/", "/health", "/api/ask", "/sign-in", "/api/passage/4")
        ]
    for name, (headers, statuses) in HEADERS.items():
        found.append(Probe(f"header: {name}", request("GET", "/health", headers), statuses if "origin" not in name else FINE))
        found.append(Probe(f"header with a question: {name}", posted("/api/ask", ASK, JSON, headers), statuses))
        found.append(Probe(f"header on the page: {name}", request("GET", "/", headers), FINE | {0}))
    found += [
        Probe(
            f"host: {host[:30]!r}",
            request("GET", "/", host=host),
            FINE if host in ("[::1]:1", "localhost.") else frozenset({400, 421, 0}),
        )
        for host in HOSTS
    ]
    return [*found, *api(), *gradio(), *raw(), *signing(), *mcp()]
