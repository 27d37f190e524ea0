"""The reader of the outbox: messages as their receivers read them, and files that anybody may have put there."""

from __future__ import annotations

import copy
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from execops.adapters import create_adapters
from execops.model import Json
from execops.settings import Settings, load_settings
from execops.text import cell_width, cut, maildir, mails
from execops.text.maildir import Entry
from tests.payloads import AS_RECEIVED, PAYLOADS

KEY = "execops-default-7-2-1"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings whose outbox lies in this test's own folder."""
    return load_settings({"home": tmp_path}, {})


async def put(home: Settings, kind: str, key: str = KEY, **changes: str) -> Json:
    """Put a message into the outbox; returns its payload."""
    payload = copy.deepcopy(PAYLOADS[kind]) | changes
    await create_adapters(home)[kind].perform(payload, idempotency_key=key)
    return payload


def put_file(home: Settings, name: str, content: bytes, kind: str = "email", part: str = "new") -> Path:
    folder = home.outbox / kind / part
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def the_only(home: Settings) -> Entry:
    [entry] = maildir.scan(home.outbox).entries
    return entry


@pytest.mark.parametrize("kind", sorted(AS_RECEIVED))
@pytest.mark.parametrize("text", [None, "a  b\n\n  c\n", "<&amp;lt;>\n", "x" * 3000 + "\nend\n"])
async def test_a_message_reads_as_its_receiver_sees_it(home: Settings, kind: str, text: str | None) -> None:
    payload = await put(home, kind, **({} if text is None else {"text": text}))
    message = mails.read(the_only(home))
    named = ("From", "To", "Reply-To", "Subject", "Channel")
    headers = [f"{name}: {value}" for name, value in message.headers if name in named]
    as_read = "\n".join([*headers, "", message.text.rstrip("\n")])
    assert as_read == create_adapters(home)[kind].preview(payload)
    assert (message.proposal_id, message.whole) == (7, True)


async def test_a_mail_has_its_html_and_a_slack_message_has_none(home: Settings) -> None:
    await put(home, "email")
    html = mails.read(the_only(home)).html
    assert html is not None
    assert '<a href="https://pay.example/i?a=1&amp;b=2">' in html
    assert framed(mails.page(mails.read(the_only(home)))) == html
    the_only(home).path.unlink()
    await put(home, "slack", text="one &lt;script&gt;\n")
    message = mails.read(the_only(home))
    assert message.html is None
    assert "one &lt;script&gt;" in mails.page(message)
    assert (message.to, message.subject) == ("#finance", "one <script>")


class Elements(HTMLParser):
    """The elements of a page as a browser reads them, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.read: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.read.append((tag, dict(attrs)))


def framed(page: str) -> str:
    """The markup inside the frame of a page."""
    [frame] = [attributes for tag, attributes in Elements(page).read if tag == "iframe"]
    assert frame["sandbox"] is None  # the attribute without a value allows nothing
    return frame["srcdoc"] or ""


async def test_the_page_of_a_message_loads_and_runs_nothing(home: Settings) -> None:
    markup = (
        "<script>alert(1)</script><img src=http://a.example><base href=http://a.example>"
        '<form action=http://a.example><style>p { display: none }</style>"></iframe><p>From: nobody'
    )
    body = f"Content-Type: text/html\r\nSubject: </title><script>\r\n\r\n{markup}".encode()
    put_file(home, f"{'a' * 32}.execops", body)
    page = mails.page(mails.read(the_only(home)))
    elements = Elements(page).read
    assert [tag for tag, _ in elements] == ["meta", "meta", "title", "p", "b", "hr", "iframe"]
    policy = (elements[1][1]["content"] or "").split("; ")
    assert {"default-src 'none'", "form-action 'none'", "base-uri 'none'"} <= {*policy}
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in page
    assert framed(page) == markup


async def test_the_newest_message_stands_first_and_a_read_one_stays(home: Settings) -> None:
    await put(home, "email", "execops-default-1-1-1")
    await put(home, "slack", "execops-default-2-1-1")
    first, second = (maildir.id_of(f"execops-default-{number}-1-1") for number in (1, 2))
    for id_, at in ((first, 1_000), (second, 2_000)):
        [path] = home.outbox.glob(f"*/new/{id_}.execops")
        os.utime(path, (at, at))
    path = home.outbox / "email" / "new" / f"{first}.execops"
    path.rename(path.parent.parent / "cur" / f"{path.name}:2,S")
    entries = maildir.scan(home.outbox).entries
    assert [(entry.id, entry.kind) for entry in entries] == [(second, "slack"), (first, "email")]
    assert [entry.at.timestamp() for entry in entries] == [2_000, 1_000]


async def test_a_message_is_named_by_its_id_the_beginning_of_it_or_its_message_id(home: Settings) -> None:
    await put(home, "email")
    await put(home, "slack", "execops-default-8-1-1")
    listing = maildir.scan(home.outbox)
    mail = maildir.id_of(KEY)
    for id_ in (mail, mail[:8], mail[:8].upper(), f" {KEY}@hooli.example ", f"<{KEY}@hooli.example>"):
        assert [entry.id for entry in maildir.matches(listing, id_)] == [mail], id_
    for id_ in ("", " ", "<>", "@", "zz", "../", f"{KEY}9@hooli.example", mail + "0"):
        assert maildir.matches(listing, id_) == [], id_


async def test_files_of_others_are_left_out_and_counted(home: Settings, tmp_path: Path) -> None:
    await put(home, "email")
    put_file(home, "1700000000.M1P2.host", b"Subject: x\r\n\r\n")
    put_file(home, f"{'a' * 31}.execops", b"")
    put_file(home, ".DS_Store", b"")  # no word about files that hide
    new = home.outbox / "email" / "new"
    secret = tmp_path / "secret"
    secret.write_text("token")
    (new / f"{'b' * 32}.execops").symlink_to(secret)
    (new / f"{'c' * 32}.execops").mkdir()
    os.mkfifo(new / f"{'d' * 32}.execops")
    listing = maildir.scan(home.outbox)
    assert [entry.id for entry in listing.entries] == [maildir.id_of(KEY)]
    assert listing.foreign == 5


async def test_a_file_that_became_a_link_or_a_pipe_is_not_read(home: Settings, tmp_path: Path) -> None:
    await put(home, "email")
    entry = the_only(home)
    entry.path.unlink()
    secret = tmp_path / "secret"
    secret.write_text("token")
    entry.path.symlink_to(secret)
    with pytest.raises(OSError, match=r"symbolic|loop"):
        mails.read(entry)
    entry.path.unlink()
    os.mkfifo(entry.path)
    assert entry.read(10) == b""  # and it does not wait for a writer
    entry.path.unlink()
    with pytest.raises(FileNotFoundError):
        mails.read(entry)


def test_no_outbox_is_an_empty_one(home: Settings) -> None:
    assert maildir.scan(home.outbox) == maildir.Listing([], 0)


def test_an_outbox_that_is_no_folder_raises(home: Settings) -> None:
    (home.outbox / "email").mkdir(parents=True)
    (home.outbox / "email" / "new").write_text("")
    with pytest.raises(NotADirectoryError):
        maildir.scan(home.outbox)


NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
    for number in range(2000)
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"no headers at all",
        b"Subject: half \xff\xfe\r\nFrom: <<>>,,;\r\n\r\nhello \xff",
        b"Subject: =?utf-8?b?/////w==?= =?nope?q?x?=\r\n\r\n",
        b"Message-ID: <@[\r\nTo: a@b.example, :;<\r\nDate: yesterday\r\n\r\n",
        b"Content-Type: text/plain; charset=nope\r\n\r\nhello",
        b"Content-Type: text/plain; charset=utf-16\r\n\r\nodd",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: multipart/alternative\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=nope\r\n\r\n<b>\xff",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello",
        (
            b"X-Slack-Channel: #ops\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n"
            b"Content-Type: application/json\r\nContent-Disposition: attachment\r\n\r\n[1\r\n--x--"
        ),
        NESTED,
    ],
)
@pytest.mark.parametrize("kind", maildir.KINDS)
def test_a_broken_message_is_read_without_an_error(home: Settings, kind: str, content: bytes) -> None:
    put_file(home, f"{'a' * 32}.execops", content, kind)
    for limit in (mails.MOST, 20):
        message = mails.read(the_only(home), limit=limit)
        assert message.proposal_id is None
        words = [message.text, message.subject, message.to, mails.page(message), message.message_id or ""]
        for text in [*words, *(value for _, value in message.headers)]:
            text.encode()  # no half characters


def test_only_the_beginning_of_a_large_file_is_read(home: Settings) -> None:
    put_file(home, f"{'a' * 32}.execops", b"Subject: large\r\n\r\n" + b"0123456789\r\n" * 1_000_000)
    entry = the_only(home)
    message = mails.read(entry)
    assert entry.size > 10_000_000
    assert message.subject == "large"
    assert not message.whole
    assert len(message.text) < mails.MOST


def test_a_message_id_that_is_not_the_files_own_names_no_proposal(home: Settings) -> None:
    put_file(home, f"{'a' * 32}.execops", f"Message-ID: <{KEY}@hooli.example>\r\n\r\n".encode())
    message = mails.read(the_only(home))
    assert message.message_id == f"<{KEY}@hooli.example>"
    assert message.proposal_id is None


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("", ""),
        ("abcde", "abcde"),
        ("abcdef", "abcd…"),
        ("株式会社", "株式…"),
        ("株式a", "株式a"),
        ("e\u0301" * 6, "e\u0301" * 4 + "…"),
    ],
)
def test_a_cell_of_the_list_is_cut_by_its_width(text: str, fitted: str) -> None:
    assert cut(text, 5) == fitted
    assert cell_width(fitted) <= 5


@pytest.mark.parametrize("kind", sorted(AS_RECEIVED))
async def test_a_message_that_is_looked_up_has_the_name_that_it_was_sent_with(
    home: Settings, kind: str
) -> None:
    adapter, payload = create_adapters(home)[kind], PAYLOADS[kind]
    result = await adapter.perform(payload, idempotency_key=KEY)
    looked_up = await adapter.reconcile(payload, idempotency_key=KEY)
    assert looked_up.result is not None
    assert looked_up.result["message_id"] == result["message_id"]
