"""The vendor of a line of a statement: the same name every month, whatever the bank writes around it.

The rules are careful rather than thorough. A person notices one vendor under two names, but not two vendors under
one name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from execops.sources.bank.parties import party
from execops.sources.bank.purposes import LEGAL_FORMS, to_words
from execops.sources.bank.references import without_references
from execops.text import clean_line

_LONGEST = 100  # characters; names are indexed

# Payment services, which write `SERVICE *VENDOR`.
_SERVICES = re.compile(
    r"^(?:sq|sqc|paypal|pp|tst|sp|ipay|sumup|zettle|iz|fs|dri|eb|paddle\.net|2co\.com)[ ]?\*[ ]*",
    re.IGNORECASE,
)
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR"
    " PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).replace(" ", "|")
# `0123 SEATTLE WA`, `AWS.AMAZON.CO WA`, `800-555-0100 CA`: a shop's number, site or phone, then its place.
_PLACE = re.compile(
    rf"[ ](?:\d{{3,5}}|(?i:\S+\.(?:com?|net|org|io)(?:/\S*)?)|\+?1?[- ]?\(?\d{{3}}\)?[-. ]?\d{{3}}[-. ]?\d{{4}})"
    rf"(?:[ ][A-Za-z.'-]+){{0,3}}[ ](?:{_STATES})(?:[ ](?:US|USA))?$"
)
_ENDS = re.compile(r"^[\s,;:/*.+|-]+|[\s,;:/*+|-]+$")


def of(payee: str, *texts: str) -> str | None:
    """The vendor of a movement: its payee, else the party that the first of its texts names."""
    names = (vendor(party(text)) for text in (payee, *texts))
    return next(filter(None, names), None)


@lru_cache(maxsize=10_000)
def vendor(text: str) -> str | None:
    """The vendor's name in the text of a bank, at most 100 characters; None for an empty text."""
    uncut = " ".join(clean_line(text).split())
    name = uncut
    for _ in range(5):  # a pass may uncover more to trim
        before = name
        name = _trimmed(name)
        if name == before:
            break
    if sum(map(str.isalnum, name)) < 2 or not any(map(str.isalpha, name)):  # `3M` is a name, `R` is none
        name = uncut
    if LEGAL_FORMS.issuperset(to_words(name.replace(".", "")).split()):  # the number was the name
        name = uncut
    return name[:_LONGEST].strip() or None


def _trimmed(text: str) -> str:
    name = _SERVICES.sub("", text)
    name = _PLACE.sub("", name)
    name = without_references(" ".join(name.split()))
    return " ".join(_ENDS.sub("", " ".join(name.split())).split())
