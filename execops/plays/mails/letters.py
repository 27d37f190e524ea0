"""The words of mails to customers: texts of Project Fluent, one file a language, under the founder's own.

`execops/plays/mails/texts/<language>.ftl` holds the texts of all plays in a language; to add a language, add a file. Dates and
amounts are written as the customer's locale writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from execops.books.facts import Facts
from execops.model import Json
from execops.money import Money, decimals
from execops.plays import wording
from execops.text import clean_line
from execops.text.greeting_names import is_company, is_greeting_name
from execops.text.links import has_link, without_sites

if TYPE_CHECKING:  # these are loaded where a mail is written
    from babel import Locale
    from fluent.runtime.resolver import Message

    from execops.plays.receivables import Invoice

TEXTS = Path(__file__).with_name("texts")
ENGLISH = "en"
_LONGEST_SUBJECT = 200  # characters
_OWN = frozenset({"link", "company", "signer"})  # values that no stranger wrote
_ENTRY = re.compile(
    r"^(?=-?[A-Za-z][\w-]* *=)", re.MULTILINE
)  # where a text begins: all its other lines are indented
_REFERENCE = re.compile(r"\{\s*(-?[A-Za-z][\w-]*)")  # to another text
_NARROW_SPACE, _SPACE = "\u202f", "\u00a0"  # many fonts of mail programs lack the narrow one

Value = str | int | Money | datetime | Sequence[Money]
Compose = Callable[["Words"], tuple[str, Sequence[str]]]  # the subject, and the paragraphs that may be empty


class Letter(Struct, frozen=True):
    """A message as a draft carries it: its words, their language, and the same in the founder's own, if another.

    `translation` has `language`, `subject` and `text`; it is empty where the words are in the founder's own language, and
    in a message to the company's own team.
    """

    action_type: str
    payload: Json
    language: str = ENGLISH
    translation: Json = field(default_factory=dict)


class _Texts:
    """The texts of a language, under the founder's own. Each is parsed when it is needed: a process writes few of a hundred."""

    def __init__(self, language: str, own: Sequence[str]) -> None:
        from fluent.runtime import FluentBundle

        self.bundle = FluentBundle([language], use_isolating=False)
        self._unparsed = {text.partition("=")[0].rstrip(): text for text in _ENTRY.split(source(language))}
        for text in own:
            self._add(text, in_their_place=True)

    def message(self, name: str) -> Message:
        """The text of this name. Raises KeyError where there is none."""
        self._parse(name)
        return self.bundle.get_message(name)

    def _parse(self, name: str) -> None:
        text = self._unparsed.get(name)
        if text is not None:
            self._add(text, in_their_place=False)
            self._unparsed.pop(name, None)

    def _add(self, text: str, *, in_their_place: bool) -> None:
        """Parse a text after those that it refers to."""
        from fluent.runtime import FluentResource

        for name in _REFERENCE.findall(text):
            self._parse(name)
        self.bundle.add_resource(FluentResource(text), allow_overrides=in_their_place)


class Words(Struct, frozen=True):
    """The texts of one language. `words("card_update-subject", amounts=…)` fills one in."""

    language: str
    _locale: Locale
    _texts: _Texts

    def __call__(self, name: str, /, **values: Value) -> str:
        """The text of this name with these values. Raises ValueError where there is none, or a value is missing."""
        message = self._texts.message(name)
        if message.value is None:
            raise ValueError(f"the text {name} has no words in {self.language!r}")
        written = {
            value_name: self._written(value, may_link=value_name in _OWN)
            for value_name, value in values.items()
        }
        text, errors = self._texts.bundle.format_pattern(message.value, written)
        if errors:
            raise ValueError(f"the text {name} in {self.language!r}: {errors[0]}")
        return str(text)

    def month(self, value: datetime) -> str:
        """The month and its year: `November 2026`."""
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMMM", value, locale=self._locale))

    def sentences(self, *parts: str) -> str:
        """The sentences that are not empty, as a paragraph; Japanese has no blank between them."""
        return ("" if self.language == "ja" else " ").join(part for part in parts if part)

    def joined(self, parts: Sequence[str]) -> str:
        """The parts as a sentence lists them: `A-1, A-2 and A-3`."""
        from babel.lists import format_list

        return str(format_list(list(parts), locale=self._locale))

    def _written(self, value: Value, *, may_link: bool) -> str | int:
        if isinstance(value, str) and not may_link:
            return without_sites(value)
        if isinstance(value, str | int):
            return value
        if isinstance(value, Money):
            return self._amount(value)
        if isinstance(value, datetime):
            return self._day(value)
        return self.joined([self._amount(amount) for amount in value])

    def _amount(self, amount: Money) -> str:
        if self.language == ENGLISH:
            return str(amount)
        if (self.language, amount.currency) == ("ja", "JPY"):
            return f"{amount.minor:,}円"  # the way to write yen within Japanese text
        pattern, digits = copy(self._locale.currency_formats["standard"]), decimals(amount.currency)
        pattern.frac_prec = (digits, digits)  # Stripe's, which are not those of every locale's currency
        written = pattern.apply(amount.major, self._locale, currency=amount.currency, currency_digits=False)
        clear = self._with_clear_sign(str(written), amount.currency).replace(_NARROW_SPACE, _SPACE)
        return re.sub(
            r"(?<=[A-Za-z])(?=\d)", _SPACE, clear
        )  # Unicode's rule of a blank after letters: `USD 12.34`

    def _with_clear_sign(self, text: str, currency: str) -> str:
        """The amount with the sign that tells its dollars or pesos from others: `349,00 $CA`, `MXN 18,500.00`.

        Mexico writes `$` for its pesos and Canada for its dollars. A seller in another country may mean US dollars by it.
        """
        from babel import Locale
        from babel.numbers import get_currency_symbol

        if currency == "USD" or get_currency_symbol(currency, self._locale) != "$":
            return text
        return text.replace("$", get_currency_symbol(currency, Locale(self._locale.language)))

    def _day(self, value: datetime) -> str:
        from babel.dates import format_date

        return (
            wording.day(value) if self.language == ENGLISH else str(format_date(value, "long", self._locale))
        )


def write(facts: Facts, to: str, compose: Compose, *, personal: bool = False) -> Letter:
    """The mail that `compose` writes, in the customer's language; sender and reply-to are those of the settings.

    A personal note is signed by a person, where the settings name one: see `voice`. A customer whose `preferred_locales`
    name no language that the founder lists gets the founder's own, the first listed.
    """
    tag = locale_of(facts)
    words = in_locale(facts, tag)
    signer = facts.org["signer"] if personal else None
    subject, text = _composed(facts, words, compose, signer)
    own: str = facts.org["languages"][0]
    translation: Json = {}
    if words.language != own:
        subject_too, text_too = _composed(facts, in_locale(facts, own), compose, signer)
        translation = {"language": own, "subject": subject_too, "text": text_too}
    ends = {"to": to, "from": facts.org["email_from"], "reply_to": facts.org["email_reply_to"]}
    payload = {name: address for name, address in ends.items() if address} | {
        "subject": subject,
        "text": text,
    }
    return Letter("email", payload, words.language, translation)


def voice(facts: Facts) -> str:
    """The speaker of a personal note, as the texts take it: `person`, who signs it, or `company`."""
    return "person" if facts.org["signer"] else "company"


def page(facts: Facts, link: str | None) -> tuple[str, str | None]:
    """The page that a link leads to, as the texts take it, and the link: `invoice`, else `portal`, which asks to sign in.

    The link is None where there is neither.
    """
    return ("invoice", link) if link else ("portal", wording.portal(facts))


def locale_of(facts: Facts) -> str:
    """The first of the customer's locales whose language the founder lists, such as `fr-CA`; else the founder's own."""
    listed: list[str] = facts.org["languages"]
    locales: list[str] = facts.customer.get("locales") or []
    return next((tag for tag in locales if _language(tag) in listed), listed[0])


def language_of(facts: Facts) -> str:
    """The language of a mail to the customer, such as `fr`."""
    return _language(locale_of(facts))


def in_locale(facts: Facts, tag: str) -> Words:
    """The words of a locale; the founder's own texts take the place of the built-in ones."""
    language = _language(tag)
    own = {name: source for name, source in facts.org["texts"].items() if name.endswith(f".{language}")}
    return _words(tag, language, tuple(source for _, source in sorted(own.items())))


def english(name: str, /, **values: Value) -> str:
    """A built-in English text, for sentences to the company's own team."""
    return _words(ENGLISH, ENGLISH, ())(name, **values)


def company(facts: Facts) -> str | None:
    """The name that signs a mail: that of the settings, else the one that Stripe prints on the invoice; else None."""
    on_invoices = (state.get("account_name") for state in (facts.state, *facts.invoices))
    return facts.org["company_name"] or wording.short(next(filter(None, on_invoices), "")) or None


@cache
def source(language: str) -> str:
    """The built-in texts of a language. Raises FileNotFoundError where there are none."""
    return (TEXTS / f"{language}.ftl").read_text(encoding="utf-8")


def languages() -> list[str]:
    """The languages that have texts."""
    return sorted(path.stem for path in TEXTS.glob("*.ftl"))


def with_lines(text: str, *lines: str) -> str:
    """A sentence that announces links or a list, and each of them on a line of its own."""
    return "\n".join([text, *lines])


def announced(words: Words, name: str, link: str | None, **values: Value) -> str:
    """The text `<name>-link` with the link under it; the text `<name>-no-link` where there is none."""
    if link is None:
        return words(f"{name}-no-link", **values)
    return with_lines(words(f"{name}-link", **values), link)


def pages(
    words: Words, facts: Facts, name: str, invoices: Sequence[Invoice], first: Invoice, **values: Value
) -> str:
    """The way to pay: the text `<name>-links` with the page of each invoice, where each of several has one.

    Else the text `<name>-link` with the page of the `first` one, or the portal; or `<name>-no-link`.
    """
    links = [(invoice.number, invoice.link) for invoice in invoices if invoice.link]
    if len(invoices) > 1 and len(links) == len(invoices):
        listed = (words("letter-page", number=number, link=link) for number, link in links)
        return with_lines(words(f"{name}-links", **values), *listed)
    leads_to, link = page(facts, first.link)
    return announced(words, name, link, page=leads_to, **values)


def _composed(facts: Facts, words: Words, compose: Compose, signer: str | None) -> tuple[str, str]:
    """The subject, and the text: a greeting, the paragraphs that are not empty, thanks and who signs it if known.

    The greeting has no name where the customer has none, one that a mail program makes a link of (an address, a site), or
    one that is no name, such as `N/A`.
    """
    subject, paragraphs = compose(words)
    name = facts.customer_name
    greeting = (
        _greeting(words, name)
        if name and is_greeting_name(name) and not has_link(name)
        else words("letter-greeting-nameless")
    )
    closing = _closing(words, signer, company(facts))
    parts: Iterable[str] = (greeting, *(paragraph for paragraph in paragraphs if paragraph), closing)
    return clean_line(subject, limit=_LONGEST_SUBJECT), "\n\n".join(parts) + "\n"


def _greeting(words: Words, name: str) -> str:
    if is_company(name):
        return words("letter-greeting-company", name=wording.short(name))
    return words("letter-greeting", name=wording.short(name))


def _closing(words: Words, signer: str | None, signature: str | None) -> str:
    if signer and signature:
        return words("letter-closing-signed", signer=signer, company=signature)
    if signer:
        return words("letter-closing-signed-only", signer=signer)
    return words("letter-closing", company=signature) if signature else words("letter-closing-nameless")


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=64)
def _words(tag: str, language: str, own: tuple[str, ...]) -> Words:
    from babel import Locale, UnknownLocaleError

    regional = "en-GB" if language == ENGLISH else tag.replace("_", "-")
    try:
        locale = Locale.parse(regional, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse(language)
    return Words(language, locale, _texts(language, own))


@lru_cache(maxsize=16)
def _texts(language: str, own: tuple[str, ...]) -> _Texts:
    """The texts of a language, for all its regions."""
    return _Texts(language, own)
