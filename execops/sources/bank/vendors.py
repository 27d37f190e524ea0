"""The vendor of a line of a statement: the same name every month, whatever the bank writes around it.

The rules are careful rather than thorough. A person notices one vendor under two names, but not two vendors under
one name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from execops.sources.bank.purposes import to_words
from execops.sources.bank.references import without_references
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
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR"
    " PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).replace(" ", "|")
# `0123 SEATTLE WA`, `AWS.AMAZON.CO WA`, `800-555-0100 CA`: a shop's number, site or phone, then its place.
_PLACE = re.compile(
    rf"[ ](?:\d{{3,5}}|(?i:\S+\.(?:com?|net|org|io)(?:/\S*)?)|\+?1?[- ]?\(?\d{{3}}\)?[-. ]?\d{{3}}[-. ]?\d{{4}})"
    rf"(?:[ ][A-Za-z.'-]+){{0,3}}[ ](?:{_STATES})(?:[ ](?:US|USA))?$"
)
_LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gbr",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
        "kk",
        "kgaa",
        "lda",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "nv",
        "oy",
        "oyj",
        "pbc",
        "plc",
        "pte",
        "pty",
        "sa",
        "sarl",
        "sas",
        "se",
        "sl",
        "spa",
        "srl",
        "ug",
    ]
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
    if sum(map(str.isalnum, name)) < 2 or not any(map(str.isalpha, name)):  # `3M` is a name, `R` is none
        name = uncut
    if _LEGAL_FORMS.issuperset(to_words(name.replace(".", "")).split()):
        name = uncut
    return name[:_LONGEST].strip() or None


def name_words(name: str) -> list[str]:
    """The words of a name in small letters, without accents, legal forms and numbers."""
    words = to_words(name.replace(".", "").replace("*", " ")).split()
    return [word for word in words if word not in _LEGAL_FORMS and not any(map(str.isdigit, word))]


def _trimmed(text: str) -> str:
    name = _SERVICES.sub("", _BOILERPLATE.sub("", text))
    name = _PLACE.sub("", name)
    name = without_references(" ".join(name.split()))
    return " ".join(_ENDS.sub("", " ".join(name.split())).split())
