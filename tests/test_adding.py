"""Reports added in the browser by whoever may: off by default, three steps, nothing left behind, and nothing of it for anybody else."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from prompts import wording
from tests.conftest import Run
from tests.hostile_pdfs import encrypted, many_pages, novel, scan
from tests.pdf_toys import single_inspection, two_inspections
from tests.shared_chat import PASSWORD, Shared, command, far, sharing
from ui.adding.aside import BEGINS, YOUNG, Aside
from ui.adding.drafts import Draft, Drafts, Occupied
from ui.adding.preview import Preview
from ui.adding.upload import Unusable, received
from ui.adding.work import told_of_the_file
from ui.web.limits import Limits

pytestmark = [pytest.mark.server]

PDF = single_inspection()
LIMITS = Limits()
NAME = "a_child_s_name.pdf"  # what a browser may call a file: it is never written anywhere


def council(name: str) -> bytes:
    """The same report of another council, whose name is as long."""
    assert len(name) == len("Northshire")
    return PDF.replace(b"Northshire", name.encode())


@contextmanager
def signed_in(server: Shared, name: str) -> Iterator[httpx.Client]:
    with server.client(headers=far("192.0.2.1")) as client:
        client.post("sign-in", data={"name": name, "password": PASSWORD})
        yield client


def send(client: httpx.Client, file: bytes = PDF, name: str = "", filename: str = NAME) -> httpx.Response:
    return client.post("add-report", files={"report": (filename, file, "application/pdf")}, data={"name": name}, timeout=120)


def get(client: httpx.Client, address: str) -> httpx.Response:
    return client.get(address.lstrip("/"), timeout=120)


def fault(page: httpx.Response) -> str:
    """What a page says went wrong, in one sentence."""
    found = re.findall(r'<p id="fault" class="fault" role="alert">([^<]*)</p>', page.text)
    assert len(found) <= 1 and (not found or "<title>Error: " in page.text or "is on" not in page.text)
    return unescape(found[0]) if found else ""


@contextmanager
def draft(client: httpx.Client, file: bytes = PDF, name: str = "") -> Iterator[str]:
    """A report that was sent and read; it is discarded at the end, whatever became of it. Gives the address of its page."""
    sent = send(client, file, name)
    assert (sent.status_code, fault(sent)) == (303, "")
    address = sent.headers["location"].lstrip("/")
    try:
        yield address
    finally:
        client.post(f"{address}/discard")


def shelve(client: httpx.Client, address: str, name: str, replace: str = "") -> httpx.Response:
    """Put it on the shelf and wait until that has ended; gives the page that says how."""
    sent = client.post(f"{address}/shelf", data={"name": name} | ({"replace": replace} if replace else {}))
    return get(client, sent.headers["location"]) if sent.status_code == 303 else sent


def left_aside(server: Shared) -> list[Path]:
    """Files that were sent and are there still."""
    return sorted(Path(server.settings["TMPDIR"]).glob(f"{BEGINS}*/*.pdf"))


def unfinished(server: Shared) -> list[Path]:
    return list(Path(server.settings["FINDINGS_INDEX_DIR"]).glob("shelf/reports/.unfinished-*"))


def on_the_shelf(server: Shared) -> list[str]:
    return [json.loads(line)["name"] for line in server.command("shelf", "list", "--json").stdout.splitlines()]


def settled(folder: Path, toy_index: dict[str, str], *names: str) -> dict[str, str]:
    """Settings of a chat with an index, a place for temporary files and users of its own."""
    shutil.copytree(toy_index["FINDINGS_INDEX_DIR"], folder / "index")
    (folder / "tmp").mkdir()
    settings = {**toy_index, "FINDINGS_INDEX_DIR": str(folder / "index"), "TMPDIR": str(folder / "tmp")}
    for name in names:
        state = {"FINDINGS_STATE": str(folder / "state.sqlite3")}
        assert command(settings | state, "users", "add", name, stdin=f"{PASSWORD}\n").returncode == 0
    return settings


@pytest.fixture(scope="module")
def chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat behind a proxy on this machine; ann and cyd may add reports, bob may not."""
    folder = tmp_path_factory.mktemp("adding")
    settings = settled(folder, toy_index, "ann", "bob", "cyd")
    with sharing(folder, settings, "--proxy", "127.0.0.1", "--may-add-reports", "Ann", "--may-add-reports", "cyd") as server:
        yield server
        said = server.said()
        assert "Traceback" not in said and "Fault" not in said
        assert NAME not in said and "Visits take" not in said
        assert wording("access.adding", names="ann, cyd") in said
    assert list((folder / "tmp").glob(f"{BEGINS}*")) == []  # it ended, and nothing that was sent is left


# ---- who may ---------------------------------------------------------------------------------------------------


def test_where_nobody_may_there_is_no_such_door(plain_chat: Shared) -> None:
    with plain_chat.client() as client:
        assert "add-report" not in client.get("").text
        for method, path in (("GET", ""), ("POST", ""), ("GET", f"/{'0' * 16}"), ("POST", f"/{'0' * 16}/shelf")):
            assert client.request(method, f"add-report{path}").status_code == 404


def test_who_may_sees_the_link_and_who_may_not_sees_nothing_and_is_refused(chat: Shared) -> None:
    with signed_in(chat, "ann") as ann, signed_in(chat, "bob") as bob:
        assert '<a href="add-report" class="add">' in ann.get("").text and "add-report" not in bob.get("").text
        assert ann.get("add-report").status_code == 200
        with draft(ann) as address:
            for method, path in (
                ("GET", "add-report"),
                ("POST", "add-report"),
                ("GET", address),
                ("POST", f"{address}/shelf"),
                ("POST", f"{address}/discard"),
            ):
                got = bob.request(method, path, content=b"x" * 100 if method == "POST" else b"")
                assert (got.status_code, got.text) == (403, wording("adding.forbidden"))
            assert send(bob).status_code == 403
            with signed_in(chat, "cyd") as cyd:  # who may add has nothing to do with another's
                for method, path in (("GET", address), ("POST", f"{address}/shelf"), ("POST", f"{address}/discard")):
                    got = cyd.request(method, path)
                    assert (got.status_code, fault(got)) == (404, wording("adding.gone"))
            assert get(ann, address).status_code == 200
        assert (get(ann, address).status_code, left_aside(chat)) == (404, [])


def test_a_stranger_is_sent_to_sign_in_and_a_token_opens_nothing(chat: Shared) -> None:
    token = chat.command("tokens", "add", "ann").stdout.strip()
    with chat.client(headers=far("192.0.2.2")) as client:
        for path in ("add-report", "add-report", f"add-report/{'0' * 16}"):
            sent = client.get(path)
            assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fadd-report")
        form = {"name": "ann", "password": PASSWORD, "next": "/add-report"}
        for headers in ({}, {"authorization": f"Bearer {token}"}):
            assert client.post("add-report", content=b"x" * 300_000, headers=headers).status_code == 401
            assert client.post(f"add-report/{'0' * 16}/shelf", headers=headers).status_code == 401
        assert client.post("sign-in", data=form).headers["location"] == "/add-report"


def test_a_page_of_another_site_sends_nothing(chat: Shared) -> None:
    foreign = (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    )
    with signed_in(chat, "ann") as ann, draft(ann) as address:
        for headers in foreign:
            for path in ("add-report", f"{address}/shelf", f"{address}/discard"):
                assert ann.post(path, headers=headers).status_code == 403
        assert get(ann, address).status_code == 200


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--may-add-reports", "ann"], wording("access.adding_unknown")),
        (["--proxy", "10.0.0.5", "--no-sign-in", "--may-add-reports", "ann"], wording("access.adding_unknown")),
        (["--proxy", "10.0.0.5", "--trust-header", "X-Remote-User", "--may-add-reports", "a\nb"], wording("access.bad_adder")),
        (["--proxy", "10.0.0.5", "--trust-header", "X-Remote-User", "--may-add-reports", " "], wording("access.bad_adder")),
    ],
)
def test_it_does_not_start_where_nobody_is_known(
    options: list[str], sentence: str, toy_index: dict[str, str], tmp_path: Path, run: Run
) -> None:
    ran = run("chat", "--port", "0", *options, env=toy_index | {"FINDINGS_STATE": str(tmp_path / "state")})
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", sentence + "\n")


# ---- the whole way ---------------------------------------------------------------------------------------------


def test_a_report_is_sent_looked_at_and_put_on_the_shelf_while_others_ask(chat: Shared) -> None:
    with signed_in(chat, "ann") as ann, signed_in(chat, "bob") as bob:
        with draft(ann, council("Eastlyshir")) as address:
            token = chat.command("tokens", "add", "bob").stdout.strip()
            (file,) = left_aside(chat)
            assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
            assert re.fullmatch(r"[0-9a-f]{16}\.pdf", file.name)
            page = unescape(get(ann, address).text)
            for said in (
                wording("adding.summary_kept", passages=41, numbered=15, pages=8, kept="97.3%"), "Eastlyshir County Council", "6 May 2017 to 10 May 2017",
                "1 July 2017", "2.7% of the report's words are in no passage", "<td>Inadequate</td>", "<b>paragraph 4, page 6</b> Visits take 12 days",
                'value="eastlyshir-2017"', wording("adding.openings", count=15),
            ):  # fmt: skip
                assert said in page, said
            assert ann.get("add-report").headers["location"] == f"/{address}"
            begun = ann.post(f"{address}/shelf", data={"name": "east-2017"})
            assert begun.headers["location"] == f"/{address}"
            answered = 0
            going = threading.Thread(target=lambda: get(ann, address))
            going.start()
            while going.is_alive():  # a build holds nobody up
                with chat.client(headers=far("192.0.2.3", authorization=f"Bearer {token}")) as client:
                    assert client.post("api/ask", json={"question": "paragraph 4"}).json()["outcome"] == "answered"
                answered += 1
                time.sleep(0.6)  # a client may ask 120 times a minute
            going.join()
            assert answered >= 2  # a build that held questions up would let one of them end with it
            done = get(ann, address).text
            assert wording("adding.shelved_title", name="east-2017") in done and 'href="/?report=east-2017"' in done
            assert (left_aside(chat), unfinished(chat)) == ([], [])
            again = ann.get("add-report").text
            assert wording("adding.file") in again and 'href="/?report=east-2017"' in again
        assert '<option value="east-2017">' in bob.get("").text  # no restart
        api = chat.client(headers=far("192.0.2.3", authorization=f"Bearer {token}"))
        answer = api.post("api/ask", json={"question": "how long do visits take?", "report": "east-2017"}).json()
        assert (answer["report"]["name"], {one["report"] for one in answer["citations"]}) == ("east-2017", {"east-2017"})
        assert "east-2017" in api.post("api/ask", json={"question": "x", "report": "nobody"}).json()["error"]
    assert on_the_shelf(chat) == ["northshire-2019", "east-2017"]
    logged = [json.loads(line) for line in chat.said().splitlines() if '"event": "adding"' in line]
    assert {one["did"] for one in logged} >= {"read", "added"}
    assert [(one["user"], one["report"]) for one in logged if one["did"] == "added"] == [("ann", "east-2017")]
    assert f"/{address}" not in chat.said()


def test_a_name_is_replaced_only_when_that_was_said(chat: Shared) -> None:
    with signed_in(chat, "ann") as ann:
        with draft(ann, council("Westlyshir"), "west") as address:
            assert 'value="west"' in get(ann, address).text
            for name, said in (
                ("", wording("adding.bad_name")), ("all", wording("adding.bad_name")), ("../west", wording("adding.bad_name")),
                ("West", wording("adding.bad_name")), ("w" * 41, wording("adding.bad_name")),
                ("northshire-2019", wording("adding.in_force", name="northshire-2019")),
            ):  # fmt: skip
                got = shelve(ann, address, name)
                assert (got.status_code, fault(got)) == (422, said)
            assert wording("adding.shelved_title", name="west") in shelve(ann, address, "west").text
        with draft(ann, council("Southyshir")) as address:
            got = shelve(ann, address, "west")
            assert (got.status_code, fault(got)) == (422, wording("adding.taken", name="west"))
            assert wording("adding.replace", name="west") in got.text
            assert fault(shelve(ann, address, "west", "east-2017")) == wording("adding.taken", name="west")  # said of another
            got = shelve(ann, address, "west", "west")
            assert wording("adding.shelved_replaced") in got.text
        answer = command(chat.settings, "ask", "--report", "west", "--json", "paragraph 4").stdout
        assert json.loads(answer)["report"]["title"].startswith("Inspection of services")
        shown = chat.command("shelf", "list").stdout
        assert "Southyshir County Council" in shown and "Westlyshir" not in shown
        with draft(ann, council("Southyshir")) as address:  # the same once more
            page = unescape(get(ann, address).text)
            assert wording("adding.same_there", name="west") in page and 'value="west"' in page
            assert fault(shelve(ann, address, "other")) == wording("adding.same", name="west")
        with draft(ann, two_inspections()) as address:  # council, title and days of the report in force
            page = unescape(get(ann, address).text)
            assert wording("adding.same_in_force", name="northshire-2019") in page and f'action="/{address}/shelf"' not in page
            assert fault(shelve(ann, address, "other")) == wording("adding.same", name="northshire-2019")
    assert unfinished(chat) == []


# ---- what goes wrong -------------------------------------------------------------------------------------------

FAULTS = {
    "no file": (b"", "adding.no_file"),
    "text": (b"1. This is a text whose name ends as that of a PDF.", "adding.no_pdf"),
    "program": (b"MZ" + bytes(4_000), "adding.no_pdf"),
    "header alone": (b"%PDF-1.7\n", "This file is not a PDF that can be opened: it is damaged or something else."),
    "encrypted": (encrypted("Standard", 2), "This file is encrypted: save a copy without a password first."),
    "scan": (scan(), "This file has no text layer: its pages are pictures; have a program for text recognition (OCR) add one."),
    "501 pages": (many_pages(501), "This file has 501 pages, more than the 500 of the longest report: name one report."),
    "novel": (novel(), "This file holds no recognisable numbered passages: it is not an inspection report whose paragraphs are numbered."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_is_no_report_is_refused_in_one_sentence_and_nothing_is_left(name: str, chat: Shared) -> None:
    file, said = FAULTS[name]
    with signed_in(chat, "cyd") as cyd:
        got = send(cyd, file)
    assert (got.status_code, fault(got)) == (422, wording(said) if said.startswith("adding.") else said)
    assert got.text.count("<h1>") == 1 and wording("adding.file") in got.text
    assert left_aside(chat) == []


def test_a_file_above_the_limit_is_refused_with_and_without_a_length(chat: Shared) -> None:
    said = wording("adding.large", limit=LIMITS.upload >> 20)
    head = b'--b\r\nContent-Disposition: form-data; name="report"; filename="x.pdf"\r\n\r\n%PDF-1.7\n'

    def endless() -> Iterator[bytes]:
        yield head
        for _ in range((LIMITS.upload >> 16) + 2):
            yield bytes(1 << 16)
        yield b"\r\n--b--\r\n"

    with signed_in(chat, "cyd") as cyd:
        got = send(cyd, b"%PDF-1.7\n" + bytes(LIMITS.upload))
        assert (got.status_code, fault(got), left_aside(chat)) == (413, said, [])
        kind = {"content-type": "multipart/form-data; boundary=b"}
        got = cyd.post("add-report", content=endless(), headers=kind)
        assert (got.status_code, fault(got), left_aside(chat)) == (413, said, [])


ODD = {
    "no form": (b"{}", "application/json"),
    "no boundary": (b"--b\r\n\r\n", "multipart/form-data"),
    "cut short": (b'--b\r\nContent-Disposition: form-data; name="report"; filename="x.pdf"\r\n\r\n%PDF-1.7\n', "multipart/form-data; boundary=b"),
    "another boundary": (b"--c\r\n\r\nx\r\n--c--\r\n", "multipart/form-data; boundary=b"),
    "many parts": (b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n' * 50 + b"--b--\r\n", "multipart/form-data; boundary=b"),
    "a long header": (b"--b\r\nX-A: " + b"x" * 100_000 + b"\r\n\r\n\r\n--b--\r\n", "multipart/form-data; boundary=b"),
    "two files": (b'--b\r\nContent-Disposition: form-data; name="report"; filename="x"\r\n\r\n%PDF-\r\n' * 2 + b"--b--\r\n", "multipart/form-data; boundary=b"),
    "a name of bytes": (b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--b--\r\n', "multipart/form-data; boundary=b"),
    "a long name": (b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"x" * 5_000 + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_form_gets_the_page_again(name: str, chat: Shared) -> None:
    body, kind = ODD[name]
    with signed_in(chat, "cyd") as cyd:
        got = cyd.post("add-report", content=body, headers={"content-type": kind})
    assert got.status_code in (400, 422) and fault(got) and left_aside(chat) == []


def test_who_leaves_while_sending_leaves_nothing(chat: Shared) -> None:
    import socket

    with signed_in(chat, "cyd") as cyd:
        address, key = httpx.URL(chat.url), cyd.cookies["findings_session"]
        begin = (
            f"POST /add-report HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\nCookie: findings_session={key}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="report"; filename="x.pdf"\r\n\r\n%PDF-1.7\n'
        )
        with socket.create_connection((address.host, address.port)) as connection:
            connection.sendall(begin.encode() + bytes(50_000))
            wait_for(lambda: len(left_aside(chat)) == 1)
            assert send(cyd).status_code == 409  # one at a time
        wait_for(lambda: left_aside(chat) == [])
        with draft(cyd):
            second = send(cyd)
            assert (second.status_code, fault(second)) == (409, wording("adding.yours"))
            assert len(left_aside(chat)) == 1


def wait_for(done: Any, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_full_disk_and_a_shelf_that_cannot_be_written(chat: Shared) -> None:
    padded = council("Midlyshire").replace(b"\n", b"\n%" + b"x" * 6_000_000 + b"\n", 1)
    pid, shelf = chat.process.pid, Path(chat.settings["FINDINGS_INDEX_DIR"]) / "shelf"
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    with signed_in(chat, "cyd") as cyd:
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (5_000_000, hard))
            got = send(cyd, padded)
            assert (got.status_code, fault(got), left_aside(chat)) == (507, wording("adding.no_room"), [])
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
            with draft(cyd, padded) as address:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (5_000_000, hard))
                got = shelve(cyd, address, "mid")
                assert wording("adding.failed_title") in got.text and fault(got) == wording("adding.full")
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
                assert fault(get(cyd, address)) == wording("adding.full")  # the file waits for another try
                shelf.rename(shelf.with_name("away"))
                shelf.write_bytes(b"")
                got = shelve(cyd, address, "mid")
                shelf.unlink()
                shelf.with_name("away").rename(shelf)
                assert fault(got) == wording("adding.closed") and str(shelf) not in got.text
                assert unfinished(chat) == [] and "mid" not in on_the_shelf(chat)
                assert wording("adding.shelved_title", name="mid") in shelve(cyd, address, "mid").text
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert left_aside(chat) == []


def workers(server: Shared) -> list[int]:
    """The processes that work on reports for a chat."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == server.process.pid and b"ui.adding.work" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except (OSError, ValueError):
            continue
    return found


def test_a_build_that_is_killed_says_so_and_can_be_tried_again(chat: Shared) -> None:
    with signed_in(chat, "cyd") as cyd, draft(cyd, council("Highlyshir")) as address:
        cyd.post(f"{address}/shelf", data={"name": "high"})
        wait_for(lambda: workers(chat))
        os.kill(workers(chat)[0], signal.SIGKILL)
        assert fault(get(cyd, address)) == wording("adding.broken")
        assert "high" not in on_the_shelf(chat)
        assert wording("adding.shelved_title", name="high") in shelve(cyd, address, "high").text
    for left in unfinished(chat):  # of the killed one: swept by the shelf after a day
        shutil.rmtree(left)


def test_what_a_killed_chat_has_left_goes_with_the_next_and_its_build_ends(toy_index: dict[str, str], tmp_path: Path) -> None:
    """A sign-on's header and a path at the proxy, too."""
    settings = settled(tmp_path, toy_index)
    options = (
        "--proxy",
        "127.0.0.1",
        "--trust-header",
        "X-Remote-User",
        "--prefix",
        "/findings",
        "--may-add-reports",
        "Ann@council.example",
    )
    with sharing(tmp_path, settings, *options) as server:
        for name, status in (("Ann@council.example", 200), ("ann@council.example", 403), ("", 401)):
            with server.client(headers=far("192.0.2.1", **{"x-remote-user": name})) as client:
                assert client.get("add-report").status_code == status
        with server.client(headers=far("192.0.2.1", **{"x-remote-user": "Ann@council.example"})) as ann:
            sent = send(ann)
            assert re.fullmatch(r"/findings/add-report/[0-9a-f]{16}", sent.headers["location"])
            address = sent.headers["location"].removeprefix("/findings/")
            page = ann.get(address).text
            assert f'action="/findings/{address}/shelf"' in page and 'href="/findings/"' in page and 'href="/' in page
            assert 'href="/findings/?report=north"' not in page
            begun = ann.post(f"{address}/shelf", data={"name": "north"})
            assert begun.headers["location"] == f"/findings/{address}"
            wait_for(lambda: workers(server))
            (worker,) = workers(server)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        wait_for(lambda: not Path(f"/proc/{worker}").exists() or "ui.adding" not in Path(f"/proc/{worker}/cmdline").read_text())
        assert len(left_aside(server)) == 1
        assert "north" not in on_the_shelf(server) and unfinished(server) == []
    Aside(tmp_path / "tmp")  # as the next chat begins
    assert list((tmp_path / "tmp").glob(f"{BEGINS}*")) == []


def test_processes_that_share_a_shelf_offer_it_alike_and_a_draft_stays_in_its_own(chat: Shared) -> None:
    folder = Path(chat.settings["FINDINGS_STATE"]).parent
    with (
        sharing(folder, chat.settings, "--proxy", "127.0.0.1", "--may-add-reports", "ann") as other,
        signed_in(chat, "ann") as ann,
    ):
        key = {"cookie": f"findings_session={ann.cookies['findings_session']}"}
        with (
            draft(ann, two_inspections().replace(b"Northshire", b"Lowlyshire")) as address,
            other.client(headers=far("192.0.2.1", **key)) as there,
        ):
            assert len(left_aside(chat)) == 1  # the other has begun beside it, and left it alone
            got = there.get(address)
            assert (got.status_code, fault(got)) == (404, wording("adding.gone"))
            assert wording("adding.shelved_title", name="two-2019") in shelve(ann, address, "two-2019").text
            assert '<option value="two-2019">' in there.get("").text


def test_a_file_that_does_not_come_on_is_not_waited_for(tmp_path: Path) -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    scope = {"headers": [(b"content-type", b"multipart/form-data; boundary=b")]}
    with pytest.raises(Unusable) as refused:
        asyncio.run(received(scope, never, tmp_path / "x.pdf", Limits(upload_seconds=0.05)))
    assert (refused.value.status, str(refused.value)) == (408, wording("adding.slow"))


# ---- drafts ----------------------------------------------------------------------------------------------------

SHOWN = Preview("t", "a", (), None, (), 1, 1, 1, 0, 0, None, (), (), "n", ())


def test_a_draft_is_forgotten_after_its_time_and_there_are_few_at_once(tmp_path: Path) -> None:
    now, told = [0.0], []

    def tell(what: str, draft: Draft) -> None:
        told.append((what, draft.user))

    drafts = Drafts(Limits(drafts=3, uploads=2), tell, Aside(tmp_path), lambda: now[0])

    def begun(user: str) -> Path:
        file = drafts.begin(user)
        file.write_bytes(PDF)
        return file

    first, second = begun("ann"), begun("bob")
    with pytest.raises(Occupied) as refused:
        drafts.begin("ann")
    assert refused.value.why == "yours"
    with pytest.raises(Occupied) as refused:
        drafts.begin("cyd")
    assert refused.value.why == "others"  # two are on their way
    draft = drafts.put("ann", first, 1, SHOWN)
    drafts.end("bob", second)
    assert (first.exists(), second.exists()) == (True, False)
    for user in ("bob", "cyd"):
        drafts.put(user, begun(user), 1, SHOWN)
    with pytest.raises(Occupied) as refused:
        drafts.begin("dee")
    assert refused.value.why == "others"  # three wait
    now[0] += LIMITS.draft_seconds
    assert drafts.get(draft.id, "ann") is draft and drafts.get(draft.id, "bob") is None
    now[0] += 1
    assert drafts.get(draft.id, "ann") is None and drafts.of("cyd") is None
    assert sorted(told) == [("expired", "ann"), ("expired", "bob"), ("expired", "cyd")]
    assert list(tmp_path.glob("*/*.pdf")) == []


def test_only_what_belongs_to_nobody_is_swept(tmp_path: Path) -> None:
    mine = Aside(tmp_path)
    file = mine.place()
    file.write_bytes(b"x")
    young, old, link = (tmp_path / f"{BEGINS}{name}" for name in ("young", "old", "link"))
    for folder in (young, old):
        folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    os.utime(old, (time.time() - YOUNG - 9,) * 2)
    os.utime(tmp_path / "elsewhere", (time.time() - YOUNG - 9,) * 2)
    Aside(tmp_path)
    assert (file.exists(), young.exists(), old.exists(), (tmp_path / "elsewhere").exists()) == (True, True, False, True)


def test_a_fault_names_no_place_of_this_machine() -> None:
    assert told_of_the_file("/var/a/b.pdf is encrypted: x.", "/var/a/b.pdf") == "This file is encrypted: x."
    assert told_of_the_file("/var/a/b.pdf: This file holds.", "/var/a/b.pdf") == "This file holds."


# ---- in the browser --------------------------------------------------------------------------------------------

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.browser
@pytest.mark.parametrize("options", [{}, {**PHONE, "color_scheme": "dark"}], ids=["laptop", "phone"])
def test_the_whole_way_in_the_browser(options: dict[str, Any], chat: Shared, browser: Any, tmp_path: Path) -> None:
    from tests.chat_pages import visiting
    from tests.test_chat_browser import violations

    phone = bool(options)
    name, file = ("leafy", council("Leafyshire")) if phone else ("sandy", council("Sandyshire"))
    (tmp_path / NAME).write_bytes(file)
    (tmp_path / "letter.pdf").write_bytes(b"Dear council")
    with visiting(browser, chat.url, extra_http_headers=far("192.0.2.9"), **options) as visit:
        page = visit.page

        def sound(heading: str) -> None:
            """The page is the one that is meant, accessible, as wide as the window, and runs nothing."""
            assert page.get_by_role("heading", level=1).inner_text() == heading
            assert violations(visit) == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert page.locator("script").count() == 0

        page.goto(f"{chat.url}sign-in?next=/?tab=chat")
        page.get_by_label("Name").fill("cyd")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        visit.settled()
        assert violations(visit) == []
        page.get_by_role("link", name=wording("adding.link")).click()
        sound(wording("adding.title"))
        page.get_by_label(wording("adding.file")).set_input_files(tmp_path / "letter.pdf")
        page.get_by_label(wording("adding.name")).fill(name)
        page.keyboard.press("Enter")
        assert page.get_by_role("alert").inner_text() == wording("adding.no_pdf") and page.title().startswith("Error: ")
        sound(wording("adding.title"))
        page.get_by_label(wording("adding.file")).set_input_files(tmp_path / NAME)
        page.get_by_label(wording("adding.name")).fill(name)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == wording("adding.read")
        page.keyboard.press("Enter")
        page.wait_for_url("**/add-report/*")
        page.locator("summary").focus()
        page.keyboard.press("Enter")
        assert page.get_by_text("Visits take 12 days").is_visible()
        sound(wording("adding.read_title"))
        assert page.get_by_label(wording("adding.name")).input_value() == name
        page.get_by_role("button", name=wording("adding.shelve")).focus()
        page.keyboard.press("Enter", delay=0)
        page.wait_for_url("**/add-report/*", wait_until="commit")
        page.get_by_text(wording("adding.building")).wait_for()
        page.reload(wait_until="commit")  # while it is being built
        page.get_by_role("heading", level=2, name=wording("adding.shelved_title", name=name)).wait_for()
        page.wait_for_load_state()
        assert not page.locator(".bar").is_visible()
        sound(wording("adding.building_title", name=name))
        page.reload()
        sound(wording("adding.shelved_title", name=name))
        page.get_by_role("link", name=wording("adding.ask", name=name)).click()
        visit.settled()
        page.wait_for_function("said => document.title.includes(said)", arg=name.capitalize())
        assert page.locator("#report-asked").input_value() == name
        assert "12 days" in visit.ask("How long do visits take?").inner_text()
        page.goto(f"{chat.url}add-report")
        sound(wording("adding.title"))
    assert left_aside(chat) == []
