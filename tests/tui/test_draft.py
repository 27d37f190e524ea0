"""A payload in words, and back from the editor."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from execops.adapters.email import EmailAdapter
from execops.errors import InvalidInputError, NotConfiguredError
from tests.tui.scenes import proposal
from tui import draft, editor

MAIL = {"from": "us@x.example", "text": "Hello,\n\nplease pay.\n", "subject": "Pay", "to": "you@x.example"}


def test_recipient_comes_first_and_nothing_is_left_out() -> None:
    payload = MAIL | {"reply_to": "r@x.example", "headers": {"a": 1}}
    fields = draft.fields(payload, EmailAdapter.fields)
    assert [name for name, _ in fields] == ["to", "subject", "from", "reply_to", "headers"]
    assert dict(fields)["headers"] == '{\n "a": 1\n}'
    assert draft.body(payload) == MAIL["text"]
    assert draft.label("reply_to") == "Reply to"


@pytest.mark.parametrize(
    "payload",
    [
        MAIL,
        {"channel": "#finance", "text": "no newline at the end", "headers": [{"type": "divider"}]},
        {"charge": "ch_1", "amount": 4900},
    ],
)
def test_an_untouched_text_is_the_same_payload(payload: dict[str, object]) -> None:
    assert draft.from_text(draft.to_text(payload, EmailAdapter.fields), payload) == payload


def test_fields_and_body_are_taken_from_the_text() -> None:
    text = "to: other@x.example\nsubject: A: b\nfrom: us@x.example\n\nHi\n\nthere"
    assert draft.from_text(text, MAIL) == {
        "to": "other@x.example",
        "subject": "A: b",
        "from": "us@x.example",
        "text": "Hi\n\nthere\n",
    }


def test_a_line_that_is_not_a_field_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="Hello"):
        draft.from_text("Hello you\n\nthere", MAIL)


def test_the_editor_gets_the_text_and_keeps_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "an editor.py"
    script.write_text(
        "import sys, pathlib; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + 'more')"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}'")
    monkeypatch.delenv("VISUAL", raising=False)
    edited = editor.edit(proposal(7, 0.0), EmailAdapter.fields, lambda _: None, nullcontext)
    assert edited is not None
    assert edited.payload["text"] == "Hello.\nmore\n"
    assert edited.path.read_text().endswith("Hello.\nmore")
    edited.path.unlink()


def test_an_editor_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "false")
    with pytest.raises(NotConfiguredError):
        editor.edit(proposal(7, 0.0), EmailAdapter.fields, lambda _: None, nullcontext)
