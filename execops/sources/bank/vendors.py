"""The vendor of a line of a statement: the same name every month, whatever the bank writes around it.

The rules are careful rather than thorough. A person notices one vendor under two names, but not two vendors under
one name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from execops.text import clean_line

_LONGEST = 100  # characters; names are indexed

# Words that banks put before the name.
_BOILERPLATE = re.compile(
    r"""^(?:
      (?:pos|card|debit[ ]card|visa|recurring|contactless|online|checkcard|check[ ]card|web|international)
        [ ](?:purchase|payment|debit|transaction)(?:[ ]authorized)?(?:[ ](?:on|to|at))?
    | purchase[ ]authorized[ ]on | checkcard | direct[ ]debit(?:[ ]to)? | card[ ]payment[ ]to
    | ach[ ](?:debit|credit|payment|withdrawal) | (?:kreditkarten?|debitkarten?)?kartenzahlung | sepa[- ]lastschrift
    | lastschrift | basislastschrift | folgelastschrift | dauerauftrag
    | (?:paiement|achat|facture)(?:[ ]par)?[ ](?:carte|cb) | cb | prlv(?:[ ]sepa)? | prelevement(?:[ ]sepa)?
    | (?:compra|pago)[ ](?:con[ ])?(?:tarjeta|tarj\.?)(?:[ ]\d{4})? | compra(?:[ ]en)? | adeudo(?:[ ]recibo)? | recibo
    )(?=[ :*/.,-]|$)[ :*/.,-]*""",
    re.VERBOSE | re.IGNORECASE,
)
# Payment services, which write `SERVICE *VENDOR`.
_SERVICES = re.compile(
    r"^(?:sq|sqc|paypal|pp|tst|sp|ipay|sumup|zettle|iz|fs|dri|eb|paddle\.net|2co\.com)[ ]?\*[ ]*",
    re.IGNORECASE,
)
_NOISE = (
    re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?!\w)"),
    re.compile(r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d)"),
    re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b"),
    re.compile(
        r"\b(?:card|carte|karte|tarjeta|kartennr\.?|card no\.?)[ :]*(?:ending(?: in)? )?[xX*#.]*\d{4}\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?:[xX*•#]{2,}[- ]?)+\d{2,4}\b"),  # XXXX1234, ****1234
    re.compile(r"\b\d(?:[ -]?\d){11,18}\b"),  # a card number
    re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b"),  # an IBAN
    re.compile(
        r"\b(?:ref|reference|mref|eref|kref|svwz|mandat|mandate|trace|id|auth|txn?|invoice|inv|rg|re)"
        r"(?:[ ]?(?:no|nr)\.?)?[ ]?[:#+.]+[ ]?\S*\d\S*",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=[*])(?=\S*\d)\S+"),  # GOOGLE *ADS1234567890
    re.compile(r"(?<!\S)[*](?!\S)"),
    re.compile(r"#\s?\d+\b"),
    re.compile(r"(?<![\w-])\d{5,}(?![\w-])"),  # a reference number
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
    if sum(character.isalpha() for character in name) < 2:
        name = uncut
    return name[:_LONGEST].strip() or None


def _trimmed(text: str) -> str:
    name = _SERVICES.sub("", _BOILERPLATE.sub("", text))
    name = _PLACE.sub("", name)
    for noise in _NOISE:
        name = noise.sub(" ", name)
    return " ".join(_ENDS.sub("", " ".join(name.split())).split())
