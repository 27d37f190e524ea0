"""The names of a statement's columns in English, German, French and Spanish exports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

# The names of each role's column, the best first, as `plain` writes them.
NAMES: dict[str, tuple[str, ...]] = {
    "date": (
        *("date", "booking date", "bookingdate", "posting date", "posted date", "post date", "date posted"),
        *(
            "transaction date",
            "completed date",
            "date completed",
            "completed date utc",
            "date utc",
            "trans date",
        ),
        *(
            "buchungstag",
            "buchungsdatum",
            "buchung",
            "datum",
            "umsatzdatum",
            "valutadatum",
            "valuta",
            "wertstellung",
        ),
        *(
            "date operation",
            "date de l operation",
            "date d operation",
            "date comptable",
            "date de comptabilisation",
        ),
        *("date de valeur", "date valeur", "dateop", "fecha", "fecha operacion", "fecha de operacion"),
        *(
            "fecha de la operacion",
            "fecha contable",
            "f operacion",
            "f contable",
            "fecha valor",
            "value date",
        ),
        *("effective date", "started date", "created", "time", "timestamp"),
    ),
    "amount": (
        *("amount", "transaction amount", "net amount", "value", "amount in account currency"),
        *("betrag", "umsatz", "umsatzbetrag", "buchungsbetrag", "betrag in"),
        *(
            "montant",
            "montant operation",
            "montant de l operation",
            "importe",
            "importe operacion",
            "cantidad",
            "monto",
        ),
    ),
    "debit": (
        *("debit", "debits", "debit amount", "withdrawal", "withdrawals", "withdrawal amount", "paid out"),
        *("money out", "outgoing", "out", "soll", "belastung", "ausgang", "ausgabe", "ausgaben"),
        *("montant debit", "debit euros", "cargo", "cargos", "debe", "adeudo", "retiro", "retiros"),
    ),
    "credit": (
        *(
            "credit",
            "credits",
            "credit amount",
            "deposit",
            "deposits",
            "deposit amount",
            "paid in",
            "money in",
        ),
        *("incoming", "in", "haben", "gutschrift", "eingang", "einnahme", "einnahmen", "montant credit"),
        *("credit euros", "abono", "abonos", "haber", "ingreso", "ingresos", "deposito", "depositos"),
    ),
    "sign": (
        *("debit credit", "credit debit", "dr cr", "cr dr", "credit debit indicator", "debit or credit"),
        *("soll haben", "s h", "soll haben kennzeichen", "sens", "debe haber"),
    ),
    "description": (
        *("description", "transaction description", "narrative", "memo", "details", "transaction details"),
        *("particulars", "reference", "payment reference", "remittance information", "text"),
        *(
            "verwendungszweck",
            "buchungstext",
            "buchungsdetails",
            "beschreibung",
            "zahlungsreferenz",
            "zahlungszweck",
        ),
        *(
            "libelle",
            "libelle operation",
            "libelle de l operation",
            "libelle simplifie",
            "nature de l operation",
        ),
        *(
            "libelle complet",
            "detail de l ecriture",
            "concepto",
            "descripcion",
            "detalle",
            "movimiento",
            "observaciones",
        ),
    ),
    "payee": (
        *(
            "payee",
            "merchant",
            "merchant name",
            "counterparty",
            "counterparty name",
            "name",
            "beneficiary",
            "vendor",
        ),
        *("beguenstigter zahlungspflichtiger", "auftraggeber empfanger", "empfanger", "zahlungsempfanger"),
        *("zahlungsempfanger in", "name zahlungsbeteiligter", "auftraggeber beguenstigter", "gegenpartei"),
        *(
            "beguenstigter auftraggeber",
            "partner name",
            "zahlungsbeteiligter",
            "partnername",
            "tiers",
            "beneficiaire",
        ),
        *("nom du beneficiaire", "beneficiario", "comercio", "target name"),
    ),
    "balance": (
        *(
            "balance",
            "running balance",
            "account balance",
            "balance after",
            "closing balance",
            "ledger balance",
        ),
        *("saldo", "kontostand", "saldo nach buchung", "solde", "solde apres operation", "saldo disponible"),
    ),
    "currency": (
        *(
            "currency",
            "account currency",
            "currency code",
            "wahrung",
            "waehrung",
            "kontowahrung",
            "devise",
            "monnaie",
        ),
        *("divisa", "moneda"),
    ),
    "category": ("category", "kategorie", "categorie", "categoria", "rubrique"),
    "type": ("type", "transaction type", "typ", "umsatztyp", "buchungsart", "transaktionstyp", "tipo"),
    "status": ("status", "state", "transaction status", "etat", "estado"),
}
_CODE = re.compile(r"[\s(\[]([A-Z]{3})[)\]]?\s*$")
_UNIT = re.compile(r"[\s(\[](?:in )?(?:[A-Z]{3}|[$€£¥₹]|euros?)[)\]]?\s*$", re.IGNORECASE)


def plain(name: str) -> str:
    """A column's name in small letters, without accents and signs."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def guess(header: Sequence[str]) -> dict[str, int]:
    """The index of each role's column, for the roles whose names stand in the header."""
    names: dict[str, int] = {}
    for at, name in enumerate(header):
        names.setdefault(plain(name), at)
    for at, name in enumerate(header):  # `Betrag (EUR)` is also called `betrag`
        names.setdefault(plain(_UNIT.sub("", name)), at)
    columns: dict[str, int] = {}
    for role, role_names in NAMES.items():
        column = next(
            (names[name] for name in role_names if name in names and names[name] not in columns.values()),
            None,
        )
        if column is not None:
            columns[role] = column
    if "amount" in columns:
        columns.pop("debit", None)
        columns.pop("credit", None)
    else:
        columns.pop("sign", None)
    return columns


def find(header: Sequence[str], wanted: str) -> int | None:
    """The index of the column that a person named, by its name or by its number from 1; None without one."""
    for simplify in (str.strip, plain):
        matches = [at for at, name in enumerate(header) if simplify(name) == simplify(wanted)]
        if matches:
            return matches[0]
    return (
        int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(header) else None
    )


def currency_of(header: Sequence[str], columns: Mapping[str, int]) -> str | None:
    """The currency at the end of the name of a column of money, such as `Betrag (EUR)`."""
    for role in ("amount", "debit", "credit", "balance"):
        code = _CODE.search(" " + header[columns[role]].strip()) if role in columns else None
        if code and plain(header[columns[role]]) != code[1].casefold():
            return code[1]
    return None
