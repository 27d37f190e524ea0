"""The accounts in a company's own books: which is that of a bank, and which are other places for the company's own money.

Programs for accounting call them by names (`Assets:Current Assets:Checking Account`) or by the numbers of a country's chart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.sources.bank.cells.headers import plain

_BANK = re.compile(
    r"\b(?:checking|chequing|cheque account|current account|operating account|business account|bank(?:konto|guthaben|rekening|account|tegodhavande|innskudd|skonto|saldo)?|banks|giro\w*|kontokorrent|geschaftskonto|postfinance|postbank|sparkasse|volksbank"
    r"|banques?|compte (?:courant|bancaire)|bancos?|cuenta corriente|conta corrente|conto corrente|banche?|banca|rekening courant|zichtrekening|foretagskonto|checkkonto|driftskonto|plusgiro|pankki\w*|rachunek biezacy|bezny ucet)\b"
)
_SAVINGS = re.compile(
    r"\b(?:saving\w*|saver|money market|reserve|deposit account|term deposits?|treasury|tagesgeld\w*|festgeld\w*|spar\w*konto\w*|\w*sparkonto|livret\w*|epargne|ahorros?|risparmio|poupanca|\w*spaarrekening|opsparing\w*|placeringskonto|lokata|oszczednosc\w*)\b"
)
_CARD = re.compile(
    r"\b(?:credit card|kreditkarte\w*|carte (?:de credit|bancaire)|tarjeta de credito|carta di credito|creditcard|kreditkort\w*|amex|american express|visa|mastercard)\b"
)
_TRANSIT = re.compile(
    r"\b(?:geldtransit|virements? internes?|transit|kruisposten|transfers? (?:clearing|in transit)|interimskonto bank|durchgangskonto|transferencias internas|giroconti)\b"
)
_ON_HAND = re.compile(r"\b(?:petty cash|cash on hand|cash in hand|kasse|kas|caisse|caja|cassa)\b")
# Banks and services by whose names companies call their accounts: `RBC US Business (USD)`, `Wise EUR`.
_NAMES = re.compile(
    r"\b(?:rbc|td|bmo|scotia\w*|cibc|desjardins|hsbc|barclays|lloyds|natwest|rbs|santander|starling|monzo|tide|metro bank|aib|boi|revolut|wise|payoneer|airwallex|paypal|mercury|brex|relay|novo|bluevine|chase|citi\w*|wells fargo|bofa|capital one|pnc|truist|svb"
    r"|n26|qonto|ing|abn(?: amro)?|rabo\w*|bunq|knab|triodos|kbc|belfius|bnp|lcl|bbva|caixa\w*|sabadell|bankinter|intesa|unicredit|nordea|seb|swedbank|handelsbanken|danske|dnb|lunar|jyske|anz|westpac|nab|commbank|cba|asb|bnz|kiwibank"
    r"|hdfc|icici|axis|kotak|sbi|dbs|ocbc|uob|pko|mbank|pekao|erste|raiffeisen|deutsche|commerzbank|dkb|ubs|zkb|fnb|absa|nedbank|standard bank)\b"
)
# Accounts of the bank's charges, of loans and of customers have words of a bank too.
_OTHER = re.compile(
    r"\b(?:expenses?|income|equity|mortgages?|revenues?|charges?|fees?|interest|loans?|receivables?|payables?|clearing|undeposited|gebuhren|nebenkosten|spesen|zinsen|darlehen|kosten|aufwand|frais|services bancaires|interets|emprunts?|comision\w*|gastos|intereses|prestamos?|commissioni|oneri|interessi|mutui|mutuo|lening\w*|rente|avgift\w*|gebyr\w*|lan|opening)\b"
)
# The numbers of banks in the charts of France, Spain, Belgium, Switzerland, Austria, Germany (03 and 04), Sweden and Norway.
_NUMBER = re.compile(r"(?:512|572|550|102|280|12[0-9]0|18[0-9]0|193|194|192)\d*")
_TRANSIT_NUMBER = re.compile(r"(?:1360|1460|58\d|1090|1099)0*")
_DIGITS = re.compile(r"\d{3,}")


def is_of_bank(names: Sequence[str]) -> bool:
    """Whether an account is called that of a bank, and neither savings nor a card."""
    words = _words(names)
    return bool(_BANK.search(words)) and not any(kind.search(words) for kind in (_OTHER, _SAVINGS, _CARD))


def has_number_of_bank(name: str) -> bool:
    """Whether an account has a number that some chart gives to banks."""
    return _NUMBER.fullmatch(name.strip()) is not None


def is_of_holder(names: Sequence[str], main: Sequence[str]) -> bool:
    """Whether an account holds the company's own money too, or what it owes to its card, beside the `main` account."""
    words = _words(names)
    if _TRANSIT.search(words) or _CARD.search(words) or _ON_HAND.search(words):
        return not _OTHER.search(words)
    is_called_so = _SAVINGS.search(words) or _BANK.search(words) or _NAMES.search(words)
    if is_called_so and not _OTHER.search(words):
        return True
    numbers, of_main = (_DIGITS.findall(" ".join(of)) for of in (names, main))
    if not numbers or not of_main:
        return False
    if len(numbers[0]) != len(of_main[0]) or not has_number_of_bank(of_main[0]):
        return False
    return numbers[0][:3] == of_main[0][:3] or _TRANSIT_NUMBER.fullmatch(numbers[0]) is not None


def _words(names: Sequence[str]) -> str:
    return " ".join(plain(name) for name in names)
