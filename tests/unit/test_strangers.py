"""The words of strangers: no link, no hidden character and no formula of theirs gets through."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import output
from execops.adapters import create_adapters
from execops.adapters.email import compose
from execops.books import strangers
from execops.errors import InvalidPayloadError
from execops.settings import load_settings
from execops.text import clean_line
from execops.text.hidden import count_hidden, hidden_names, without_hidden
from execops.text.links import has_link, unlinked, without_sites

TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in "approve")
MAIL = {"to": "a@acme.example", "from": "b@ours.example", "subject": "Card", "text": "Pay.\n"}

# Hidden characters


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("pay\u200bpal", 1),
        ("invoice\u202egpj.exe", 1),
        ("\u2066abc\u2069", 2),
        ("pay\u00adpal", 1),
        (f"ok{TAGS}", 7),
        (f"\U0001f3f4{TAGS}\U000e007f", 8),
        ("a\ufe0f", 1),
        ("☺\ufe0f\ufe0f", 1),
        ("☺\ufe01", 1),
        ("a\u200db", 1),
        ("☺\u200d", 1),
        ("\u200d☺", 1),
        ("A\u034fB", 1),
        ("A\u3164B", 1),
        ("A\U000e0100B", 1),
        ("A\U000e0fffB", 1),
    ],
)
def test_hidden_characters_are_counted_and_removed(text: str, hidden: int) -> None:
    assert count_hidden(text) == hidden
    assert len(without_hidden(text)) == len(text) - hidden
    assert hidden_names(text)


@pytest.mark.parametrize(
    "text",
    ["👨‍👩‍👧", "❤️‍🔥", "👩🏽‍💻", "1️⃣", "©️", "می‌خواهم", "क्‍ष", "葛\U000e0100", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "Zoë", "1\u202f234 €"],
)  # fmt: skip
def test_characters_that_writing_needs_stay(text: str) -> None:
    assert count_hidden(text) == 0
    assert without_hidden(text) == text


@given(
    st.text(st.sampled_from("a☺👩🏽\u200d\u200c\ufe0f\u200b\U000e0061\U0001f3f4م葛\U000e0100 "), max_size=40)
)
def test_a_text_without_hidden_characters_has_none(text: str) -> None:
    assert count_hidden(without_hidden(text)) == 0


@pytest.mark.parametrize("action_type", ["email", "slack", "notice"])
def test_no_payload_with_hidden_characters_is_valid(action_type: str) -> None:
    payload = {
        "email": MAIL | {"text": "Pay\u200b the \u202einvoice."},
        "slack": {"channel": "#a", "text": "Pay\u200b the \u202einvoice."},
        "notice": {"subject": "A", "text": "Pay\u200b the \u202einvoice."},
    }[action_type]
    with pytest.raises(InvalidPayloadError, match=r"2 hidden characters \(U\+200B, U\+202E\)"):
        create_adapters(load_settings({}, {}))[action_type].validate(payload)


# Links


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example pay here",
        "HTTPS://EVIL.EXAMPLE",
        "http:\\\\evil.example",
        "www.evil.example",
        "evil.example",
        "evil。example",
        "evil．example/pay",
        "ｈｔｔｐｓ：／／evil.example",
        "https://invoice.stripe.com.evil.example/i/1",
        "https://invoice.stripe.com@evil.example",
        "ftp://evil.example",
        "slack://channel",
        "T.CO/abc",
        "evil.xn--p1ai",
    ],
)
def test_a_name_with_a_link_is_none(name: str) -> None:
    assert has_link(name)
    shown = without_sites(strangers.harmless_facts({"customer": {"name": name}})["customer"]["name"])
    assert "://" not in shown
    assert ".example" not in shown.casefold()
    assert "。" not in shown
    assert not has_link(shown) or "@" in shown


@pytest.mark.parametrize(
    "name",
    [
        "Acme, Inc.",
        "E.ON",
        "J.Smith",
        "Dr. Müller",
        "St. Mary's",
        "3.5 t",
        "A/B Ltd",
        "INV-2026.11",
        "Co. KG",
    ],
)
def test_a_plain_name_stays(name: str) -> None:
    assert not has_link(name)
    assert without_sites(name) == name == unlinked(name)


def test_the_addresses_of_a_state_itself_stay() -> None:
    state = {"hosted_invoice_url": "https://invoice.stripe.com/i/1", "email": "jane.doe@acme.example"}
    assert strangers.harmless_facts({"state": state})["state"] == state


@given(st.text(st.sampled_from("aA.:/\\@w-。 hts"), max_size=60))
def test_nothing_left_is_an_address_of_a_page(text: str) -> None:
    shown = unlinked(text)
    assert not re.search(r"(?:https?|\bwww\.):?//+\w", unicodedata.normalize("NFKC", shown))


def test_long_words_take_no_long_time() -> None:
    for text in (
        "a." * 50_000,
        "a-" * 50_000,
        "www." * 20_000,
        "https://" * 20_000,
        "\u200d" * 100_000,
        "é." * 50_000,
    ):
        unlinked(text)
        without_sites(text)
        has_link(text)
        count_hidden(text)


@pytest.mark.parametrize("scheme", ["https", "http", "HTTPS", "ftp"])
def test_a_link_that_hides_its_site_is_refused(scheme: str) -> None:
    email = create_adapters(load_settings({}, {}))["email"]
    with pytest.raises(InvalidPayloadError, match="hides its site"):
        email.validate(MAIL | {"text": f"Pay: {scheme}://invoice.stripe.com@evil.example/i"})
    email.validate(MAIL | {"text": f"Pay: {scheme}://invoice.stripe.com/i?for=kim@acme.example"})
    with pytest.raises(InvalidPayloadError, match="over 100000 characters"):
        email.validate(MAIL | {"text": "a" * 200_000})


def test_the_mail_links_what_the_play_set_alone() -> None:
    name = strangers.harmless_facts({"customer": {"name": "https://evil.example pay here"}})["customer"][
        "name"
    ]
    message = compose(MAIL | {"text": f"{name}\n\nhttps://invoice.stripe.com/i/1\n"}, "key")
    body = message.get_body(("html",))
    assert body is not None
    markup = body.get_content()
    assert markup.count("<a href=") == 1
    assert '<a href="https://invoice.stripe.com/i/1">' in markup


# Cells of a spreadsheet


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "%0A=1", "|x", "-cmd", "\u200b=1", "\n=1"],
)  # fmt: skip
def test_no_cell_begins_as_a_formula(text: str) -> None:
    cell = output.csv_cell(text)
    assert cell.startswith("'")
    buffer = io.StringIO()
    csv.writer(buffer).writerow([cell])
    assert next(csv.reader(io.StringIO(buffer.getvalue()))) == [cell]


@pytest.mark.parametrize("text", ["-12.50", "+3", "-1,234.50", "Acme", "", "a=b", "12"])
def test_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert output.csv_cell(text) == text


@given(st.text(st.sampled_from("=+-@\t\r\n \u200b1a|"), max_size=8))
def test_a_cell_is_a_number_or_begins_as_none(text: str) -> None:
    cell = output.csv_cell(text)
    assert cell.lstrip()[:1] not in {*"=+-@|"} or cell == text
    assert clean_line(cell) == cell


def test_a_state_that_was_read_before_tells_its_hidden_words_again() -> None:
    text = '{"name": "Ac\u200bme", "comment": "see http://evil.example/pay"}'
    read = [strangers.harmless_state(text, "cus_1", "2026-01-01T00:00:00+00:00") for _ in range(2)]
    assert (
        read[0]
        == read[1]
        == (
            {
                "name": "Acme",
                "comment": "see evil[.]example/pay",
                "id": "cus_1",
                "as_of": "2026-01-01T00:00:00+00:00",
            },
            {"Acme": 1},
        )
    )
    state, hidden = read[1]
    facts = strangers.harmless_facts(
        {"customer": state, "invoices": [state]}, {id(state): (state, state, hidden)}
    )
    assert facts == {"customer": state, "invoices": [state], "hidden": {"Acme": 1}}
