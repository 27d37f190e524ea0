"""Comments on a cancellation: their meaning decides who answers, and a doubt is settled against a mail."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from execops.plays.comments import LONGEST, Meaning, is_sentence, languages, meaning, quote

COMMENTS = Path(__file__).parents[1] / "data" / "comments"
LABELLED: dict[str, list[str]] = json.loads((COMMENTS / "labelled.json").read_text(encoding="utf-8"))
BY_LANGUAGE: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
    (COMMENTS / "other_languages.json").read_text(encoding="utf-8")
)
SILENCE = {Meaning.NO_CONTACT, Meaning.PERHAPS_NO_CONTACT}
NEVER_ANSWERED_BY_MAIL = {*Meaning} - {Meaning.PLAIN, Meaning.CALM, Meaning.NOTHING, Meaning.NO_CONTACT}
BARRED = [*LABELLED["no_contact"], *LABELLED["perhaps_no_contact"]]


@pytest.mark.parametrize("label", sorted(LABELLED))
def test_comments_mean_what_people_mean_by_them(label: str) -> None:
    wrong = {comment: got for comment in LABELLED[label] if (got := meaning(comment)) != label}
    assert not wrong


def test_every_meaning_has_an_example() -> None:
    assert {*LABELLED} == {kind.value for kind in Meaning}


@pytest.mark.parametrize("language", sorted(BY_LANGUAGE))
def test_comments_mean_the_same_in_every_language(language: str) -> None:
    comments = [
        (label, comment)
        for half in BY_LANGUAGE[language].values()
        for label, listed in half.items()
        for comment in listed
    ]
    expected = {"plain": {Meaning.PLAIN}, "no_contact": SILENCE}
    wrong = {
        comment: got
        for label, comment in comments
        if (got := meaning(comment)) not in expected.get(label, NEVER_ANSWERED_BY_MAIL)
    }
    assert not wrong
    assert not [
        comment for label, comment in comments if label == "plain" and language not in languages(comment)
    ]


@pytest.mark.parametrize("language", sorted(BY_LANGUAGE))
def test_no_accent_and_no_case_hides_a_wish(language: str) -> None:
    for half in BY_LANGUAGE[language].values():
        for comment in half["no_contact"]:
            for written in (comment.upper(), comment.title(), unicodedata.normalize("NFD", comment)):
                assert meaning(written) in SILENCE, written


@pytest.mark.parametrize(
    "comment",
    [
        "Trop cher pour nous. Please move us to another tool now",
        "Zu teuer, y además no lo usamos nunca",
        "太贵了",
    ],
)
def test_a_mix_of_languages_and_an_unknown_one_are_for_a_person(comment: str) -> None:
    assert meaning(comment) in NEVER_ANSWERED_BY_MAIL


@pytest.mark.parametrize(
    "comment", ["Es war zu teuer", "L'essai était trop court pour nous", "J'ai trouvé un autre outil"]
)
def test_a_word_of_another_language_alarms_nobody(comment: str) -> None:
    assert meaning(comment) is Meaning.PLAIN


@pytest.mark.parametrize(
    "around", ["{}", "Great product. {}", "{} Thank you!", "Too expensive for us.\n\n{}", "  {}  "]
)
def test_a_wish_not_to_be_contacted_holds_wherever_it_stands(around: str) -> None:
    for comment in BARRED:
        assert meaning(around.format(comment)) not in {Meaning.PLAIN, Meaning.NOTHING}, comment
    assert meaning("Great product. Please do not contact me. Thanks!") is Meaning.NO_CONTACT


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, str.title, lambda text: text.replace(" ", "\u00a0")]
)
def test_case_and_spacing_hide_no_wish(change: Callable[[str], str]) -> None:
    for comment in BARRED:
        assert meaning(change(comment)) not in {Meaning.PLAIN, Meaning.NOTHING}, comment


def test_hidden_characters_hide_no_wish() -> None:
    assert meaning("do not con\u200btact me") is Meaning.NO_CONTACT
    assert meaning("do\u00adnot contact me, ple\u200base") not in {Meaning.PLAIN, Meaning.NOTHING}


@pytest.mark.parametrize("comment", [None, "", "   ", "—", "👍👍", "N/A", "none."])
def test_an_empty_comment_says_nothing(comment: str | None) -> None:
    assert meaning(comment) is Meaning.NOTHING


@pytest.mark.parametrize(
    "comment",
    [
        "Write to anna@other.example, she knows.",
        "My number is 0170 1234567",
        "The card 4242 4242 4242 4242 is not mine",
    ],
)
def test_an_address_or_a_number_is_for_a_person(comment: str) -> None:
    assert meaning(comment) not in {Meaning.PLAIN, Meaning.NOTHING}


def test_the_longest_comment_that_stripe_keeps_is_read_whole() -> None:
    assert meaning("It was good for us. " * 240 + "Do not contact me.") is Meaning.NO_CONTACT


def test_a_quote_is_exact() -> None:
    assert quote("Love it, but the price went up twice.") == "“Love it, but the price went up twice.”"
    assert not is_sentence("Twice what Globex asks")
    assert is_sentence("Done.")


def test_a_quote_is_cut_after_a_word() -> None:
    assert quote("one two three four", limit=12) == "“one two…”"
    assert quote("x" * 40, limit=12) == f"“{'x' * 11}…”"
    assert len(quote("word " * 2000)) <= LONGEST + 2


def test_a_quote_holds_no_unsafe_character() -> None:
    assert quote("a\u202eb\x1b[31mc\nd\x00") == "“ab[31mc d”"
