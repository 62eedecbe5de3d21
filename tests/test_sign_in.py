"""Who is let in: passwords, sessions, tokens, the header of a sign-on; lockout; and that a stranger finds the door only."""

from __future__ import annotations

import re
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from prompts import wording
from tests.conftest import Run
from tests.shared_chat import PASSWORD, Shared, command, event, far, sharing, shown
from ui.sign_in.people import People
from ui.sign_in.sessions import FIRST, IDLE, LONGEST, WORST, Attempts, Sessions
from ui.web.store import Store

pytestmark = [pytest.mark.server]

OTHER = "four loud badgers"


@pytest.fixture(scope="module")
def closed_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat with two users, behind a proxy on this machine that ends TLS."""
    folder = tmp_path_factory.mktemp("closed")
    settings = {**toy_index, "FINDINGS_STATE": str(folder / "state.sqlite3")}
    assert command(settings, "users", "add", "ann", stdin=f"{PASSWORD}\n").stdout == "ann can sign in now.\n"
    assert command(settings, "users", "add", "Bob", stdin=f"{OTHER}\n").returncode == 0
    with sharing(folder, toy_index, "--proxy", "127.0.0.1", "--name", "findings.example", "--mcp") as server:
        yield server
        assert "Traceback" not in server.said()  # whatever was sent here


def sign_in(client: httpx.Client, name: str, password: str, address: str = "192.0.2.1", **more: str) -> httpx.Response:
    return client.post("sign-in", data={"name": name, "password": password, "next": "/"}, headers=far(address, **more))


# ---- the door --------------------------------------------------------------------------------------------------


def test_health_says_version_index_and_report_and_nothing_else_of_the_machine(closed_chat: Shared) -> None:
    with closed_chat.client() as client:
        facts = client.get("health").json()
    assert sorted(facts) == ["index", "report", "status", "version"]
    assert (facts["status"], sorted(facts["report"])) == ("ok", ["inspected", "published", "sha256", "title"])
    assert "/" not in facts["index"]


def test_a_permalink_is_reached_after_signing_in_and_no_other_server_is(closed_chat: Shared) -> None:
    with closed_chat.client() as client:
        sent = client.get("?q=paragraph+4&tab=report", headers=far("192.0.2.3"))
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2F%3Fq%3Dparagraph%2B4%26tab%3Dreport")
        page = client.get(sent.headers["location"].lstrip("/"), headers=far("192.0.2.3")).text
        assert 'name="next" value="/?q=paragraph+4&amp;tab=report"' in page
        for away in ("https://evil.example", "//evil.example", "/\\evil.example", "/?\r\nset-cookie: a=b", "javascript:alert(1)"):
            form = {"name": "ann", "password": PASSWORD, "next": away}
            got = client.post("sign-in", data=form, headers=far("192.0.2.3"))
            assert got.status_code == 303 and re.fullmatch(r"/(\?[\w?=&%+:.-]*)?", got.headers["location"])


# ---- sessions --------------------------------------------------------------------------------------------------


def test_signing_in_and_out_ends_that_session_and_no_other(closed_chat: Shared) -> None:
    with closed_chat.client(headers=far("192.0.2.4")) as laptop, closed_chat.client(headers=far("192.0.2.5")) as phone:
        for client in (laptop, phone):
            assert client.get("config").status_code == 401
            assert sign_in(client, "ann", PASSWORD).status_code == 303
            assert client.get("config").status_code == 200
        assert laptop.get("sign-out").status_code == 200 and laptop.get("config").status_code == 200  # a link signs nobody out
        key = laptop.cookies["findings_session"]
        assert laptop.post("sign-out").status_code == 303
        assert laptop.get("config").status_code == 401
        assert laptop.get("config", headers={"cookie": f"findings_session={key}"}).status_code == 401
        assert phone.get("config").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(closed_chat: Shared) -> None:
    with closed_chat.client() as client:
        behind_tls = sign_in(client, "ann", PASSWORD, **{"x-forwarded-proto": "https"}).headers["set-cookie"]
        plain = sign_in(client, "ann", PASSWORD).headers["set-cookie"]
    assert all(part in behind_tls for part in ("; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"))
    assert "; HttpOnly" in plain and "Secure" not in plain


def test_nobody_adds_reports_where_nobody_was_named(closed_chat: Shared) -> None:
    with closed_chat.client(headers=far("192.0.2.4")) as client:
        for path in ("add-report", f"add-report/{'0' * 16}"):
            assert client.get(path).status_code == 401
        sign_in(client, "ann", PASSWORD)
        assert "add-report" not in client.get("").text
        for method, path in (("GET", ""), ("POST", ""), ("POST", f"/{'0' * 16}/shelf")):
            assert client.request(method, f"add-report{path}").status_code == 404


def test_one_user_s_conversation_is_closed_to_the_other(closed_chat: Shared) -> None:
    with closed_chat.client(headers=far("192.0.2.6")) as ann, closed_chat.client(headers=far("192.0.2.6")) as bob:
        sign_in(ann, "ann", PASSWORD, "192.0.2.6")
        sign_in(bob, "BOB ", OTHER, "192.0.2.6")
        assert event(ann, "turn", "annsown", {"question": "paragraph 4"}).status_code == 200
        assert "foster carers" in shown(ann, "annsown")
        assert event(bob, "save", "annsown", {"form": "md"}).status_code == 403
        assert bob.get("gradio_api/queue/data", params={"session_hash": "annsown"}).status_code == 403
        assert event(bob, "turn", "bobsown", {"question": "paragraph 5"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "gradio_api/queue/data?session_hash=evas&session_hash=annas", b""),
        ("GET", "gradio_api/queue/data?session_hash=annas&session_hash=evas", b""),
        ("GET", "gradio_api/queue/data?" + "a=b&" * 40 + "session_hash=annas", b""),
        ("POST", "gradio_api/queue/join?session_hash=evas", b'{"session_hash": "annas", "fn_index": 0, "data": []}'),
        ("POST", "gradio_api/queue/join", b'{"session_hash": "evas", "session_hash": "annas", "fn_index": 0, "data": []}'),
        ("POST", "gradio_api/queue/join", '{"session_hash": "annas", "fn_index": 0, "data": []}'.encode("utf-16")),
        ("POST", "gradio_api/reset", b'{"session_hash": "annas", "event_id": "x", "fn_index": 0}'),
        ("POST", "gradio_api/cancel", b'{"session_hash": "annas", "event_id": "x", "fn_index": 0}'),
    ],
)
def test_no_spelling_of_a_request_reaches_another_user_s_conversation(
    method: str, path: str, body: bytes, closed_chat: Shared
) -> None:
    with closed_chat.client(headers=far("192.0.2.60")) as ann, closed_chat.client(headers=far("192.0.2.61")) as bob:
        sign_in(ann, "ann", PASSWORD, "192.0.2.60")
        sign_in(bob, "bob", OTHER, "192.0.2.61")
        assert event(ann, "turn", "annas", {"question": "paragraph 4"}).status_code == 200
        got = bob.request(method, path, content=body, headers={"content-type": "application/json"})
        assert got.status_code == 403, got.text
        assert "foster carers" in shown(ann, "annas")


RAW = {
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /config HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
    "another server's address": b"GET http://evil.example/config HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "up and over": b"GET /sign-in/../config HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a line break": b"GET /health%0a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two slashes": b"GET //config HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two lengths": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\n",
    "a websocket": b"GET /config HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "half a letter": b"GET /%ed%a0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an odd cookie": b'GET /config HTTP/1.1\r\nHost: localhost\r\nCookie: findings_session="\\377"; ;;=\r\n\r\n',
    "an odd address": b"GET /config HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: \xff, ::1%%eth0\r\n\r\n",
    "another host by the proxy": b"GET /config HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\n\r\n",
    "TLS to the wrong door": b"\x16\x03\x01\x00\x00",
}


@pytest.mark.parametrize("name", RAW)
def test_odd_requests_are_refused_and_the_server_goes_on(name: str, closed_chat: Shared) -> None:
    import socket

    address = httpx.URL(closed_chat.url)
    with socket.create_connection((address.host, address.port), timeout=20) as connection:
        connection.sendall(RAW[name])
        got = connection.recv(400)
    assert re.match(rb"HTTP/1\.[01] 4\d\d ", got), got
    with closed_chat.client() as client:
        assert client.get("health").status_code == 200
        assert client.get("sign-in?" + "a=b&" * 500).status_code == 200


def test_a_removed_user_and_a_changed_password_end_sessions_at_once(closed_chat: Shared) -> None:
    assert closed_chat.command("users", "add", "cyd", stdin="five pale herons\n").returncode == 0
    with closed_chat.client(headers=far("192.0.2.7")) as client:
        sign_in(client, "cyd", "five pale herons")
        assert client.get("config").status_code == 200
        assert (
            closed_chat.command("users", "add", "cyd", stdin="six keen weasels\n").stdout
            == wording("users.changed", name="cyd") + "\n"
        )
        assert client.get("config").status_code == 401
        assert sign_in(client, "cyd", "five pale herons").status_code == 401
        assert sign_in(client, "cyd", "six keen weasels").status_code == 303
        assert closed_chat.command("users", "remove", "cyd").returncode == 0
        assert client.get("config").status_code == 401
        assert sign_in(client, "cyd", "six keen weasels").status_code == 401


def test_sessions_end_unused_and_at_the_latest_after_a_working_day(tmp_path: Path) -> None:
    now = [1_000_000.0]
    store = Store(tmp_path / "state", clock=lambda: now[0])
    People(store).add("ann", PASSWORD)
    sessions = Sessions(store)
    idle, used = sessions.begin("ann"), sessions.begin("ann")
    for _ in range(int(LONGEST // (IDLE / 2))):
        assert sessions.user(used) == "ann"
        now[0] += IDLE / 2
    assert sessions.user(idle) is None
    now[0] += 1
    assert sessions.user(used) is None


# ---- guessing --------------------------------------------------------------------------------------------------


def test_a_guesser_is_locked_out_and_the_user_is_let_in_again(closed_chat: Shared) -> None:
    with closed_chat.client() as client:
        statuses = [sign_in(client, "bob", f"guess {at}", "198.51.100.1").status_code for at in range(7)]
        assert statuses == [401] * 5 + [429] * 2
        locked = sign_in(client, "bob", OTHER, "198.51.100.2")  # right, from elsewhere: the account waits all the same
        assert locked.status_code == 429 and 1 <= int(locked.headers["retry-after"]) <= FIRST
        assert wording("sign_in.wait", minutes=1) in locked.text
        assert sign_in(client, "ann", PASSWORD, "198.51.100.2").status_code == 303
        assert closed_chat.command("users", "unlock").returncode == 0
        assert sign_in(client, "bob", OTHER, "198.51.100.2").status_code == 303


@pytest.mark.alone
def test_a_name_that_nobody_has_is_treated_as_one_that_somebody_has(closed_chat: Shared) -> None:
    closed_chat.command("users", "unlock")
    seconds: dict[str, list[float]] = {"ann": [], "nobody": []}
    with closed_chat.client() as client:
        for at in range(5):
            for name, took in seconds.items():
                started = time.perf_counter()
                got = sign_in(client, name, "wrong password", f"198.51.100.{10 + at}")
                took.append(time.perf_counter() - started)
                assert (name, got.status_code, wording("sign_in.wrong") in got.text) == (name, 401, True)
        assert {sign_in(client, name, "wrong password", "198.51.100.30").status_code for name in seconds} == {429}
    closed_chat.command("users", "unlock")
    quickest = {name: min(took) for name, took in seconds.items()}
    assert 0.6 < quickest["ann"] / quickest["nobody"] < 1.6, quickest


def test_many_attempts_at_once_are_no_more_than_one_after_another(closed_chat: Shared) -> None:
    statuses: list[int] = []

    def attempt() -> None:
        with closed_chat.client() as client:
            statuses.append(sign_in(client, "ghost", "wrong password", "198.51.100.40").status_code)

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert statuses.count(401) == 5 and statuses.count(429) == 11


def test_waits_double_and_end_and_a_clock_set_back_locks_nobody_out_for_longer(tmp_path: Path) -> None:
    now = [1_000_000.0]
    attempts = Attempts(Store(tmp_path / "state", clock=lambda: now[0]))
    waits = []
    for at in range(14):
        attempts.failed("ann", f"198.51.100.{at}")
        waits.append(attempts.wait("ann", "192.0.2.1"))
    assert waits == [0] * 4 + [30, 60, 120, 240, 480] + [WORST] * 5
    now[0] -= 86_400
    assert attempts.wait("ann", "192.0.2.1") == WORST
    now[0] += 86_400 + WORST
    assert attempts.wait("ann", "192.0.2.1") == 0


def test_an_address_that_tries_many_names_has_to_wait_and_one_where_many_sign_in_does_not(tmp_path: Path) -> None:
    attempts = Attempts(Store(tmp_path / "state"))
    for at in range(40):
        attempts.failed(f"user{at}", "192.0.2.1")
        attempts.succeeded(f"user{at}", "192.0.2.1")
    assert attempts.wait("another", "192.0.2.1") == 0
    for at in range(20):
        attempts.failed(f"user{at}", "192.0.2.1")
    assert attempts.wait("another", "192.0.2.1") > 0 == attempts.wait("another", "192.0.2.2")


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"name=ann", b"a=b&" * 50, b"name=" + b"x" * 100_000, b"name=%00&password=%00", b"{}"]
)
def test_an_odd_form_gets_the_page_again(body: bytes, closed_chat: Shared) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    with closed_chat.client() as client:
        got = client.post("sign-in", content=body, headers=far(f"198.51.100.{100 + len(body) % 100}", **form))
    assert got.status_code in (400, 401, 429) and wording("sign_in.title") in got.text


# ---- tokens ----------------------------------------------------------------------------------------------------


def test_a_token_lets_a_program_in_until_it_is_revoked(closed_chat: Shared) -> None:
    token = closed_chat.command("tokens", "add", "ann", "--label", "nightly").stdout.strip()
    assert token.startswith("fnd_") and len(token) > 40
    bearer = far("192.0.2.8", authorization=f"Bearer {token}")
    with closed_chat.client(headers=bearer) as client:
        assert client.post("api/ask", json={"question": "paragraph 4"}).json()["outcome"] == "answered"
        assert client.get("config").status_code == 401  # of programs, for programs
        listed = closed_chat.command("tokens", "list").stdout
        identity = next(line.split()[0] for line in listed.splitlines() if line.endswith("nightly"))
        assert token not in listed
        assert closed_chat.command("tokens", "revoke", identity).returncode == 0
        refused = client.post("api/ask", json={"question": "paragraph 4"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("value", [b"Bearer", b"Bearer fnd_x", b"Basic YW5uOnB3", b"Bearer \xff", b"fnd_"])
def test_another_authorization_lets_nobody_in(value: bytes, closed_chat: Shared) -> None:
    with closed_chat.client() as client:
        headers = [(b"x-forwarded-for", b"192.0.2.9"), (b"authorization", value)]
        assert client.get("api/passage/4", headers=headers).status_code == 401


def test_processes_that_share_the_file_share_users_sessions_and_lockouts(closed_chat: Shared) -> None:
    folder = Path(closed_chat.settings["FINDINGS_STATE"]).parent
    with (
        sharing(folder, closed_chat.settings, "--proxy", "127.0.0.1") as other,
        closed_chat.client() as here,
        other.client() as there,
    ):
        sign_in(here, "ann", PASSWORD, "192.0.2.50")
        key = {"cookie": f"findings_session={here.cookies['findings_session']}"}
        assert there.get("config", headers=far("192.0.2.50", **key)).status_code == 200
        for at in range(5):
            sign_in(here, "dee", "wrong password", f"198.51.100.{200 + at}")
        assert sign_in(there, "dee", "wrong password", "198.51.100.210").status_code == 429
        here.post("sign-out", headers=far("192.0.2.50"))
        assert there.get("config", headers=far("192.0.2.50", **key)).status_code == 401


# ---- the header of a sign-on -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trusting_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat that trusts a header of a proxy that is not this machine."""
    options = ("--trust-header", "X-Remote-User", "--proxy", "127.0.0.1", "--host", "0.0.0.0")
    with sharing(tmp_path_factory.mktemp("trusting"), toy_index, *options) as server:
        yield server


def own_address() -> str:
    """An address of this machine that is not loopback; none where there is only that."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has only its loopback address")
        return probe.getsockname()[0]


def test_the_header_of_the_named_proxy_lets_in_to_page_and_api(trusting_chat: Shared) -> None:
    with trusting_chat.client(headers=far("192.0.2.1", **{"x-remote-user": "ann@council.example"})) as client:
        assert client.get("").status_code == client.get("config").status_code == 200
        assert client.get("api/passage/4").status_code == 200
    assert '"user": "ann@council.example"' in trusting_chat.said()


@pytest.mark.parametrize("forged", [[], [("X-Remote-User", "")], [("X-Remote-User", "ann"), ("X-Remote-User", "eve")],
                                    [("X_Remote_User", "ann")], [("X-Remote-User", "ann\x01")]])  # fmt: skip
def test_without_one_name_in_the_header_nobody_is_let_in(forged: list[tuple[str, str]], trusting_chat: Shared) -> None:
    with trusting_chat.client() as client:
        for path in ("", "config", "api/passage/4", "gradio_api/info"):
            got = client.get(path, headers=[("x-forwarded-for", "192.0.2.1"), *forged])
            assert (path, got.status_code) in ((path, 401), (path, 400))


def test_the_header_from_anybody_else_proves_nothing(trusting_chat: Shared) -> None:
    port = httpx.URL(trusting_chat.url).port
    forged = {"x-remote-user": "ann", "x-forwarded-for": "127.0.0.1", "forwarded": "for=127.0.0.1"}
    for path in ("", "config", "api/passage/4"):
        got = httpx.get(f"http://{own_address()}:{port}/{path}", headers=forged, trust_env=False)
        assert (path, got.status_code) == (path, 401)


# ---- starting --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "0.0.0.0"], wording("access.refused", host="0.0.0.0")),
        (["--name", "findings.example"], wording("access.refused", host="127.0.0.1")),
        (["--proxy", "10.0.0.5"], wording("access.refused", host="127.0.0.1")),
        (["--sign-in"], wording("access.no_users")),
        (["--trust-header", "X-Remote-User"], wording("access.no_proxy", header="X-Remote-User")),
        (["--trust-header", "X-Remote-User", "--proxy", "10.0.0.5", "--no-sign-in"], wording("access.both")),
        (["--trust-header", "Host", "--proxy", "10.0.0.5"], wording("access.bad_header", header="Host")),
        (["--trust-header", "a b", "--proxy", "10.0.0.5"], wording("access.bad_header", header="a b")),
        (["--proxy", "proxy.example", "--no-sign-in"], wording("access.bad_proxy", proxy="proxy.example")),
        (["--name", "http://x", "--no-sign-in"], wording("access.bad_name", given="http://x")),
        (["--prefix", "findings"], wording("access.bad_prefix", given="findings")),
        (["--frame", "*"], wording("access.bad_frame", given="*")),
    ],
)
def test_what_would_leave_the_door_open_does_not_start(
    options: list[str], sentence: str, toy_index: dict[str, str], tmp_path: Path, run: Run
) -> None:
    ran = run("chat", "--port", "0", *options, env=toy_index | {"FINDINGS_STATE": str(tmp_path / "state")})
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", sentence + "\n")


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["users", "add", "ann"], "short\n", wording("users.bad_length", shortest=12, longest=200)),
        (["users", "add", "ann"], "x" * 300 + "\n", wording("users.bad_length", shortest=12, longest=200)),
        (["users", "add", "ann"], "ann and the password\n", wording("users.weak")),
        (["users", "add", "ann"], "aaaaaaaaaaaaaaaa\n", wording("users.weak")),
        (["users", "add", "a\nb"], f"{PASSWORD}\n", wording("users.bad_name", limit=100)),
        (["users", "add", "  "], f"{PASSWORD}\n", wording("users.bad_name", limit=100)),
        (["users", "remove", "nobody"], "", wording("users.no_such", name="nobody")),
        (["tokens", "add", "nobody"], "", wording("users.no_such", name="nobody")),
        (["tokens", "revoke", "12345678"], "", wording("users.no_token", id="12345678")),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_line(
    arguments: list[str], stdin: str, sentence: str, tmp_path: Path, run: Run
) -> None:
    ran = run(*arguments, stdin=stdin, env={"FINDINGS_STATE": str(tmp_path / "state")})
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", sentence + "\n")


def test_users_and_tokens_are_listed_and_the_file_lets_nobody_in(tmp_path: Path) -> None:
    settings = {"FINDINGS_STATE": str(tmp_path / "deep" / "state")}
    assert command(settings, "users", "list").stderr == wording("users.none") + "\n"
    command(settings, "users", "add", "Zoë", stdin=f"{PASSWORD}\n")
    command(settings, "users", "add", "ann", stdin=f"{PASSWORD}\n")
    token = command(settings, "tokens", "add", "ANN").stdout.strip()
    assert command(settings, "users", "list").stdout == "ann\nzoë\n"
    path = tmp_path / "deep" / "state"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert PASSWORD.encode() not in kept and token.encode() not in kept and b"$argon2id$" in kept
    hashes = [row[0] for row in sqlite3.connect(path).execute("SELECT hash FROM users")]
    assert len(set(hashes)) == 2  # the same password, salted apart


@pytest.mark.parametrize("content", [b"not a database, whatever it says", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_damaged_file_of_users_is_named_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(content)
    ran = command({"FINDINGS_STATE": str(tmp_path / "state")}, "users", "list")
    assert ran.returncode == 2 and "Traceback" not in ran.stderr and ran.stderr.count("\n") == 1
    assert str(tmp_path / "state") in ran.stderr


# ---- the page in the browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page_of_people(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat on this machine where one user signs in."""
    folder = tmp_path_factory.mktemp("people")
    command({**toy_index, "FINDINGS_STATE": str(folder / "state.sqlite3")}, "users", "add", "ann", stdin=f"{PASSWORD}\n")
    with sharing(folder, toy_index, "--sign-in") as server:
        yield server


@pytest.mark.browser
@pytest.mark.parametrize(
    "options", [{}, {"java_script_enabled": False}, {"color_scheme": "dark"}], ids=["plain", "no script", "dark"]
)
def test_people_sign_in_and_out_in_the_browser(options: dict[str, Any], page_of_people: Shared, browser: Any) -> None:
    from tests.chat_pages import visiting
    from tests.test_chat_browser import violations

    server, scripted = page_of_people, options.get("java_script_enabled", True)
    with visiting(browser, server.url, **options) as visit:
        page = visit.page
        page.goto(f"{server.url}?q=paragraph+4")
        assert "/sign-in?" in page.url
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill("not the password")
        page.get_by_label("Password").press("Enter")
        alert = page.get_by_role("alert")
        assert alert.inner_text() == wording("sign_in.wrong") and page.title().startswith("Error: ")
        assert page.get_by_label("Name").input_value() == "ann" and page.get_by_label("Password").input_value() == ""
        if scripted:
            assert violations(visit) == []
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        assert "q=paragraph+4" in page.url
        if scripted:
            assert "40 foster carers" in visit.turn(0).inner_text()
            page.goto(f"{server.url}sign-out")
            assert violations(visit) == []
            visit.open()
            assert page.evaluate("localStorage.getItem('findings.conversation')") is not None
            assert violations(visit) == []
            page.get_by_role("link", name="Sign out").click()
        else:
            page.goto(f"{server.url}sign-out")
            page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in").wait_for()
        assert not scripted or page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('findings.'))") == []
        page.goto(server.url)
        assert "/sign-in?" in page.url
        assert [fault for fault in visit.faults if "401" not in fault] == []
