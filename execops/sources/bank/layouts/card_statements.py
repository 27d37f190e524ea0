"""The statement of a card, by its words: charges stand there without a minus, and its balance is what the holder owes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.sources.bank.bank_entries import Entry
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.parties.brands import brand

# The words of a card's statement for money that its holder pays to it.
PAID_OFF = re.compile(
    r"\b(?:auto ?pay|payment (?:received|thank)|thank you|online payment|(?:mobile|internet|online) pymt|pymt|card payment"
    r"|direct ?pay(?:ment)?|(?:automatic|electronic|preauthori[sz]ed|autom\.?) payment|saldo vormonat|einzug vom konto|betalning mottagen|betaling mottat|betaling modtaget|pago recibido|su pago|pagamento (?:recebido|ricevuto)|betaling ontvangen"
    r"|direct ?debit payment|lastschrift(?:einzug)?|zahlung erhalten|einzahlung|prelevement|paiement recu)\b",
    re.IGNORECASE,
)
# Only a card's statement says so.
THANKED = re.compile(
    r"\b(?:payment|pymt)\b.{0,12}\bthank you\b|\bauto ?pay (?:payment|pymt|pmt)\b|\binternet payment\b",
    re.IGNORECASE,
)
# A checking account says none of these of money that leaves.
_CARD_ALONE = re.compile(
    r"^\W*(?:(?:direct|debit|auto|autopay|automatic|preauthori[sz]ed|pre|authori[sz]ed|online|internet|mobile|web|phone|electronic|bill|card|your|branch|bank|ach|e|scheduled|recurring|faster|bacs|dd|last|minimum|full|statement|balance|\d+)[ -]+){0,4}(?:payment|pymt)\b.{0,14}\bthank you\b"
    r"|^\W*thank you for your payment|^\W*(?:(?:direct|debit|auto|autopay|automatic|online|internet|mobile|web|electronic|card|your|bank|faster|last) ){0,2}payment received\b"
    r"|\bpaiement(?: caisse| internet| accesd)?\W{1,4}merci\b|\bmerci (?:de|pour) votre paiement\b|\benregistr[ée]e?\W{1,3}merci\b|\bpaiement re[çc]u\b"
    r"|\bpago\W{1,4}(?:muchas )?gracias\b|\bgracias por su pago\b|\bpago recibido\b|\bpagamento\W{1,4}(?:grazie|obrigad[oa])\b|\bpagamento (?:ricevuto|recebido)\b"
    r"|\b(?:zahlung|überweisung|lastschrift)\b.{0,14}\b(?:erhalten|(?:vielen|besten) dank)\b|\bvielen dank für ihre zahlung\b"
    r"|\bdank voor uw betaling\b|\bbetaling (?:ontvangen|mottatt|modtaget)\b|\bbetalning mottagen\b|\btack för (?:din|er) betalning\b",
    re.IGNORECASE,
)
_CHARGE_LABELS = frozenset({"purchase", "purchases", "card purchase", "kauf", "achat", "compra", "acquisto", "aankoop", "köp"})  # fmt: skip
_PAYMENT_LABELS = frozenset({"payment", "payments", "card payment received", "repayment"})
_BACK = re.compile(
    r"\b(?:refund|return(?:ed)?|credit|reversal|cash ?back|gutschrift|remboursement|reembolso|avoir|erstattung|retoure|terugbetaling|rimborso|storno|devoluci[oó]n|abono)\b",
    re.IGNORECASE,
)
_SERVICES = frozenset({"Stripe", "PayPal", "Wise", "Payoneer"})  # they pay out to a company
_PAID_OUT = re.compile(
    r"\b(?:stripe (?:payout|transfer|payments|technology)|payouts?)\b|^stripe\b", re.IGNORECASE
)
_LEAST_SUPPLIERS = 3
_CARD_COLUMNS = frozenset(
    [
        "card", "card no", "card number", "card last 4", "card last four", "card member", "cardholder", "cardholder name",
        "card holder", "card holder full name", "mcc", "merchant category code", "card name", "last 4", "kartennummer",
        "karte", "karteninhaber", "numero de carte", "carte", "tarjeta", "kreditkarte", "kaartnummer", "kortnummer", "numero carta",
    ]
)  # fmt: skip


def all_words(entry: Entry) -> str:
    """The words of a movement."""
    return " ".join([entry.payee, entry.text, *entry.labels])


def thanks(entries: Sequence[Entry]) -> bool:
    """Whether money leaves by this reading with the words by which a card thanks its holder for a payment."""
    leaving, coming = _sides(entries)
    return any(_thanks_holder(entry) for entry in leaving) and not any(
        _thanks_holder(entry) for entry in coming
    )


def is_reversed(entries: Sequence[Entry], *, has_card: bool) -> bool:
    """Whether this reading of a card's statement takes charges for money that comes in.

    `has_card` says that the columns are those of a card.
    """
    leaving, coming = _sides(entries)
    if thanks(entries):
        return True
    if any(_thanks_holder(entry) for entry in coming):
        return False
    if _are_charges(coming) and not _are_charges(leaving):
        return True
    if _suppliers(coming) >= _LEAST_SUPPLIERS and not _suppliers(leaving, besides=coming):
        return len(coming) > len(leaving)
    return has_card and pays_card_alone(entries) and not any(PAID_OFF.search(all_words(e)) for e in coming)


def is_paid_off(entry: Entry, *, is_card: bool) -> bool:
    """Whether the holder of a card pays it by this movement, as its words say."""
    words = PAID_OFF if is_card else THANKED
    labels = {label.casefold() for label in entry.labels}
    return entry.amount.minor > 0 and (
        bool(words.search(f"{entry.payee} {entry.text}"))
        or _thanks_holder(entry)
        or (is_card and not labels.isdisjoint(_PAYMENT_LABELS))
    )


def is_paid_out(entry: Entry) -> bool:
    """Whether a payment service pays out to the company by this reading: no card says so."""
    return entry.amount.minor > 0 and says_payout(entry)


def says_payout(entry: Entry) -> bool:
    """Whether the words of a movement are those of a payout of a payment service, whichever way the money went."""
    return any(_PAID_OUT.search(text) for text in (all_words(entry), entry.payee, entry.text))


def _are_charges(entries: Sequence[Entry]) -> bool:
    """Whether the bank calls some of these movements purchases."""
    return any(label.casefold() in _CHARGE_LABELS for entry in entries for label in entry.labels)


def pays_card_alone(entries: Sequence[Entry]) -> bool:
    """Whether by this reading all that leaves pays the card, or takes a charge back."""
    leaving, coming = _sides(entries)
    charged = {_party(entry) for entry in coming}
    return any(PAID_OFF.search(all_words(entry)) for entry in leaving) and all(
        PAID_OFF.search(all_words(entry)) or _BACK.search(all_words(entry)) or _party(entry) in charged
        for entry in leaving
    )


def _sides(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    return [entry for entry in entries if entry.amount.minor < 0], [
        entry for entry in entries if entry.amount.minor > 0
    ]


def _party(entry: Entry) -> str:
    return (entry.payee or entry.text).casefold()


def _thanks_holder(entry: Entry) -> bool:
    return any(_CARD_ALONE.search(text) for text in (entry.payee, entry.text))


def suppliers_pay(entries: Sequence[Entry]) -> bool:
    """Whether by this reading well-known suppliers pay, and none of them is paid."""
    leaving, coming = _sides(entries)
    return _suppliers(coming) > 0 and not _suppliers(leaving)


def _suppliers(entries: Sequence[Entry], besides: Sequence[Entry] = ()) -> int:
    """How many well-known suppliers these movements name, without those that stand among others too."""
    return len(_brands(entries) - _brands(besides))


def _brands(entries: Sequence[Entry]) -> set[str]:
    named = (brand(entry.payee or entry.text) for entry in entries if not _BACK.search(all_words(entry)))
    return {name for name in named if name is not None} - _SERVICES


def is_of_card(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the columns are those of a card: they name its holder, its number, or the code of its merchants.

    A column of amounts that were paid by card is none.
    """
    words = {
        headers.plain(name)
        for at, name in enumerate(header)
        if not all(
            "." in cell and looks_like_amount(cell) for cell in (cell_at(row, at) for row in below) if cell
        )
        or not below
    }
    of_bofa = {"posted date", "reference number", "payee", "address"}
    return of_bofa <= words or not _CARD_COLUMNS.isdisjoint(words)
