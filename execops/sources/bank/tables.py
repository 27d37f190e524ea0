"""The movements of a statement's table: each line below the header becomes a movement, a problem or a line left out.

The balances prove the sign and the fees: see `chain`. Without balances, only the columns and the words decide; what they
leave open is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from execops.money import Money
from execops.sources.bank import headers
from execops.sources.bank.amounts import UnreadableError, looks_like_amount, negative, read_amount
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.chain import Chain, chains
from execops.sources.bank.columns import IN, OUT
from execops.sources.bank.currencies import code_in, is_code, of_sign
from execops.sources.bank.dates import read_date
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layout import Layout, records
from execops.sources.bank.unbooked import summary, why_not_booked

# Cells of these roles hold strangers' words: "Memo" or "Pending" there may be a name.
_WORDS = frozenset({"payee", "payer", "merchant", "description", "category"})
# What a card's statement calls the money that its holder pays to it, or gets back.
_PAID_OFF = re.compile(
    r"\b(?:auto ?pay|payment (?:received|thank)|thank you|online payment|(?:mobile|internet|online) pymt|pymt|card payment"
    r"|direct ?debit payment|lastschrift(?:einzug)?|zahlung erhalten|einzahlung|prelevement|paiement recu)\b",
    re.IGNORECASE,
)
_BY_CARD = re.compile(r"(?:card|karte|carte|tarjeta|carta)(?:[ _]|n?zahlung|$)", re.IGNORECASE)
# Only a card's statement says so.
_THANKED = re.compile(
    r"\b(?:payment|pymt)\b.{0,12}\bthank you\b|\bauto ?pay (?:payment|pymt|pmt)\b|\binternet payment\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:refund|return(?:ed)?|credit|reversal|cash ?back|gutschrift|remboursement|reembolso)\b",
    re.IGNORECASE,
)
# Words of money that comes in.
_COMES_IN = re.compile(
    r"\b(?:stripe|payouts?|deposit|received|(?:payment|transfer|money|wire|virement|transferencia) (?:in|from|de)|gutschrift|eingang|zahlungseingang"
    r"|credit(?! card)|refund|interest|zinsen|verg[üu]tung|abono|ingreso|accredito|bijschrijving|insättning|innskudd)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with a movement: as it stands, and the fee that stands beside it."""

    entry: Entry
    fee: Money | None


def read_table(lines: Iterable[str], layout: Layout, *, currency: str, zone: ZoneInfo) -> Contents:
    """The movements of a table; one that names no currency has `currency`. Raises DoubtError."""
    read: list[_Line | Problem | LeftOut] = []
    answer: _Line | Problem | LeftOut
    opening: Told | None = None
    closing: Told | None = None
    lines = list(lines)
    reader = _Reader(
        layout, currency, zone, {role for role in ("debit", "credit") if _have_minus(role, lines, layout)}
    )
    for number, (line, last, cells) in enumerate(records(lines, layout.delimiter)):
        if number == layout.header_record or (not isinstance(cells, str) and not any(map(str.strip, cells))):
            continue
        if isinstance(cells, str):
            read.append(Problem(line, cells))
            continue
        kind = summary([next(cell for cell in cells if cell.strip()), *reader.texts(cells)])
        try:
            answer = (
                LeftOut(line, "") if number < layout.header_record else reader.line(line, last, cells, kind)
            )
        except UnreadableError as exc:
            lines_read = f"to line {last}: " if last > line else ""
            answer = Problem(line, f"{lines_read}{exc}")
        if isinstance(answer, LeftOut) and (told := reader.told(cells, kind)) is not None:
            opening = opening or told if kind == "opening" else opening
            closing = told if kind == "closing" else closing
        if number > layout.header_record:
            read.append(answer)
    return _proved(read, layout, opening, closing)


class _Reader:
    """Reads the cells of one line."""

    def __init__(self, layout: Layout, currency: str, zone: ZoneInfo, with_minus: set[str]) -> None:
        self._layout = layout
        self._currency = currency
        self._zone = zone
        self._with_minus = with_minus

    def texts(self, cells: Sequence[str]) -> list[str]:
        """The words of a line that may say that it sums others up."""
        cell_of = self._roles(cells)
        return [cell_of[role] for role in ("date", "description", "payee", "type") if cell_of.get(role)]

    def told(self, cells: Sequence[str], kind: str | None) -> Told | None:
        """The balance in a line that tells one: its last amount, and its date, if it has one."""
        if kind not in {"opening", "closing"}:
            return None
        amounts = [
            cell
            for cell in cells
            if any(map(str.isdigit, cell)) and looks_like_amount(cell) and not self._day(cell)
        ]
        for cell in reversed(amounts):
            code = of_sign(cell, self._currency) or self._layout.currency or self._currency
            try:
                amount = read_amount(cell, code, self._layout.decimal, padded=self._layout.padded)
            except UnreadableError:
                continue
            return Told(amount, next(filter(None, map(self._day, cells)), None))
        return None

    def line(self, line: int, last: int, cells: Sequence[str], kind: str | None) -> _Line | LeftOut:
        """The movement of a line, or why it is none. Raises UnreadableError."""
        layout, cell_of = self._layout, self._roles(cells)
        told = [
            cell for at, cell in enumerate(cells) if at not in {layout.columns.get(role) for role in _WORDS}
        ]
        if why := why_not_booked(told):
            return LeftOut(line, why)
        money = [cell_of.get(role, "") for role in ("amount", "debit", "credit")]
        day = self._day(cell_of["date"])
        if kind is not None and (day is None or not any(money) or _repeats(cell_of)):
            return LeftOut(
                line, {"opening": "opening balance", "closing": "closing balance"}.get(kind, "total")
            )
        if not any(money):
            if last > line:  # a quotation mark that is left open takes the lines below with it
                raise UnreadableError("there is no amount")
            return LeftOut(line, "no amount")
        if day is None and not any(looks_like_amount(cell) for cell in money if cell):
            return LeftOut(line, "no movement")
        extra = [cell for cell in cells[len(layout.header) :] if cell.strip()]
        if extra:
            raise UnreadableError(
                f"it has {len(cells)} fields, but the header has {len(layout.header)}: is a delimiter not quoted?"
            )
        if not cell_of["date"]:
            raise UnreadableError("there is no date")
        day = read_date(cell_of["date"], layout.date_order, self._zone, layout.date_format)
        code = self._code(cell_of)
        amount = self._amount(cell_of, code)
        by_card = (
            _BY_CARD.match(cell_of.get("type", "")) is not None
        )  # its payer is the holder, even of a refund
        payer = "payer" if amount.minor > 0 and not by_card else "payee"
        payee = cell_of.get("merchant") or cell_of.get(payer) or ""
        if not payee and "payer" not in layout.columns:
            payee = cell_of.get("payee", "")
        labels = tuple(cell_of[role] for role in ("type", "subtype", "category") if cell_of.get(role))
        return _Line(
            Entry(
                line=line,
                day=day,
                amount=amount,
                payee=payee,
                text=cell_of.get("description", ""),
                more=tuple(
                    cells[at].strip() for at in layout.more_texts if at < len(cells) and cells[at].strip()
                ),
                labels=labels,
                category=cell_of.get("category") or None,
                balance=self._money(cell_of.get("balance", ""), code),
                account=cell_of.get("account", ""),
            ),
            self._money(cell_of.get("fee", ""), code),
        )

    def _roles(self, cells: Sequence[str]) -> dict[str, str]:
        columns = self._layout.columns.items()
        return {role: cells[at].strip() if at < len(cells) else "" for role, at in columns}

    def _day(self, cell: str) -> date | None:
        try:
            return read_date(cell, self._layout.date_order, self._zone, self._layout.date_format)
        except UnreadableError:
            return None

    def _code(self, cell_of: Mapping[str, str]) -> str:
        named = cell_of.get("currency", "").upper()
        if named and not is_code(named):
            raise UnreadableError(f"{named[:40]!r} is not a currency")
        money = (cell_of.get(role, "") for role in ("amount", "debit", "credit"))
        signs = filter(None, (code_in(cell) or of_sign(cell, self._currency) for cell in money))
        return named or self._layout.currency or next(signs, None) or self._currency

    def _money(self, cell: str, code: str) -> Money | None:
        if not any(map(str.isdigit, cell)):
            return None
        return read_amount(cell, code, self._layout.decimal, padded=self._layout.padded)

    def _amount(self, cell_of: Mapping[str, str], code: str) -> Money:
        if "amount" in cell_of:
            if not cell_of["amount"]:
                raise UnreadableError("there is no amount")
            amount = read_amount(cell_of["amount"], code, self._layout.decimal, padded=self._layout.padded)
            return _signed(amount, cell_of["sign"], cell_of["amount"]) if cell_of.get("sign") else amount
        debit, credit = (self._money(cell_of.get(role, ""), code) for role in ("debit", "credit"))
        if debit is None and credit is None:
            raise UnreadableError("there is no amount")
        if debit is not None and debit.minor and credit is not None and credit.minor:
            raise UnreadableError("it has both a debit and a credit")
        if debit is not None and (debit.minor or credit is None):
            return debit if "debit" in self._with_minus else negative(debit)
        if credit is None:
            return Money(0, code)
        return negative(credit) if "credit" in self._with_minus else credit


def _have_minus(role: str, lines: Sequence[str], layout: Layout) -> bool:
    """Whether the column of debits, or of credits, tells them with a minus: then one without it went the other way."""
    at = layout.columns.get(role)
    if at is None:
        return False
    cells = [
        cells[at].strip()
        for number, (_, _, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str) and at < len(cells)
    ]
    amounts = [
        cell for cell in cells if any(digit in cell for digit in "123456789") and looks_like_amount(cell)
    ]
    minus = [cell for cell in amounts if any(sign in cell for sign in "-−–(")]
    return len(minus) * 2 > len(amounts)


def _repeats(cell_of: Mapping[str, str]) -> bool:
    """Whether the amount of a line is the balance itself: an opening balance, told as if it were a movement."""
    return bool(cell_of.get("balance")) and cell_of.get("amount", "") == cell_of["balance"]


def _signed(amount: Money, sign: str, cell: str) -> Money:
    side = headers.plain(sign)
    if sign.strip() in {"+", "-"}:
        side = "credit" if sign.strip() == "+" else "debit"
    if side not in OUT | IN:
        raise UnreadableError(f"{sign[:40]!r} says neither debit nor credit")
    if side in IN and amount.minor < 0:
        raise UnreadableError(f"{cell[:40]!r} is negative, but {sign[:40]!r}")
    return Money(-abs(amount.minor), amount.currency) if side in OUT else amount


def _proved(
    read: Sequence[_Line | Problem | LeftOut], layout: Layout, opening: Told | None, closing: Told | None
) -> Contents:
    """The movements with the sign and the fees that the balances prove. Raises DoubtError."""
    lines = [line for line in read if isinstance(line, _Line)]
    fees = any(line.fee is not None and line.fee.minor for line in lines)
    turns = [False, True] if layout.sign is None and _may_turn(layout) else [layout.sign == "plus"]
    modes = ["inside", "apart"] if fees and layout.fee is None else [layout.fee or "inside"]
    readings = [
        ([_as(line, turned=turned, fee=fee) for line in lines], turned, fee)
        for fee in modes
        for turned in turns
    ]
    found = [(entries, chains(entries), turned, fee) for entries, turned, fee in readings]
    proof = min(found, key=lambda reading: _breaks(reading[1]))
    entries, links = proof[0], proof[1]
    trusted = all(chain.is_trusted for chain in links)
    if trusted and any(chain.links for chain in links):
        _require_whole(links, layout)
    else:
        entries = _undoubted(found, lines, layout, opening, closing)
        links = chains(entries)
    if not trusted:
        entries = [replace(entry, balance=None) for entry in entries]
    told = {told.amount.currency: told for told in (closing,) if told is not None}
    for chain in links if trusted else ():
        if chain.closing is not None and chain.closing.balance is not None:
            told[chain.closing.amount.currency] = Told(chain.closing.balance, chain.closing.day)
    accounts = frozenset(entry.account.casefold() for entry in entries if entry.account)
    by_line = {entry.line: _owned(entry, layout, accounts) for entry in entries}
    return Contents(
        entries=[by_line[line.entry.line] if isinstance(line, _Line) else line for line in read],
        opening=opening,
        closing=tuple(told.values()),
    )


def _may_turn(layout: Layout) -> bool:
    """Whether the sign is open: columns of debit and credit, and words for them, leave no doubt."""
    return "amount" in layout.columns and "sign" not in layout.columns


def _as(line: _Line, *, turned: bool, fee: str) -> Entry:
    entry = line.entry
    amount = negative(entry.amount) if turned else entry.amount
    if fee == "apart" and line.fee is not None:
        amount = Money(amount.minor - abs(line.fee.minor), amount.currency)
    return replace(entry, amount=amount)


def _breaks(links: Sequence[Chain]) -> int:
    return sum(len(chain.breaks) for chain in links)


def _require_whole(links: Sequence[Chain], layout: Layout) -> None:
    for chain in links:
        if chain.breaks and layout.balance_is_checked:
            gap = chain.breaks[0]
            raise DoubtError(
                f"The balances do not follow from the movements: at line {gap.line} the balance changes by {gap.balances},"
                f" the movements come to {gap.movements}.",
                hint="Export the period again; or import it as it is with --no-balance-check.",
                option="balance_is_checked",
                values=(False,),
            )


def _undoubted(
    found: Sequence[tuple[list[Entry], list[Chain], bool, str]],
    lines: Sequence[_Line],
    layout: Layout,
    opening: Told | None,
    closing: Told | None,
) -> list[Entry]:
    """The reading that the words decide where no balance does: opening and closing, the columns of a card.

    Raises DoubtError.
    """
    if opening is not None and closing is not None:
        change = closing.amount.minor - opening.amount.minor
        fitting = [
            entries for entries, _, _, _ in found if sum(entry.amount.minor for entry in entries) == change
        ]
        if fitting:
            return fitting[0]
    if len({fee for _, _, _, fee in found}) > 1:
        raise DoubtError(
            "The file has fees, and nothing tells whether they are inside the amounts.",
            hint="Choose one: --fee inside, or --fee apart where the fee leaves besides the amount.",
            option="fee",
            values=("inside", "apart"),
        )
    by_turn = {turned: entries for entries, _, turned, _ in found}
    if len(by_turn) == 1 or not lines:
        return found[0][0]
    amounts = [line.entry.amount.minor for line in lines if line.entry.amount.minor]
    ins, outs = sum(minor > 0 for minor in amounts), sum(minor < 0 for minor in amounts)
    minuses = [_all_words(line.entry) for line in lines if line.entry.amount.minor < 0]
    to_card = any(map(_PAID_OFF.search, minuses)) and all(
        _PAID_OFF.search(words) or _BACK.search(words) for words in minuses
    )
    if (layout.card and ins > outs) or (to_card and ins >= outs):
        return by_turn[True]
    if amounts and not outs and not all(_COMES_IN.search(_all_words(line.entry)) for line in lines):
        raise DoubtError(
            "No amount has a minus, and nothing tells money in from money out.",
            hint="Choose one: --sign plus where money that leaves stands without a minus, as on a card's statement;"
            " --sign minus where all of it came in.",
            option="sign",
            values=("plus", "minus"),
        )
    return by_turn[False]


def _all_words(entry: Entry) -> str:
    return " ".join([entry.payee, entry.text, *entry.labels])


def _owned(entry: Entry, layout: Layout, accounts: frozenset[str]) -> Entry:
    """The movement, marked where both accounts are the company's.

    What a card's holder pays to the card comes from an account of theirs, and a file of several accounts names the other
    one as the party.
    """
    words = _PAID_OFF if layout.card else _THANKED
    paid_off = entry.amount.minor > 0 and bool(words.search(f"{entry.payee} {entry.text}"))
    party = (entry.payee or entry.text).casefold()
    between = len(accounts) > 1 and party in accounts.difference({entry.account.casefold()})
    return replace(entry, own=entry.own or paid_off or between)
