"""English contractions are read as the words that they stand for; French and German words stay as they are."""

from __future__ import annotations

import pytest

from execops.plays.support import support_contractions, support_meanings


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("We're leaving.", "We are leaving."),
        ("We’re leaving.", "We are leaving."),
        ("I'M DONE and you DON'T care", "I am DONE and you DO not care"),
        ("Can't you? I won't, we shan't, I cannot.", "Can not you? I will not, we shall not, I can not."),
        ("It's late, that's all, where's Kim?", "It is late, that is all, where is Kim?"),
        ("You've seen that they'll stay.", "You have seen that they will stay."),
        ("Let's go, it isn't far.", "Let us go, it is not far."),
        (
            "youre late, thats it, i cant, they wont, it doesnt",
            "you are late, that is it, i can not, they will not, it does not",
        ),
        ("im out", "i am out"),
        ("we dont need it", "we do not need it"),
    ],
)
def test_a_contraction_is_read_as_its_words(short: str, full: str) -> None:
    assert support_contractions.spelled_out(short) == full


@pytest.mark.parametrize(
    "text",
    [
        "Le client dont je parle n'est pas l'outil d'Anne, c'est aujourd'hui.",
        "Mir reicht's, geht's noch, im Export und im Büro fehlt's.",
        "The client's lawyer and Kim's team were ill as well.",
        "I'd say that its id is y'all's.",
    ],
)
def test_elisions_possessors_and_ambiguous_words_stay(text: str) -> None:
    assert support_contractions.spelled_out(text) == text


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("We're leaving you.", "We are leaving you."),
        ("I’m angry and we’re done", "I am angry and we are done"),
        ("i cant work, it doesnt load", "i can not work, it does not load"),
    ],
)
def test_both_ways_to_write_have_the_same_meanings(short: str, full: str) -> None:
    often, pairs = support_meanings.meanings_in(short)
    assert often
    assert (often, pairs) == support_meanings.meanings_in(full)
