"""Lines of a statement that are no movement: pending, refused, reserved; opening and closing balances, totals.

Banks write them into any column, in their own language. The words stand as `headers.plain` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from execops.sources.bank.headers import plain

# A cell of one of these words alone says that the money has not moved, or never will.
_NOT_BOOKED = frozenset(
    plain(word)
    for word in """pending|processing|in process|in progress|authorized|authorised|authorization|authorisation|authorization hold
    hold|on hold|held|reserved|reservation|scheduled|upcoming|unposted|not posted|unsettled|uncleared|initiated|created|draft|queued
    declined|refused|rejected|failed|failure|cancelled|canceled|reverted|voided|void|expired|blocked|insufficient funds|bounced|denied
    awaiting|awaiting approval|requires approval|memo|deleted|removed|in transit
    vorgemerkt|vorgemerkte umsätze|umsatz vorgemerkt|umsatz vorgemerkt und nicht gebucht|offen|ausstehend|reserviert|abgelehnt|abgebrochen|in bearbeitung|nicht gebucht|noch nicht gebucht
    en attente|en cours|annulé|annulée|refusé|refusée|rejeté|rejetée|à venir|non comptabilisé|en cours de traitement
    pendiente|retenido|retenida|rechazado|rechazada|cancelado|cancelada|anulado|anulada|en proceso|en trámite|denegado
    in sospeso|in attesa|annullato|annullata|rifiutato|rifiutata|da contabilizzare|non contabilizzato|autorizzato|in corso
    in behandeling|gereserveerd|geweigerd|geannuleerd|openstaand|afgewezen|nog niet verwerkt
    väntar|väntande|reserverat|reserverad|reserverade|preliminär|preliminärt|avvisad|makulerad|reservert|venter|avvist|under behandling
    afventer|afvist|annulleret|slettet|reserveret|reserveres|rezervace|blokace|varaus|odottaa|hylätty
    oczekująca|oczekuje|w realizacji|odrzucona|anulowana|blokada|zablokowana|nierozliczona
    pendente|agendado|agendada|recusado|recusada|estornado|em processamento|bloqueado|čekající|zamítnuto""".replace(
        "\n", "|"
    ).split("|")
)
# A line whose text begins so is not booked either: "PENDING - AMAZON".
_BEGINS_PENDING = re.compile(
    r"^\W*(?:pending|vorgemerkt|en attente|pendiente|in sospeso|reserved?|authori[sz]ation hold)\s*[-:–*(]",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:the )?(?:opening|beginning|starting|start|initial|previous|last|prior) (?:ledger |account |statement |book )?balance"
    r"|balance (?:brought )?(?:b f|forward|carried|bf|brought forward|at start|as of start)|brought forward|balance b f"
    r"|(?:letzter|alter|anfangs?|eroffnungs?|anfangssaldo|vortrag) ?(?:kontostand|saldo|bestand)?|saldovortrag|anfangssaldo"
    r"|(?:ancien|solde (?:initial|precedent|anterieur|d ouverture|au debut)) ?(?:solde)?|report"
    r"|saldo (?:inicial|anterior|iniziale|precedente|previo|poczatkowe|de apertura)|begin ?saldo|vorig saldo|oud saldo"
    r"|pocatecni (?:zustatek|stav)|nyito egyenleg|saldo inicial|ingaende saldo|inngaende saldo|primosaldo|alkusaldo)(?: .*)?$"
)
_CLOSING = re.compile(
    r"^(?:(?:the )?(?:closing|ending|end|final|current|new) (?:ledger |account |statement |book )?balance|carried forward|balance c f"
    r"|balance carried forward|(?:neuer|end|schluss|aktueller) ?(?:kontostand|saldo|bestand)|kontostand|endsaldo|schlusssaldo|saldo(?: per| am| zum)?"
    r"|(?:nouveau|solde (?:final|actuel|de cloture|en fin|au|comptable)) ?(?:solde)?|saldo (?:final|finale|actual|attuale|koncowe|disponible|contabile)"
    r"|(?:konecny )?(?:zustatek|stav uctu)|zaro egyenleg|saldo (?:contabilistico|atual)|eind ?saldo|nieuw saldo|huidig saldo|laatste saldo|ledger balance|utgaende saldo|slutsaldo|loppusaldo)(?: .*)?$"
    r"|^(?:account )?(?:balance|saldo|solde|kontostand)(?: (?:as of|on|at|am|vom|per|zum|al|au|a|op|til)( .*)?| (?:in )?(?:[a-z]{3}|euros?))?$"
    r"|^現在残高$"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")  # `closingBalance`
_TOLD = re.compile(
    r"(?P<label>[^\W\d][^\d:]*?)[: ]+(?P<amount>[-+−]?(?:[$€£] ?)?\d[\d.,' \u00a0\u202f]*[.,]\d{2}(?!\d)(?: ?[A-Z]{3}\b| ?[$€£])?)"
)
_DAY = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")
_SUMS = re.compile(
    r"^(?:(?:grand |sub ?)?totals?|sum|summe|gesamt|zwischensumme|turnovers?|umsatze? (?:soll|haben)|total(?: de)? (?:des |los )?\w*"
    r"|totaal|totale|suma|sommes?|total (?:credits?|debits?|deposits?|withdrawals?|fees?|in|out)|obroty|umsatzsumme|debits|credits"
    r"|number of .*|anzahl .*|nombre .*|count)(?: .*)?$"
)


def why_not_booked(cells: Iterable[str]) -> str | None:
    """The word by which a line says that its money has not moved; None where it says no such thing."""
    for cell in cells:
        word = plain(cell)
        if word in _NOT_BOOKED or _BEGINS_PENDING.match(cell):
            return cell.strip().casefold()[:40]
    return None


def balances_in(cell: str) -> Iterator[tuple[str, str]]:
    """The balances that one cell tells in words: `Saldo iniziale: 6.133,27 Saldo finale: 9.278,29`, each with its kind."""
    for match in _TOLD.finditer(_DAY.sub(" ", cell)):
        kind = summary([match["label"]])
        if kind in {"opening", "closing"}:
            yield kind, match["amount"].strip()


def summary(texts: Sequence[str]) -> str | None:
    """`opening`, `closing` or `total` for a line that tells a balance or a sum; None for any other line."""
    for text in texts:
        words = plain(_CAMEL.sub(" ", text))
        if not words:
            continue
        if _OPENING.match(words):
            return "opening"
        if _CLOSING.match(words):
            return "closing"
        return "total" if _SUMS.match(words) else None
    return None
