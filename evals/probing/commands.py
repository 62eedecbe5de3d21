"""Ways of calling the command that a stranger might try: wrong usage, odd files, settings that name nothing. Data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

WRONG, NO_INDEX = frozenset({2}), frozenset({3})


@dataclass(frozen=True)
class Command:
    """Arguments of `findings`, run by a shell in an empty folder. FINDINGS in `line` stands for the program.

    `files` are written there first. `statuses` are the exit statuses that are right. Whatever is said has to be free of tracebacks.
    """

    name: str
    line: str
    statuses: frozenset[int] = WRONG
    stdin: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 40.0
    said: str = ""  # what standard output and error together must hold


ASKED = b'{"id": "q1", "question": "paragraph 4"}\n'
OK = frozenset({0})
SOME = frozenset({1})


def batch(name: str, content: bytes, statuses: frozenset[int], **more: object) -> Command:
    return Command(
        f"batch: {name}",
        "FINDINGS ask --batch in.jsonl --out out.jsonl; s=$?; cat out.jsonl 2>/dev/null; exit $s",
        statuses,
        files={"in.jsonl": content},
        **more,  # type: ignore[arg-type]
    )


def usage() -> list[Command]:
    lines = {
        "nothing": ("FINDINGS", frozenset({0, 2})),
        "unknown command": ("FINDINGS frobnicate", WRONG),
        "unknown option": ("FINDINGS ask --frobnicate a", WRONG),
        "version": ("FINDINGS --version", OK),
        "empty argument": ("FINDINGS ''", WRONG),
        "dash": ("FINDINGS -", WRONG),
        "dashes": ("FINDINGS --", frozenset({0, 2})),
        "ask nothing": ("FINDINGS ask", WRONG),
        "ask empty": ("FINDINGS ask ''", frozenset({1, 2})),
        "ask blank": ("FINDINGS ask '   '", frozenset({1, 2})),
        "ask two": ("FINDINGS ask paragraph 4", WRONG),
        "ask dash": ("FINDINGS ask -- -4", OK),
        "ask too long": ("FINDINGS ask \"$(head -c 5000 /dev/zero | tr '\\0' a)\"", frozenset({1, 2})),
        "ask 100 KB": ("FINDINGS ask \"$(head -c 100000 /dev/zero | tr '\\0' a)\"", frozenset({1, 2})),
        "ask not utf-8": ("FINDINGS ask \"$(printf 'caf\\351 paragraph 4')\"", OK),
        "ask not utf-8 json": ("FINDINGS ask --json \"$(printf 'caf\\351 paragraph 4')\"", OK),
        "ask newline": ("FINDINGS ask 'paragraph\n4'", OK),
        "ask and batch": ("FINDINGS ask a --batch in.jsonl", WRONG),
        "ask out without batch": ("FINDINGS ask a --out b", frozenset({0, 2})),
        "ask batch none": ("FINDINGS ask --batch none.jsonl", WRONG),
        "ask batch folder": ("FINDINGS ask --batch .", WRONG),
        "ask batch empty name": ("FINDINGS ask --batch ''", WRONG),
        "ask batch without value": ("FINDINGS ask --batch", WRONG),
        "ask batch device": ("FINDINGS ask --batch /dev/null --out o; s=$?; cat o; exit $s", frozenset({0, 2})),
        "ask batch tty": ("FINDINGS ask --batch /dev/tty", WRONG),
        "ask batch long name": ("FINDINGS ask --batch $(head -c 5000 /dev/zero | tr '\\0' a)", WRONG),
        "ask out into nowhere": ("FINDINGS ask --batch in.jsonl --out none/out.jsonl", WRONG),
        "ask out folder": ("FINDINGS ask --batch in.jsonl --out .", WRONG),
        "ask out full": ("FINDINGS ask --batch in.jsonl --out /dev/full", WRONG),
        "ask out same file": (
            "FINDINGS ask --batch in.jsonl --out in.jsonl; s=$?; grep -q question in.jsonl || exit 99; exit $s",
            WRONG,
        ),
        "ask out same file by another name": (
            'ln -s in.jsonl b.jsonl; FINDINGS ask --batch in.jsonl --out b.jsonl; s=$?; grep -q \'"q1", "question": "paragraph 4"}\' in.jsonl || exit 99; exit $s',
            WRONG,
        ),
        "ask out same file by hard link": (
            'ln in.jsonl b.jsonl; FINDINGS ask --batch in.jsonl --out b.jsonl; s=$?; grep -q \'"q1", "question": "paragraph 4"}\' in.jsonl || exit 99; exit $s',
            WRONG,
        ),
        "ask out long name": ("FINDINGS ask --batch in.jsonl --out $(head -c 5000 /dev/zero | tr '\\0' a)", WRONG),
        "ask out nul device": ("FINDINGS ask --batch in.jsonl --out /dev/null", OK),
        "ask full": ("FINDINGS ask 'paragraph 4' > /dev/full", WRONG),
        "ask json full": ("FINDINGS ask --json 'paragraph 4' > /dev/full", WRONG),
        "ask closed": ("FINDINGS ask 'paragraph 4' >&-", WRONG),
        "ask error closed": ("FINDINGS ask '' 2>&-", frozenset({1, 2})),
        "ask input closed": ("FINDINGS ask 'paragraph 4' <&-", OK),
        "ask all closed": ("FINDINGS ask 'paragraph 4' <&- >&- 2>&-", WRONG),
        "ask batch input closed": ("FINDINGS ask --batch - <&-", WRONG),
        "ask into head": ("FINDINGS ask 'list all recommendations' | head -c 1", OK),
        "help full": ("FINDINGS ask --help > /dev/full", WRONG),
        "help closed": ("FINDINGS --help >&-", WRONG),
        "version full": ("FINDINGS --version > /dev/full", WRONG),
        "model none": ("FINDINGS ask 'what is said of staff?' --model none", WRONG),
        "model provider none": ("FINDINGS ask 'what is said of staff?' --model none:none", OK | WRONG),
        "model empty": ("FINDINGS ask 'what is said of staff?' --model ''", frozenset({0, 2})),
        "model colon": ("FINDINGS ask 'what is said of staff?' --model :", WRONG),
        "no fallback without model": ("FINDINGS ask 'what is said of staff?' --no-fallback", frozenset({0, 2})),
        "brief nothing": ("FINDINGS brief", WRONG),
        "brief blank": ("FINDINGS brief ' '", WRONG),
        "brief gibberish": ("FINDINGS brief 'zxcvb qwerty'", frozenset({2, 5})),
        "brief far": ("FINDINGS brief 'the price of oil'", frozenset({5})),
        "brief format none": ("FINDINGS brief 'care leavers' --format exe", WRONG),
        "brief length none": ("FINDINGS brief 'care leavers' --length endless", WRONG),
        "brief out folder": ("FINDINGS brief 'care leavers' --out .", WRONG),
        "brief out nowhere": ("FINDINGS brief 'care leavers' --out none/a.md && test -s none/a.md", OK),
        "brief out full": ("FINDINGS brief 'care leavers' --out /dev/full", WRONG),
        "brief out odd name": ("FINDINGS brief 'care leavers' --out a.exe", frozenset({0, 2})),
        "brief docx to terminal": ("FINDINGS brief 'care leavers' --format docx > /dev/full", WRONG),
        "brief topics none": ("FINDINGS brief --topics none.txt --out o", WRONG),
        "brief topics folder": ("FINDINGS brief --topics . --out o", WRONG),
        "brief topics binary": ("head -c 3000 /dev/urandom > t; FINDINGS brief --topics t --out o", frozenset({1, 2, 5})),
        "brief topics empty": (": > t; FINDINGS brief --topics t --out o", WRONG),
        "brief topics paths": (
            "printf '../../evil\\n/etc/evil\\ncare leavers\\n' > t; FINDINGS brief --topics t --out o; s=$?; test -e ../evil.md && exit 99; exit $s",
            frozenset({0, 1, 5}),
        ),
        "brief topics out a file": (": > o; printf 'care leavers\\n' > t; FINDINGS brief --topics t --out o", WRONG),
        "brief topics and topic": ("printf 'care leavers\\n' > t; FINDINGS brief 'care leavers' --topics t --out o", WRONG),
        "index none": ("FINDINGS index none.md", WRONG),
        "index folder": ("FINDINGS index .", WRONG),
        "index empty": (": > r.md; FINDINGS index r.md", WRONG),
        "index binary": ("head -c 100000 /dev/urandom > r.pdf; FINDINGS index r.pdf", WRONG),
        "index cut pdf": ("printf '%%PDF-1.7\\n%%' > r.pdf; FINDINGS index r.pdf", WRONG),
        "index device": ("FINDINGS index /dev/zero", WRONG),
        "index pipe": ("mkfifo p; FINDINGS index p", WRONG),
        "index unknown kind": ("echo a > r.docx; FINDINGS index r.docx", WRONG),
        "index not utf-8": ("printf '# caf\\351\\n' > r.md; FINDINGS index r.md", WRONG),
        "index nul": ("head -c 5000 /dev/zero > r.md; FINDINGS index r.md", WRONG),
        "index no rights": ("FINDINGS index /proc/1/mem", WRONG),
        "index long name": ("FINDINGS index $(head -c 5000 /dev/zero | tr '\\0' a).md", WRONG),
        "chat port": ("FINDINGS chat --port 99999", WRONG),
        "chat port text": ("FINDINGS chat --port a", WRONG),
        "chat host none": ("FINDINGS chat --host none.invalid --no-sign-in", WRONG),
        "chat host text": ("FINDINGS chat --host 'a b' --no-sign-in", WRONG),
        "chat host open": ("FINDINGS chat --host 0.0.0.0", WRONG),
        "chat host ipv6 open": ("FINDINGS chat --host ::", WRONG),
        "chat host empty": ("FINDINGS chat --host ''", WRONG),
        "chat proxy text": ("FINDINGS chat --proxy a", WRONG),
        "chat proxy network": ("FINDINGS chat --proxy 0.0.0.0/99 --no-sign-in", WRONG),
        "chat header without proxy": ("FINDINGS chat --trust-header X-User", WRONG),
        "chat header odd": ("FINDINGS chat --trust-header 'X: a' --proxy 127.0.0.1", WRONG),
        "chat header and no sign-in": ("FINDINGS chat --trust-header X-User --proxy 127.0.0.1 --no-sign-in", WRONG),
        "chat name odd": ("FINDINGS chat --name 'http://a/' --no-sign-in", WRONG),
        "chat name star": ("FINDINGS chat --name '*' --no-sign-in", WRONG),
        "chat name empty": ("FINDINGS chat --name '' --no-sign-in", WRONG),
        "chat prefix odd": ("FINDINGS chat --prefix '//evil.example' --no-sign-in", WRONG),
        "chat prefix dots": ("FINDINGS chat --prefix '/../a' --no-sign-in", WRONG),
        "chat frame odd": ('FINDINGS chat --frame "*; script-src *"', WRONG),
        "chat frame star": ("FINDINGS chat --frame '*'", WRONG),
        "chat reason empty": ("FINDINGS chat --log-questions ''", WRONG),
        "chat sign-in without users": ("FINDINGS chat --sign-in --port 0 & sleep 6; kill $!; wait $!", frozenset({0, 2, 143})),
        "eval limit": ("FINDINGS eval --limit -1", WRONG),
        "eval split": ("FINDINGS eval --split none", WRONG),
        "eval slice": ("FINDINGS eval --only none", WRONG),
        "eval cases none": ("FINDINGS eval --cases none.jsonl", WRONG),
        "eval compare none": ("FINDINGS eval --compare a b", WRONG),
        "eval compare one": ("FINDINGS eval --compare a", WRONG),
        "eval resume none": ("FINDINGS eval --resume none", WRONG),
        "eval rescore none": ("FINDINGS eval --rescore none", WRONG),
        "eval accept none": ("FINDINGS eval --accept none", WRONG),
        "eval replay none": ("FINDINGS eval --replay none", WRONG),
        "eval answers none": ("FINDINGS eval --answers none", WRONG),
        "eval answers odd": ("echo a > a.jsonl; FINDINGS eval --answers a.jsonl", WRONG),
        "eval cases odd": ("echo a > a.jsonl; FINDINGS eval --cases a.jsonl", WRONG),
        "eval out a file": (": > o; FINDINGS eval --limit 1 --out o", WRONG),
        "bench part": ("FINDINGS bench --only none", WRONG),
        "bench rounds": ("FINDINGS bench --rounds 0", WRONG),
        "bench most": ("FINDINGS bench --only growth --most 0", WRONG),
        "bench out a file": (": > o; FINDINGS bench --only none --out o", WRONG),
        "users nothing": ("FINDINGS users", frozenset({0, 2})),
        "users add nothing": ("FINDINGS users add", WRONG),
        "users add empty": ("FINDINGS users add ''", WRONG),
        "users add blank": ("echo 'long enough pass' | FINDINGS users add ' '", WRONG),
        "users add newline": ("echo 'long enough pass' | FINDINGS users add 'a\nb'", WRONG),
        "users add long": ("echo 'long enough pass' | FINDINGS users add $(head -c 5000 /dev/zero | tr '\\0' a)", WRONG),
        "users add not utf-8": ("echo 'long enough pass' | FINDINGS users add \"$(printf 'caf\\351')\"", WRONG),
        "users add without password": ("FINDINGS users add ann < /dev/null", WRONG),
        "users add empty password": ("echo | FINDINGS users add ann", WRONG),
        "users add short password": ("echo a | FINDINGS users add ann", WRONG),
        "users add huge password": ("head -c 10000000 /dev/zero | tr '\\0' a | FINDINGS users add ann", WRONG),
        "users add not utf-8 password": ("printf 'caf\\351 and more of it\\n' | FINDINGS users add ann", WRONG),
        "users add nul password": ("head -c 30 /dev/zero | FINDINGS users add ann", WRONG),
        "users remove not utf-8": ("FINDINGS users remove \"$(printf 'caf\\351')\"", WRONG),
        "tokens revoke not utf-8": ("FINDINGS tokens revoke \"$(printf 'caf\\351')\"", WRONG),
        "users remove none": ("FINDINGS users remove nobody", frozenset({1, 2})),
        "users unlock none": ("FINDINGS users unlock nobody", frozenset({0, 1, 2})),
        "users list full": ("echo 'long enough pass' | FINDINGS users add ann && FINDINGS users list > /dev/full", WRONG),
        "tokens add nobody": ("FINDINGS tokens add nobody", frozenset({1, 2})),
        "tokens add odd label": (
            "echo 'long enough pass' | FINDINGS users add ann && FINDINGS tokens add ann --label 'a\nb'",
            WRONG,
        ),
        "tokens add long label": (
            "echo 'long enough pass' | FINDINGS users add ann && FINDINGS tokens add ann --label $(head -c 5000 /dev/zero | tr '\\0' a)",
            OK | WRONG,
        ),
        "tokens revoke none": ("FINDINGS tokens revoke none", frozenset({1, 2})),
        "tokens revoke empty": ("FINDINGS tokens revoke ''", frozenset({1, 2})),
        "tokens add full": (
            "echo 'long enough pass' | FINDINGS users add ann && FINDINGS tokens add ann > /dev/full; s=$?; FINDINGS tokens list | grep -q . && exit 99; exit $s",
            WRONG,
        ),
    }
    return [
        Command(f"usage: {name}", line, statuses, files={"in.jsonl": ASKED}, env={"FINDINGS_STATE": "state.sqlite3"})
        for name, (line, statuses) in lines.items()
    ]


def batches() -> list[Command]:
    deep = b'{"question": ' + b"[" * 5000 + b"]" * 5000 + b"}\n"
    return [
        batch("empty", b"", frozenset({0, 2})),
        batch("blank lines", b"\n\n\n", frozenset({0, 1, 2})),
        batch("not JSON", b"paragraph 4\n", SOME),
        batch("half", b'{"question": "paragraph 4"\n', SOME),
        batch("no newline at the end", ASKED.strip(), OK),
        batch("returns", ASKED.replace(b"\n", b"\r\n"), OK),
        batch("byte order mark", b"\xef\xbb\xbf" + ASKED, OK),
        batch("utf-16", ASKED.decode().encode("utf-16"), frozenset({1, 2})),
        batch("latin-1", '{"question": "caf\u00e9"}\n'.encode("latin-1"), frozenset({1, 2})),
        batch("binary", bytes(range(256)) * 100, frozenset({1, 2})),
        batch("null", b"null\n", SOME),
        batch("number", b"4\n", SOME),
        batch("NaN", b"NaN\n", SOME),
        batch("question NaN", b'{"question": NaN}\n', SOME),
        batch("id NaN", b'{"id": NaN, "question": "paragraph 4"}\n', frozenset({0, 1})),
        batch("list", b'["paragraph 4"]\n', SOME),
        batch("array of all", b'[{"question": "paragraph 4"}]\n', SOME),
        batch("question null", b'{"question": null}\n', SOME),
        batch("question list", b'{"question": ["a"]}\n', SOME),
        batch("history text", b'{"question": "paragraph 4", "history": "a"}\n', SOME),
        batch("history null", b'{"question": "paragraph 4", "history": null}\n', frozenset({0, 1})),
        batch("history numbers", b'{"question": "paragraph 4", "history": [1]}\n', SOME),
        batch("history objects", b'{"question": "paragraph 4", "history": [{"role": "user", "content": "a"}]}\n', SOME),
        batch("id number", b'{"id": 7, "question": "paragraph 4"}\n', frozenset({0, 1})),
        batch("id object", b'{"id": {"a": 1}, "question": "paragraph 4"}\n', frozenset({0, 1})),
        batch("id empty", b'{"id": "", "question": "paragraph 4"}\n', OK | SOME),
        batch("id twice", ASKED * 2, OK | SOME),
        batch("id long", json.dumps({"id": "a" * 100_000, "question": "paragraph 4"}).encode(), OK | SOME),
        batch("id newline", b'{"id": "a\\nb", "question": "paragraph 4"}\n', OK),
        batch("surrogate", b'{"id": "\\ud800", "question": "\\ud800 paragraph 4"}\n', OK),
        batch("nul", b'{"question": "paragraph\\u0000 4"}\n', OK),
        batch("deep", deep + ASKED, SOME),
        batch("deeper", (b"[" * 200_000 + b"\n") + ASKED, SOME),
        batch("huge number", b'{"id": 1' + b"0" * 6000 + b', "question": "paragraph 4"}\n' + ASKED, frozenset({0, 1})),
        batch("keys unknown", b'{"question": "paragraph 4", "model": "a", "answer": "b"}\n', OK),
        batch("line of 5 MB", json.dumps({"question": "a" * 5_000_000}).encode() + b"\n" + ASKED, SOME),
        batch("line separators", '{"question": "paragraph\u2028 4"}\n'.encode(), OK),
        batch("form feed", b"\x0c" + ASKED, frozenset({0, 1})),
        batch("no index", ASKED, NO_INDEX, env={"FINDINGS_INDEX_DIR": "none"}),
        Command("batch: from standard input", "FINDINGS ask --batch - --out o; s=$?; cat o; exit $s", frozenset({0, 2}), ASKED),
        Command(
            "batch: from a pipe",
            "printf '%s\\n' '{\"question\": \"paragraph 4\"}' | FINDINGS ask --batch /dev/stdin",
            frozenset({0, 2}),
        ),
        Command(
            "batch: from a named pipe",
            "mkfifo p; (cat in.jsonl > p &) ; FINDINGS ask --batch p --out o",
            frozenset({0, 2}),
            files={"in.jsonl": ASKED},
        ),
        Command(
            "batch: into a pipe that closes",
            "for i in $(seq 300); do cat in.jsonl; done > many.jsonl; FINDINGS ask --batch many.jsonl | head -1 > /dev/null; exit ${PIPESTATUS:-0}",
            frozenset({0, 1, 2, 141}),
            files={"in.jsonl": ASKED},
        ),
        Command(
            "batch: terminated",
            "for i in $(seq 4000); do cat in.jsonl; done > many.jsonl; FINDINGS ask --batch many.jsonl --out o & sleep 5; kill -TERM $!; wait $!; tail -c 1 o | od -c | grep -q '\\\\n'",
            OK,
            files={"in.jsonl": b'{"question": "how long do care proceedings take?"}\n'},
        ),
        Command(
            "batch: hung up",
            "for i in $(seq 4000); do cat in.jsonl; done > many.jsonl; FINDINGS ask --batch many.jsonl --out o & sleep 5; kill -HUP $!; wait $!; tail -c 1 o | od -c | grep -q '\\\\n'",
            OK,
            files={"in.jsonl": b'{"question": "how long do care proceedings take?"}\n'},
        ),
    ]


def settings() -> list[Command]:
    ask = "FINDINGS ask 'paragraph 4'"
    broad = "FINDINGS ask 'how long do care proceedings take?'"
    named = {
        "index none": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "none"}),
        "index empty": (ask, OK | NO_INDEX, {"FINDINGS_INDEX_DIR": ""}),
        "index a file": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "in.jsonl"}),
        "index device": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "/dev/null"}),
        "index long": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "a" * 5000}),
        "index without rights": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "/proc/1/root/none"}),
        "index newline": (ask, NO_INDEX, {"FINDINGS_INDEX_DIR": "a\nb"}),
        "build into a file": ("FINDINGS index", WRONG | NO_INDEX, {"FINDINGS_INDEX_DIR": "in.jsonl"}),
        "build into proc": ("FINDINGS index", WRONG | NO_INDEX, {"FINDINGS_INDEX_DIR": "/proc/none"}),
        "report none": (ask, WRONG | NO_INDEX, {"FINDINGS_REPORT": "none.md"}),
        "report folder": (ask, WRONG | NO_INDEX, {"FINDINGS_REPORT": "."}),
        "report device": (ask, WRONG | NO_INDEX, {"FINDINGS_REPORT": "/dev/zero"}),
        "report empty": (ask, OK | WRONG, {"FINDINGS_REPORT": ""}),
        "report not a report": (ask, WRONG | NO_INDEX, {"FINDINGS_REPORT": "in.jsonl"}),
        "chroma nowhere": ("FINDINGS index", WRONG, {"FINDINGS_CHROMA": "http://127.0.0.1:9"}),
        "chroma text": ("FINDINGS index", WRONG, {"FINDINGS_CHROMA": "not an address"}),
        "chroma file": ("FINDINGS index", WRONG, {"FINDINGS_CHROMA": "file:///etc/passwd"}),
        "chroma port": ("FINDINGS index", WRONG, {"FINDINGS_CHROMA": "http://127.0.0.1:99999"}),
        "chroma nowhere, asked": (broad, OK | WRONG | NO_INDEX, {"FINDINGS_CHROMA": "http://127.0.0.1:9"}),
        "embedding none": (broad, WRONG | NO_INDEX, {"FINDINGS_EMBEDDING_MODEL": "./none", "HF_HUB_OFFLINE": "1"}),
        "embedding file": (broad, WRONG | NO_INDEX, {"FINDINGS_EMBEDDING_MODEL": "in.jsonl", "HF_HUB_OFFLINE": "1"}),
        "embedding none, built": (
            "FINDINGS index",
            WRONG,
            {"FINDINGS_EMBEDDING_MODEL": "./none", "HF_HUB_OFFLINE": "1", "FINDINGS_INDEX_DIR": "i"},
        ),
        "model none": (broad, WRONG, {"FINDINGS_MODEL": "none"}),
        "model provider none": (broad, OK | WRONG, {"FINDINGS_MODEL": "none:none"}),
        "model nowhere": (
            broad,
            OK,
            {"FINDINGS_MODEL": "openai:a", "FINDINGS_MODEL_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "a"},
        ),
        "model nowhere, no fallback": (
            broad + " --no-fallback",
            frozenset({4}),
            {"FINDINGS_MODEL": "openai:a", "FINDINGS_MODEL_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "a"},
        ),
        "model address text": (
            broad,
            OK | WRONG,
            {"FINDINGS_MODEL": "openai:a", "FINDINGS_MODEL_BASE_URL": "not an address", "OPENAI_API_KEY": "a"},
        ),
        "wording none": (ask, WRONG, {"FINDINGS_WORDING": "none.toml"}),
        "wording folder": (ask, WRONG, {"FINDINGS_WORDING": "."}),
        "wording not TOML": (ask, WRONG, {"FINDINGS_WORDING": "in.jsonl"}),
        "wording device": (ask, WRONG, {"FINDINGS_WORDING": "/dev/zero"}),
        "wording pipe": ("mkfifo p; " + ask, WRONG, {"FINDINGS_WORDING": "p"}),
        "state folder": ("FINDINGS users list", WRONG, {"FINDINGS_STATE": "."}),
        "state nowhere": ("FINDINGS users list", WRONG | OK, {"FINDINGS_STATE": "/proc/none/state.sqlite3"}),
        "state not a database": ("FINDINGS users list", WRONG, {"FINDINGS_STATE": "in.jsonl"}),
        "state device": ("FINDINGS users list", WRONG, {"FINDINGS_STATE": "/dev/full"}),
        "state device, added": ("echo 'long enough pass' | FINDINGS users add ann", WRONG, {"FINDINGS_STATE": "/dev/full"}),
        "days text": ("FINDINGS chat --port 0", WRONG, {"FINDINGS_BROWSER_DAYS": "many"}),
        "days negative": ("FINDINGS chat --port 0", WRONG, {"FINDINGS_BROWSER_DAYS": "-1"}),
        "days huge": ("timeout 8 FINDINGS chat --port 0", WRONG | frozenset({124}), {"FINDINGS_BROWSER_DAYS": "9" * 400}),
        "days NaN": ("FINDINGS chat --port 0", WRONG, {"FINDINGS_BROWSER_DAYS": "nan"}),
        "days infinity": ("FINDINGS chat --port 0", WRONG, {"FINDINGS_BROWSER_DAYS": "inf"}),
        "word back text": ("FINDINGS chat --port 0", WRONG, {"FINDINGS_WORD_BACK": "perhaps"}),
        "home none": (ask, OK | NO_INDEX, {"HOME": "/none"}),
        "home file": (ask, OK | NO_INDEX, {"HOME": "/dev/null"}),
        "home empty": (ask, OK | NO_INDEX, {"HOME": ""}),
        "home none, users": ("FINDINGS users list", OK | WRONG, {"HOME": "/proc/none", "FINDINGS_STATE": ""}),
        "temp none": (ask, OK, {"TMPDIR": "/none"}),
        "temp none, built": ("FINDINGS index --force", OK | WRONG, {"TMPDIR": "/none", "FINDINGS_INDEX_DIR": "i"}),
        "locale C": (broad, OK, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        "locale none": (broad, OK, {"LC_ALL": "xx_YY.UTF-8"}),
        "locale Turkish": (broad, OK, {"LC_ALL": "tr_TR.UTF-8"}),
        "output ascii": ("FINDINGS ask 'list all recommendations'", OK, {"PYTHONIOENCODING": "ascii"}),
        "output utf-16": (ask, OK, {"PYTHONIOENCODING": "utf-16"}),
        "output unknown": (ask, frozenset({0, 1, 2}), {"PYTHONIOENCODING": "none"}),
        "columns 1": ("FINDINGS ask --help", OK, {"COLUMNS": "1"}),
        "columns -1": ("FINDINGS ask --help", OK, {"COLUMNS": "-1"}),
        "columns text": ("FINDINGS ask --help", OK, {"COLUMNS": "a"}),
        "terminal none": (ask, OK, {"TERM": "none"}),
        "threads 0": (broad, OK, {"OMP_NUM_THREADS": "0"}),
        "threads text": (broad, OK, {"OMP_NUM_THREADS": "a"}),
        "hash seed": (broad, OK, {"PYTHONHASHSEED": "7"}),
        "time zone none": (broad, OK, {"TZ": "none/none"}),
        "proxy of the environment": (broad, OK, {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}),
        "chroma telemetry": (broad, OK, {"ANONYMIZED_TELEMETRY": "True"}),
        "memory short": (f"ulimit -v 400000; {ask}", frozenset({0, 1, 2, 3}), {}),
        "files 20": (f"ulimit -n 20; {ask}", OK | WRONG | NO_INDEX, {}),
        "files 5": (f"ulimit -n 5; {ask}", OK | WRONG | NO_INDEX | SOME, {}),
        "processes none": (f"ulimit -u 1; {ask}", OK | WRONG | SOME, {}),
        "file size 0": ("ulimit -f 0; FINDINGS index --force", WRONG, {"FINDINGS_INDEX_DIR": "i"}),
        "stack small": (f"ulimit -s 512; {ask}", OK | WRONG, {}),
        "two builds": (
            "FINDINGS index & a=$!; FINDINGS index & wait $!; b=$?; wait $a; a=$?; FINDINGS ask 'paragraph 4' > /dev/null && [ $a = 0 ] && [ $b = 0 ] && [ $(ls i | grep -c build) = 1 ]",
            OK,
            {"FINDINGS_INDEX_DIR": "i"},
        ),
        "build killed": (
            "FINDINGS index & sleep 4; kill -9 $!; wait $! 2>/dev/null; FINDINGS index && FINDINGS ask 'paragraph 4' > /dev/null && [ $(ls i | grep -c build) = 1 ]",
            OK,
            {"FINDINGS_INDEX_DIR": "i"},
        ),
        "build terminated": (
            "FINDINGS index & sleep 4; kill -TERM $!; wait $!; FINDINGS ask 'paragraph 4'",
            NO_INDEX,
            {"FINDINGS_INDEX_DIR": "i"},
        ),
    }
    return [
        Command(
            f"setting: {name}",
            line,
            statuses,
            files={"in.jsonl": ASKED},
            env=env,
            seconds=120 if "build" in name or "built" in name else 25,
        )
        for name, (line, statuses, env) in named.items()
    ]


def commands() -> list[Command]:
    """Every command, each name once."""
    return [*usage(), *batches(), *settings()]
