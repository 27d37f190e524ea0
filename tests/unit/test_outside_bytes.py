"""No bytes from outside break a parser: each is read, or refused with an error of ours, in bounded time."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from execops.adapters._mrkdwn import without_mentions
from execops.adapters.email import compose
from execops.adapters.slack_api import slack_errors
from execops.adapters.smtp import imap, smtp_answers
from execops.db.storable import parse
from execops.errors import ExecOpsError
from execops.settings import load_settings
from execops.settings.keymap import load_keys
from execops.text import maildir, mails
from execops.text.addresses import mailbox

SECONDS = 2
bounded = settings(deadline=SECONDS * 1000, max_examples=150)
TOML = st.text(st.sampled_from("[]{}=\"'\n#.,ab1 \\u-é:T"), max_size=120)


@bounded
@given(st.binary(max_size=300) | TOML.map(str.encode))
def test_a_config_file_is_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_bytes(content)
        with suppress(ExecOpsError):
            load_keys(load_settings({"home": folder}, {}))


@bounded
@given(
    st.binary(max_size=600)
    | st.text(st.sampled_from('Subject: To\r\n=?utf8QB;"charset/multipart-boundary'), max_size=300).map(
        str.encode
    )
)
def test_a_message_of_the_outbox_is_read(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "email" / "new" / maildir.file_name("key")
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        [entry] = maildir.scan(Path(folder)).entries
        message = mails.read(entry)
        assert mails.page(message)
        (message.text + message.subject + message.to).encode()


@bounded
@given(st.text(max_size=200))
def test_any_text_is_one_mailbox_or_none(text: str) -> None:
    named = mailbox(text)
    if named is not None:
        sent = compose({"to": named.address, "from": text, "subject": "a", "text": "b\n"}, "key").as_bytes()
        assert sent.count(b"\nFrom:") + sent.startswith(b"From:") == 1


@bounded
@given(st.text(st.sampled_from("<>&|!@#a:/\n"), max_size=300))
def test_any_text_has_no_mention_left(text: str) -> None:
    assert "<!" not in without_mentions(text)
    assert "<@" not in without_mentions(text)


@bounded
@given(
    st.binary(max_size=200)
    | st.text(st.sampled_from('()\\"{}*5 HasNoChildrenSent/.\r\n'), max_size=80).map(str.encode)
)
def test_any_line_of_an_imap_list_is_read(line: bytes) -> None:
    for name in imap._with_use([line, None, (line, b"x")], b"\\Sent"):
        name.encode("utf-8", "surrogateescape")


@bounded
@given(st.text(max_size=100) | st.text(st.sampled_from("0123456789.-e+inf nasecondstryagain "), max_size=60))
def test_any_wait_that_a_server_asks_for_is_bounded(words: str) -> None:
    for seconds in (smtp_answers.Answer(451, words).wait, slack_errors._seconds(words)):
        assert seconds is None or 0 <= seconds < float("inf")


def test_deep_and_wide_documents_are_read_or_refused() -> None:
    deep = (
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"[" + b"1," * 300_000 + b"1]",
        b'"' + b"\\u0000" * 100_000 + b'"',
    )
    for body in (*deep, b"\xff\xfe", b"1e999999999", b"9" * 100_000, b"\x00"):
        with suppress(ExecOpsError):
            parse(body)
