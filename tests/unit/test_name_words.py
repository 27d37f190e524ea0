"""The lists of words that tell names: each word as texts are compared, and the rows of one file that name one party."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from execops.sources.bank.parties import name_words, vendors
from execops.sources.bank.parties.one_party import agreed
from execops.sources.bank.parties.party_tagger import Guess
from execops.sources.bank.parties.purposes import to_words

LISTS = tomllib.loads(Path(name_words.__file__).with_name("name_words.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LISTS)
def test_the_words_of_a_list_are_written_as_they_are_compared(name: str) -> None:
    words = [word.removeprefix("*") for word in LISTS[name].split()]
    assert [word for word in words if to_words(word) not in {word, ""}] == []


def test_a_word_has_the_lists_that_hold_it() -> None:
    assert "first" in name_words.classes_of("francesca")
    assert "trades" in name_words.classes_of("steuerberatung")
    assert "trades" in name_words.classes_of("hausverwaltung")  # by its end
    assert name_words.classes_of("qzx") == ()


def test_the_holder_behind_two_parties_belongs_to_neither() -> None:
    names = ["SAFFRON RETAIL LLP-KESTREL APPS PRIVATE LIMITED", "LOTUS MEDIA-KESTREL APPS PRIVATE LIMITED"]
    assert agreed(names) == {names[0]: "SAFFRON RETAIL LLP", names[1]: "LOTUS MEDIA"}


def test_the_holder_behind_a_party_is_left_out_where_another_row_names_it_alone() -> None:
    name = "SAFFRON RETAIL LLP-KESTREL APPS PRIVATE LIMITED"
    assert agreed([name, "KESTREL APPS PRIVATE"]) == {name: "SAFFRON RETAIL LLP"}


def test_a_firm_behind_one_party_alone_stays() -> None:
    assert agreed(["SAFFRON RETAIL LLP-KESTREL APPS PRIVATE LIMITED", "Globex", None]) == {}


def test_a_row_with_further_words_gets_the_name_of_the_row_without_them() -> None:
    assert agreed(["Elgiganten Odense", "Elgiganten Odense retur"]) == {
        "Elgiganten Odense retur": "Elgiganten Odense"
    }


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Amazon", "Amazon Web Services"),  # well-known suppliers have their own names
        ("Larkspur", "Larkspur Property Management"),  # its trade belongs to a name
        ("Blue", "Blue Door"),  # a short word is too little
    ],
)
def test_two_parties_keep_their_names(short: str, long: str) -> None:
    assert agreed([short, long]) == {}


@pytest.mark.parametrize("word", ["2026", "N", "el", "de la"])
def test_a_letter_a_number_and_joining_words_are_no_name(word: str) -> None:
    text = "TRANSFER 2026 N el de la GLOBEX"
    assert vendors.of("", text, find=lambda *_: Guess(word, 9.0)) != word
    assert vendors.of("", text, find=lambda *_: Guess("3M", 9.0)) == "3M"


@pytest.mark.parametrize("word", ["Remote", "Bill", "Order"])
def test_a_word_of_movements_is_a_firm_in_a_column_of_payees_alone(word: str) -> None:
    assert vendors.of(word) == word
    assert vendors.of("", word) is None
    assert vendors.of("REMOTE ONLINE DEPOSIT", "REMOTE ONLINE DEPOSIT") is None
