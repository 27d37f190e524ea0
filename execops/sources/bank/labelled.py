"""The party in a text of labelled parts, as many banks write it: `Ord: STRIPE Ben: Lambda Studio Cau: invoice 12`."""

from __future__ import annotations

import re

# Labels before a name. If a text names both sides, money came in, and who paid is the other party.
_PAYERS = r"""ord(?:inante)?|ordenante|absender|auftraggeber|zahlungspflichtiger|nazwa(?:[ ]i[ ]adres)?[ ]nadawcy|nadawca|naam[ ]opdrachtgever
    |donneur[ ]d.?ordre|debiteur|remetente|pagador|remitter|sender|payer|avs(?:ä|a)ndare|avsender|afsender|maksaja|from|von"""
_PAYEES = r"""ben(?:ef|eficiario|(?:é|e)ficiaire|eficiary)?|empf(?:ä|ae|a)nger|zahlungsempf(?:ä|ae|a)nger|beg(?:ü|ue|u)nstigter|nazwa(?:[ ]i[ ]adres)?[ ]odbiorcy|odbiorca
    |naam(?:[ ](?:tegenpartij|begunstigde|ontvanger))?|crediteur|cr(?:é|e)ancier|favorecido|a[ ]favor[ ]de|destinatario|payee|creditor|merchant|mottagare
    |mottaker|modtager|saaja|nome|to|an|gegenpartei"""
# Labels before anything else: they end a name.
_OTHERS = r"""cau(?:sale)?|info-?cli|mitteilung(?:en)?|referenz(?:en)?|tytu(?:ł|l)|rachunek[ ](?:odbiorcy|nadawcy)|kwota(?:[ ]\w+)?|data(?:[ ]\w+)?|datum|verwendungszweck
    |iban|bic|ref(?:\.|erence|erentie)?|betreff|zweck|zahlungsgrund|zahlungsreferenz|omschrijving|kenmerk|mededeling(?:en)?|motif|concepto|descripci(?:ó|o)n|kraj|miasto|adres|lokalizacja|id
    |end-?to-?end(?:-id)?|e2e|mandat(?:o|e|sref(?:erenz)?)?|gl(?:ä|ae)ubiger-?id|valuta(?:datum)?|karten(?:[ -]?nr\.?)?|betrag|kurs|numer[ ]\w+|terminal|pas|note|message|viesti
    |ins|lokalizacja[ ]adres|data[ ]i[ ]czas[ ]operacji|buchungstext|besked|meddelande|melding|meldung|info|purpose|details?"""
_LABEL = re.compile(
    rf"(?<![^\s/(,;|])(?:(?P<payer>{_PAYERS})|(?P<payee>{_PAYEES})|(?:{_OTHERS}))[ ]?:\s*",
    re.IGNORECASE | re.VERBOSE,
)


def labelled(text: str) -> str | None:
    """The name that a label announces; "" where labels announce other things alone, None for a text without labels."""
    labels = list(_LABEL.finditer(text))
    if not labels or (
        labels[0].start() > 0 and not any(label["payer"] or label["payee"] for label in labels)
    ):
        return None
    ends = [*(label.start() for label in labels[1:]), len(text)]
    parts = [(label, text[label.end() : end].strip(" ,;|/")) for label, end in zip(labels, ends, strict=True)]
    for side in ("payer", "payee"):
        for label, name in parts:
            if label[side] and sum(map(str.isalpha, name)) > 1:
                return name
    return ""
