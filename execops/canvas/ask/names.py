"""The vendors and customers that a question names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import lru_cache

from msgspec import Struct

from execops.canvas.ask import lexicon
from execops.canvas.ask.name_index import folded, names_written
from execops.canvas.ask.sentence import NAMED, TAKEN, Sentence
from execops.canvas.ask.spelling import correct, is_english
from execops.canvas.ask.vocabulary import asks, grammar, is_phrase, known_words
from execops.canvas.ledger_names import LedgerNames
from execops.text.patterns import Pattern

_MARKS = Pattern(
    r"(?<![^ ])(?:for|from|of|by|to|on|with|at|customer|vendor|merchant|named|called)(?: the)? $"
)
_PAYEE = Pattern(r"(?<![^ ])we (?:(?:already|also|actually|ever|still) )?(?:pay|paid) $", ("pay ", "paid "))
_ASKED = Pattern(r"(?<![^ ])(?:did|does|has|have) $")
_PAYS = Pattern(r"(?:paid|pay|charged?|bill(?:ed)?|cost) (?:us|our)\b|(?:pay|paid)$")
_LONGEST = 6  # words of a name that a question spells out


class Named(Struct, frozen=True):
    """Words that name somebody, or a category: the others are the values of the parameters, where they are one."""

    text: str
    vendor: str | None
    customer: str | None
    category: str | None = None


class NoNameError(Exception):
    """A name that fits several; says which. `fits` are they."""

    def __init__(self, why: str, fits: Sequence[Named] = ()) -> None:
        super().__init__(why)
        self.fits = list(fits)


def take_names(sentence: Sentence, names: LedgerNames | None) -> list[Named]:
    """Take the names, whole ones first, and put the other words in their right spelling.

    Raises NoNameError where words name several.
    """
    named = _take(sentence, names or LedgerNames(), exact=True)  # without a ledger: the well-known categories
    correct(sentence, () if names is None else words_of(names))
    if names is not None:
        named += _take(sentence, names, exact=False)
    sentence.without_names = list(sentence.words)
    return named


def possible_names(sentence: Sentence, names: LedgerNames) -> list[Named]:
    """The names that a word which nobody understood may be, such as a word of the dictionary: "what does stark owe"."""
    possible = []
    for place in sentence.untaken():
        written = folded(sentence.written[place])
        if written and sentence.words[place] not in known_words():
            with suppress(NoNameError):
                named = _named(written, names, exact=False, marked=True)
                possible += [named] if named else []
    return possible


def take_written(sentence: Sentence) -> str | None:
    """Take a name as it was written, where no ledger knows one: "from Acme", "on \"big corp\"", "acme's"."""
    unknown = [place for place in sentence.untaken() if sentence.words[place] not in known_words()]
    if not unknown or unknown != list(range(unknown[0], unknown[-1] + 1)):
        return None
    first, end = unknown[0], unknown[-1] + 1
    is_written = sentence.written[first][0].isupper() or set(sentence.words[first:end]) <= sentence.quoted
    if not (sentence.possessive[end - 1] or (is_written and _is_marked(sentence, first, end))):
        return None
    text = " ".join(sentence.written[first:end])
    sentence.take_range(first, end)
    return text


def _take(sentence: Sentence, names: LedgerNames, *, exact: bool) -> list[Named]:
    """Take the words that name somebody: whole names; or else, not `exact`, parts and misspelt ones."""
    taken = []
    for first in range(len(sentence.words)):
        for end in range(min(len(sentence.words), first + _LONGEST), first, -1):
            if not _may_name(sentence, first, end, names, exact=exact):
                continue
            written = folded(" ".join(sentence.written[first:end]))
            if written and (
                named := _named(written, names, exact, not exact and _is_expected(sentence, first, end))
            ):
                if not exact and end == first + 1 and _is_thing(sentence, first):
                    raise NoNameError(f"I don't know whether “{named.text}” is a name.", [named])
                taken.append(named)
                sentence.take_range(first, end, NAMED)
                if first and sentence.words[first - 1] in lexicon.words("names", "role"):
                    sentence.take_range(first - 1, first)
                break
    return taken


def _may_name(sentence: Sentence, first: int, end: int, names: LedgerNames, *, exact: bool) -> bool:
    """Whether words may be a name: not where all are ordinary, but for whole names such as "Office Depot"."""
    words = sentence.words[first:end]
    if {TAKEN, NAMED} & set(words):
        return False
    if exact and tuple(words) in _categories(names.of_categories) and not any(map(is_phrase, words)):
        return True
    if len(words) == 1 and _is_only_a_word(sentence, first, end):
        return False
    ordinary = [word in known_words() for word in words]
    if all(ordinary) and not (exact and _is_name_of_words(words, _is_expected(sentence, first, end))):
        return False
    return exact or not (ordinary[-1] or (ordinary[0] and words[0] not in words_of(names)))


def _is_only_a_word(sentence: Sentence, first: int, end: int) -> bool:
    """Whether a word of the dictionary is one, and no name: "zoom in on spend", "the notion of churn"."""
    after = sentence.words[end] if end < len(sentence.words) else ""
    return (
        after in lexicon.words("names", "after_a_word")
        and not _is_expected(sentence, first, end)
        and not (first and asks(sentence.words[first - 1]))
        and sentence.written[first].islower()
        and is_english(sentence.words[first])
    )


def _is_thing(sentence: Sentence, place: int) -> bool:
    """Whether a part of a name is a word of the dictionary too, and nothing but "on" says that it is a name."""
    return (
        sentence.before(place) == "on"
        and not sentence.possessive[place]
        and sentence.written[place].islower()
        and is_english(sentence.words[place])
    )


def _is_name_of_words(words: Sequence[str], expected: bool) -> bool:
    """Whether ordinary words may be a name: several of them, or one that says nothing, after "on"."""
    if set(words) <= grammar():
        return False
    return len(words) > 1 or (expected and words[0] in _says_nothing())


def _says_nothing() -> Collection[str]:
    return (
        lexicon.words("fillers", "filler")
        | lexicon.words("fillers", "mute")
        | lexicon.words("fillers", "soft")
    )


def _is_expected(sentence: Sentence, first: int, end: int) -> bool:
    """Whether a name stands here: after "from", before an apostrophe, or with a capital inside a sentence."""
    return _is_marked(sentence, first, end) or (sentence.written[first][0].isupper() and first > 0)


def _is_marked(sentence: Sentence, first: int, end: int) -> bool:
    before = " ".join(sentence.words[:first]) + " "
    if bool(_MARKS.search(before)) or sentence.possessive[end - 1]:
        return True
    if _PAYEE.search(before):  # "we paid Delta", and not "we paid contractors"
        return sentence.words[first] not in lexicon.words("names", "payee")
    after = " ".join(sentence.words[end : end + 2])
    return bool(_ASKED.search(before) and _PAYS.match(after))  # "did Wayne pay us"


def _named(words: tuple[str, ...], names: LedgerNames, exact: bool, marked: bool) -> Named | None:
    written = names_written(words, names.of_vendors, exact=exact, marked=marked)
    vendors = list(dict.fromkeys(names.aliases.get(name, name) for name in written))
    customers = names_written(words, tuple(names.customers), exact=exact, marked=marked)
    categories = names_written(words, names.of_categories, exact=exact, marked=marked)
    text = " ".join(words)
    if categories and (vendors or len(categories) > 1):
        fits = [Named(text, None, None, category=name) for name in sorted(categories)]
        raise _several(
            [*(Named(text, name, None) for name in sorted(vendors)), *fits], [*vendors, *categories]
        )
    if len(vendors) > 1:
        raise _several([Named(text, name, None) for name in sorted(vendors)], vendors)
    if len(customers) > 1:
        raise _several([Named(text, None, names.customers[name]) for name in sorted(customers)], customers)
    if not vendors and not customers and not categories:
        return None
    customer = names.customers.get("".join(customers))
    return Named(text, "".join(vendors) or None, customer, "".join(categories) or None)


def _several(fits: list[Named], written: Sequence[str]) -> NoNameError:
    return NoNameError(f"More than one is called that: {', '.join(sorted(written)[:5])}.", fits)


@lru_cache(maxsize=4)
def _categories(names: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(map(folded, names))


def words_of(names: LedgerNames) -> frozenset[str]:
    """Every word of a name that the ledger knows."""
    return _folded_words(names.of_vendors + names.of_categories + tuple(names.customers))


@lru_cache(maxsize=4)
def _folded_words(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in folded(name))
