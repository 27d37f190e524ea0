"""Names that are no names: no mail greets by them, and no title shows them."""

from __future__ import annotations

from time import process_time

import pytest

from execops.model import Draft
from execops.plays.money.card_update import PLAY
from execops.text.greeting_names import is_greeting_name, is_name
from tests.facts import facts
from tests.unit.test_card_update import charge, invoice

NAMES = [
    "Willow & Finch Ltd", "AT&T", "E.ON", "3M", "7-Eleven", "Xu", "Åkerlund Konsult AB", "株式会社サクラ", "김민서", "O'Brien Ltd",
    "Yahoo!", "Ke$ha", "Null Pointer GmbH", "Anna None", "Guest House Ltd", "Testa Rossa", "Na Li", "Acme [VIP]", "Hugo Boss (UK) Ltd",
    "J. Lo", "Asda", "ABC", "AAA", "鈴木一郎", "Acme | Studio",
]  # fmt: skip
NO_NAMES = [
    "<script>alert(1)</script> Win", "N/A", "n/a", "-", "—", "...", "null", "None", "undefined", "[object Object]", "Test", "test user 3",
    "asdf", "qwertz", "XXX", "aaaa", "{{customer.name}}", "${name}", "%s", "[Name]", "[Your company]", "Customer #12", "12345",
    "+49 170 1234567", "cus_9s6XKzkNRiz8i3", "🙂", "ゲスト", "名無し", 'Robert"); DROP TABLE users;--', "=HYPERLINK(1)", "You won $1000",
    "Gäst", "Sin nombre", "Okänd",
]  # fmt: skip
NOTED = ["Jane Cooper (do not use)", "Acme GmbH - duplicate", "Bolt Ltd FRAUD", "Erika Muster (gekündigt)"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one(name: str) -> None:
    assert is_name(name)
    assert is_greeting_name(name)


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_placeholder_or_markup_is_no_name(name: str) -> None:
    assert not is_name(name)
    assert not is_greeting_name(name)


@pytest.mark.parametrize("part", ["asdf", "[name", "$1", "1 2", "--", "cus_", "do not "])
def test_a_long_name_is_read_in_no_time(part: str) -> None:
    began = process_time()
    is_greeting_name(part * 100_000)
    assert process_time() - began < 0.5


@pytest.mark.parametrize("name", NOTED)
def test_a_note_for_the_team_greets_nobody(name: str) -> None:
    assert is_name(name)
    assert not is_greeting_name(name)


@pytest.mark.parametrize(
    ("name", "greeting", "title"),
    [
        ("Acme Inc", "Hello Acme Inc,", "Acme Inc"),
        ("N/A", "Hello,", "billing@acme.example"),
        ("<b>Win</b>", "Hello,", "billing@acme.example"),
        ("Acme Inc (do not use)", "Hello,", "Acme Inc (do not use)"),
        ("NGUYEN, THI MINH", "Hello,", "NGUYEN, THI MINH"),
        ("van der Berg, Jan", "Hello,", "van der Berg, Jan"),
        ("O'Neill, Mary-Kate", "Hello,", "O'Neill, Mary-Kate"),
        ("Anna Berg, PhD", "Hello Anna Berg, PhD,", "Anna Berg, PhD"),
        ("Halvorsen & Reyes, Inc.", "Hello Halvorsen & Reyes, Inc.,", "Halvorsen & Reyes, Inc."),
        ("Oficina Lusitana, Lda.", "Hello Oficina Lusitana, Lda.,", "Oficina Lusitana, Lda."),
    ],
)
def test_a_mail_greets_by_a_name_alone(name: str, greeting: str, title: str) -> None:
    draft = PLAY.answer(facts(state=invoice(customer_name=name), charges=[charge()]))
    assert isinstance(draft, Draft)
    assert draft.payload["text"].startswith(f"{greeting}\n")
    assert draft.title == f"Card failed: {title}, attempt 1"
