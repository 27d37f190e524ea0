"""The other party in a text that names its parts, as Dutch banks write it: `IBAN: … BIC: … Naam: De Vries BV Omschrijving: …`."""

from __future__ import annotations

import re

_LABELS = r"(?:IBAN|BIC|Omschrijving|Kenmerk|Betalingskenm(?:erk)?\.?|Machtiging|Mandaat(?:nr)?|Incassant(?: ID)?|Voor|Datum/Tijd|Valutadatum|Description|Reference)"
_PARTY = re.compile(
    rf"(?:^|\s)(?:Naam|Name) ?: ?(?P<name>\S.*?)(?:\s{{2,}}.*|\s+{_LABELS} ?:.*|\s*)$", re.DOTALL
)
_BESIDE = re.compile(rf"(?:^|\s){_LABELS} ?:")
# A card whose number is hidden, and the code of a bank in New Zealand behind it: `4835-****-****-4410  If`.
_CARD_ALONE = re.compile(r"\d{4}[- ]?[*xX]{4}[- ]?[*xX]{4}[- ]?\d{4}(?:\s+[A-Z][a-z])?")
# The account, the bank and the name in one cell, as Baltic banks write them: `EE18… | HABAEE2X | Saare Puit`.
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}")


# A line of its own with the party, as Brazilian banks print it: `DES: RAFAELA NOGUEIRA 30/03`.
_ALONE = re.compile(
    r"(?:des|dest|destinatario|rem|remet|remetente|fav|favorecido|benef|beneficiario|pagador)[.:] ?(?P<name>[^\W\d_].*?)(?: \d\d/\d\d(?:/\d{2,4})?)?$",
    re.IGNORECASE,
)
# A card's payment with its place, as PKO writes it: `Lokalizacja: Kraj: CZECHY Miasto: PRAGUE Adres: JETBRAINS`.
_PLACE = re.compile(r"(?:Lokalizacja|Location): .*\b(?:Adres|Address): ?(?P<name>\S.*)$", re.IGNORECASE)


def party_alone(text: str) -> str:
    """The party in a text that has nothing but its label and a day; empty in any other text."""
    party = _ALONE.match(text.strip()) or _PLACE.match(text.strip())
    return party["name"].strip(" ,;") if party is not None else ""


def party_in(text: str) -> str:
    """The name behind its label, where another part of the text has a label too; empty in any other text."""
    party = _PARTY.search(text)
    return party["name"].strip(" ,;") if party is not None and _BESIDE.search(text) else ""


def name_in(party: str) -> str:
    """The name in the cell of a party that tells the account, and perhaps the bank, before it; none in one of a card alone."""
    if _CARD_ALONE.fullmatch(party.strip()):
        return ""
    account, *rest = (part.strip() for part in party.split("|"))
    return rest[-1] if rest and _ACCOUNT.fullmatch(account) else party
