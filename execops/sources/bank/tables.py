"""The movements of a statement's table: each line below the header becomes a movement, a problem or a line left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank.balances.balances_at_ends import without_balances
from execops.sources.bank.balances.lines_of_holder import with_holder
from execops.sources.bank.balances.proof import Line
from execops.sources.bank.balances.proof_of_table import proved_by_balances
from execops.sources.bank.balances.sums_below import MaybeSum, without_sums
from execops.sources.bank.balances.told_balances import ToldBalances, only_currency
from execops.sources.bank.balances.told_totals import Totals, require_totals
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem
from execops.sources.bank.bookkeeping.openings import says_opening, tells_opening_alone
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import (
    UnreadableError,
    decimal_mark,
    looks_like_amount,
    negative,
    read_amount,
)
from execops.sources.bank.cells.currencies import code_in, is_code, is_sign, of_account, of_sign
from execops.sources.bank.cells.dates import read_date
from execops.sources.bank.cells.line_cells import is_shifted, pays_itself, repeats_balance, signed_by_word
from execops.sources.bank.cells.unbooked import names_balance, summary, tells_no_more, why_not_booked
from execops.sources.bank.cells.units import of_minor_units
from execops.sources.bank.layouts import ledgers
from execops.sources.bank.layouts.bai_codes import kind_by_code
from execops.sources.bank.layouts.layout import Layout, records
from execops.sources.bank.layouts.marks import MARKED_IN, Marks, marks_of
from execops.sources.bank.layouts.names_in_lines import is_sold, party_of, sells, without_town
from execops.sources.bank.layouts.parts_of_tables import Sections
from execops.sources.bank.layouts.two_accounts import Way, signed_by_accounts, way_of
from execops.sources.bank.layouts.unposted import Unposted
from execops.sources.bank.layouts.words_elsewhere import frequent_words, kind_elsewhere
from execops.sources.bank.parties.holder import holders, on_most_lines

# Cells of these roles hold strangers' words: "Memo" or "Pending" there may be a name.
_WORDS = frozenset({"payee", "payer", "merchant", "description", "category"})
_VOID = re.compile(r"\W*void(?:ed)?\b", re.IGNORECASE)
_DECIMALS = re.compile(r"\d[.,]\d{2}(?!\d)")
_ENDS_IN_AMOUNT = re.compile(r"\d[.,]\d{2}$")


def read_table(lines: Iterable[str], layout: Layout, *, currency: str, zone: ZoneInfo) -> Contents:
    """The movements of a table; one that names no currency has `currency`. Raises DoubtError."""
    read: list[Line | Problem | LeftOut] = []
    answer: Line | Problem | LeftOut
    latest: int | None = None  # the movement that the next line may continue
    table = list(records(lines, layout.delimiter))
    reader = _reader(table, layout, currency, zone)
    above: list[Sequence[str]] = []
    lengths, sums = dict[int, int](), dict[int, MaybeSum]()  # of lines in cells; of lines that may be sums
    totals = Totals()
    sections = Sections(layout.header)
    movements = 0
    balances = ToldBalances(layout, only_currency(table, layout) or currency, reader.day)
    for number, (line, last, cells) in enumerate(table):
        if number == layout.header_record or (not isinstance(cells, str) and not any(map(str.strip, cells))):
            sections.part(is_header=number == layout.header_record)
            continue
        if isinstance(cells, str):
            read.append(Problem(line, cells))
            continue
        texts = [next(cell for cell in cells if cell.strip()), *reader.texts(cells)]
        kind = reader.kind(cells, texts, has_begun=movements > 0)
        is_above = number < layout.header_record or (layout.header_record < 0 and not reader.has_begun(cells))
        above += [cells] if is_above else []
        lengths[line] = len(cells)
        balances.count(movements)
        is_pending = sections.are_pending(cells)
        try:
            if balances.stands_below_names(cells, is_dated=reader.tells_day(cells)):
                answer = LeftOut(line, "total")
            else:
                answer = LeftOut(line, "no movement") if is_above else reader.line(line, last, cells, kind)
        except UnreadableError as exc:
            answer = Problem(line, f"to line {last}: {exc}" if last > line else str(exc))
            if not reader.tells_day(cells) or len(reader.amounts(cells)) > 1:
                sums[line] = MaybeSum(reader.amounts(cells), reader.texts(cells))
        if isinstance(answer, Line) and summary((answer.entry.payee, answer.entry.text)) == "total":
            sums[line] = MaybeSum(reader.amounts(cells), ())  # its words say so
        answer = LeftOut(line, "pending") if is_pending and isinstance(answer, Line) else answer
        if isinstance(answer, LeftOut) and not reader.is_unbooked(cells):
            balances.read(cells, kind, texts, is_above=is_above)
            totals.read(kind, texts, reader.amounts(cells) if kind else [])
        if isinstance(answer, LeftOut) and latest is not None and (more := reader.continued(cells)):
            begun = read[latest]
            assert isinstance(begun, Line)  # noqa: S101  set where one is read
            read[latest] = replace(begun, entry=replace(begun.entry, more=(*begun.entry.more, more)))
            answer = LeftOut(line, "continues the line above")
        elif number > layout.header_record:
            latest = len(read) if isinstance(answer, Line) else None
        if number > layout.header_record:
            read.append(answer)
            movements += isinstance(answer, Line)
    balances.count(movements)
    read = without_sums(read, sums, balances.opening(None))
    read = without_balances(read, balances, lengths) if layout.header_record < 0 else read
    contents = proved_by_balances(with_holder(read, holders(above)), layout, balances)
    if layout.balance_is_checked:
        require_totals(contents.entries, totals)
    return contents


def _reader(
    table: Sequence[tuple[int, int, list[str] | str]], layout: Layout, currency: str, zone: ZoneInfo
) -> _Reader:
    below = [
        cells
        for number, (_, _, cells) in enumerate(table)
        if number > layout.header_record and not isinstance(cells, str)
    ]
    return _Reader(
        layout,
        currency,
        zone,
        marks_of(below, layout),
        on_most_lines(below, layout.columns),
        frequent_words(below),
        Unposted(layout, below),
        way_of(layout.header, below),
    )


class _Reader:
    """Reads the cells of one line."""

    def __init__(
        self,
        layout: Layout,
        currency: str,
        zone: ZoneInfo,
        marks: Marks,
        holder: str,
        frequent: frozenset[tuple[int, str]],
        unposted: Unposted,
        way: Way | None,
    ) -> None:
        self._layout = layout
        self._currency = currency
        self._zone = zone
        self._marks = marks
        self._holder = holder
        self._frequent = frequent
        self._unposted = unposted
        self._way = way
        self._town = next(
            (at for at, name in enumerate(layout.header) if headers.plain(name) in headers.TOWNS), None
        )
        self._sells = sells(layout.header, layout.columns)
        self._begun = False
        self._days: dict[str, date | None] = {}
        self._latest: Sequence[str] | None = None
        self._latest_roles: Mapping[str, str] = {}

    def texts(self, cells: Sequence[str]) -> list[str]:
        """The words of a line that may say that it sums others up."""
        cell_of = self._roles(cells)
        return [cell_of[role] for role in ("date", "description", "payee", "type") if cell_of.get(role)]

    def continued(self, cells: Sequence[str]) -> str:
        """The words of a line that has nothing else: they belong to the movement before it. Words with an amount do not."""
        filled = [(at, cell.strip()) for at, cell in enumerate(cells) if cell.strip()]
        words = " ".join(cell for _, cell in filled)
        texts = {self._layout.columns.get(role) for role in ("description", "payee")}
        is_more = {at for at, _ in filled} <= texts and not _ENDS_IN_AMOUNT.search(words)
        return words if is_more else ""

    def sum_alone(self, cells: Sequence[str]) -> str | None:
        """The kind of a line whose text is the name of a balance or of a sum, and nothing else; None for any other line."""
        cell_of = self._roles(cells)
        texts = [cell_of[role] for role in ("payee", "description") if cell_of.get(role)]
        if not texts:
            return kind_elsewhere(cells, self._layout.columns, self._layout.more_texts, self._frequent)
        return (summary(texts) or "total") if all(map(tells_no_more, texts)) else None

    def kind(self, cells: Sequence[str], texts: Sequence[str], *, has_begun: bool) -> str | None:
        """`opening`, `closing` or `total` for a line that may tell a balance or a sum; None for any other line."""
        kind = kind_by_code(self._layout.header, cells) or summary(texts) or self.sum_alone(cells)
        if kind is None and not self.moves_money(cells):  # a day may stand before the words
            kind = summary([text for text in texts if self.day(text) is None])
        if kind is None and says_opening(texts):
            kind = self.opens_books(cells)
        if kind is None and has_begun and any(map(names_balance, texts)) and not self.tells_day(cells):
            return "closing"
        if kind is None and self._layout.header_record < 0 and not self.tells_day(cells):
            return next((summary([cell]) for cell in cells if cell.strip() and tells_no_more(cell)), None)
        return kind

    def amounts(self, cells: Sequence[str]) -> list[Money]:
        """The amounts of a line, as they stand; none where one cannot be read."""
        cell_of = self._roles(cells)
        try:
            code = self._code(cell_of)
            amounts = [self._money(cell_of.get(role, ""), code) for role in ("amount", "debit", "credit")]
        except UnreadableError:
            return []
        return [amount for amount in amounts if amount is not None]

    def opens_books(self, cells: Sequence[str]) -> str | None:
        """`opening` for the opening entry of an account in the company's own books; None for any other line."""
        cell_of = self._roles(cells)
        texts = [cell_of[role] for role in ("payee", "description", "type") if cell_of.get(role)]
        says = says_opening(texts) and repeats_balance(cell_of)
        return "opening" if says or tells_opening_alone(texts) else None

    def has_begun(self, cells: Sequence[str]) -> bool:
        """Whether the movements of a table without a header begin, at the latest with this line."""
        self._begun = self._begun or self.tells_day(cells)
        return self._begun

    def tells_day(self, cells: Sequence[str]) -> bool:
        """Whether a line has a day in the column of days."""
        return self.day(self._roles(cells)["date"]) is not None

    def line(self, line: int, last: int, cells: Sequence[str], kind: str | None) -> Line | LeftOut:
        """The movement of a line, or why it is none. Raises UnreadableError."""
        layout, cell_of = self._layout, self._roles(cells)
        if why := why_not_booked(self._of_bank(cells)):
            return LeftOut(line, why)
        money = [cell_of.get(role, "") for role in ("amount", "debit", "credit")]
        day = self.day(cell_of["date"])
        if kind is not None and (day is None or not any(money) or self._is_no_movement(cells)):
            return LeftOut(
                line, {"opening": "opening balance", "closing": "closing balance"}.get(kind, "total")
            )
        if day is None and is_shifted(cells, layout.columns):
            raise UnreadableError("its day and its amount do not stand in their columns")
        if not any(money):
            if last > line:  # a quotation mark that is left open takes the lines below with it
                raise UnreadableError("there is no amount")
            if day is not None and self._has_other_amount(cells):
                raise UnreadableError("there is no amount where others have theirs, but one elsewhere")
            return LeftOut(line, "no amount")
        if day is None and not any(looks_like_amount(cell) for cell in money if cell):
            return LeftOut(line, "no movement")
        if any(map(str.strip, cells[len(layout.header) :])):
            raise UnreadableError(
                f"it has {len(cells)} fields, but the header has {len(layout.header)}: is a delimiter not quoted?"
            )
        if len(self._filled(cells)) > 1:
            raise UnreadableError("it has amounts in several currencies")
        if day is None and self._unposted.is_pending(cells):
            return LeftOut(line, "pending")
        if not cell_of["date"]:
            raise UnreadableError("there is no date")
        day = day or read_date(cell_of["date"], layout.date_order, self._zone, layout.date_format)
        amount = self._amount(cell_of, code := self._code(cell_of))
        if not amount.minor and any(map(_VOID.match, self.texts(cells))):
            return LeftOut(line, "void")
        amount = signed_by_accounts(self._way, cells, amount)
        payee = party_of(
            cell_of, self._holder, has_payer="payer" in layout.columns, comes_in=amount.minor > 0
        )
        labels = tuple(cell_of[role] for role in ("type", "subtype", "category") if cell_of.get(role))
        return Line(
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
                bare=without_town(cell_of.get("description", ""), cells, self._town),
                category=cell_of.get("category") or None,
                balance=self._balance(cell_of.get("balance", ""), code),
                account=cell_of.get("account", ""),
                own=pays_itself(cell_of),
                nobody=self._sells and is_sold(payee, labels),
            ),
            self._money(cell_of.get("fee", ""), code),
        )

    def _is_no_movement(self, cells: Sequence[str]) -> bool:
        """Whether a line that seems to tell a balance or a sum says so for certain."""
        return (
            repeats_balance(self._roles(cells))
            or self.sum_alone(cells) is not None
            or kind_by_code(self._layout.header, cells) is not None
            or self.opens_books(cells) is not None
        )

    def _of_bank(self, cells: Sequence[str]) -> list[str]:
        """The cells that hold no stranger's words, and none of a bookkeeper's."""
        words = {self._layout.columns.get(role) for role in _WORDS}
        return [
            cell
            for at, cell in enumerate(cells)
            if at not in words and not self._unposted.says_nothing(at, cell)
        ]

    def is_unbooked(self, cells: Sequence[str]) -> bool:
        """Whether a line has money that has not moved: it tells no balance."""
        return bool(self.texts(cells)) and why_not_booked(self._of_bank(cells)) is not None

    def _has_other_amount(self, cells: Sequence[str]) -> bool:
        """Whether a line has its amount in a column that no name tells of, in a table that knows money out or in alone."""
        columns = self._layout.columns
        if len({"debit", "credit"} & columns.keys()) != 1:
            return False
        return any(
            at not in columns.values() and looks_like_amount(cell) and _DECIMALS.search(cell)
            for at, cell in enumerate(cells)
        )

    def moves_money(self, cells: Sequence[str]) -> bool:
        """Whether a line has an amount beside its balance."""
        cell_of = self._roles(cells)
        return any(cell_of.get(role) for role in ("amount", "debit", "credit"))

    def _roles(self, cells: Sequence[str]) -> Mapping[str, str]:
        """The cells of the roles; those of the line that was asked about last are kept."""
        if self._latest is not cells:
            self._latest, self._latest_roles = cells, self._read_roles(cells)
        return self._latest_roles

    def _read_roles(self, cells: Sequence[str]) -> dict[str, str]:
        columns = self._layout.columns.items()
        roles = {role: cells[at].strip() if at < len(cells) else "" for role, at in columns}
        sides = roles.get("debit") or roles.get("credit")
        if (rest := roles.pop("rest", "")) and (self._layout.rest_first or not sides):
            roles |= {"debit": "", "credit": rest}
        filled = self._filled(cells)
        return roles | (
            {"amount": cells[filled[0]].strip(), "currency": self._layout.by_currency[filled[0]]}
            if filled
            else {}
        )

    def _filled(self, cells: Sequence[str]) -> list[int]:
        """The columns of amounts in one currency each that a line fills."""
        return [at for at in self._layout.by_currency if at < len(cells) and cells[at].strip()]

    def day(self, cell: str) -> date | None:
        """The day in a cell; None for any other cell."""
        if cell not in self._days:
            try:
                day = read_date(cell, self._layout.date_order, self._zone, self._layout.date_format)
            except UnreadableError:
                day = None
            self._days[cell] = day
        return self._days[cell]

    def _code(self, cell_of: Mapping[str, str]) -> str:
        cell = cell_of.get("currency", "")
        named = (of_sign(cell, self._currency) or "") if is_sign(cell) else cell.upper()
        if cell and not is_code(named):
            raise UnreadableError(f"{cell[:40]!r} is not a currency")
        money = (cell_of.get(role, "") for role in ("amount", "debit", "credit"))
        signs = filter(None, (code_in(cell) or of_sign(cell, self._currency) for cell in money))
        of_name = of_account(cell_of.get("account", ""))
        return named or of_name or self._layout.currency or next(signs, None) or self._currency

    def _money(self, cell: str, code: str, decimal: str | None = None) -> Money | None:
        if not any(map(str.isdigit, cell)):
            return None
        amount = read_amount(cell, code, decimal or self._layout.decimal, padded=self._layout.padded)
        is_minor = self._layout.in_minor_units and decimal_mark(cell) not in {".", ","}
        return of_minor_units(amount) if is_minor else amount

    def _balance(self, cell: str, code: str) -> Money | None:
        balance = self._money(cell, code, self._layout.balance_decimal)
        is_turned = balance is not None and self._layout.is_ledger and ledgers.is_side_of(cell)
        return negative(balance) if balance is not None and is_turned else balance

    def _amount(self, cell_of: Mapping[str, str], code: str) -> Money:
        if "amount" in cell_of:
            amount = self._money(cell_of["amount"], code)
            if amount is None:
                cell = cell_of["amount"]
                raise UnreadableError(f"{cell[:40]!r} is not an amount" if cell else "there is no amount")
            if self._marks.unmarked_leaves and not MARKED_IN.search(cell_of["amount"]):
                amount = negative(amount)
            sign = cell_of.get("sign") or self._marks.sign_without_mark
            sign = self._layout.sign_words.get(headers.plain(sign or ""), sign)
            amount = signed_by_word(amount, sign, cell_of["amount"]) if sign else amount
            return negative(amount) if self._layout.is_ledger else amount
        debit, credit = (self._money(cell_of.get(role, ""), code) for role in ("debit", "credit"))
        if debit is None and credit is None:
            raise UnreadableError("there is no amount")
        if debit is not None and debit.minor and credit is not None and credit.minor:
            raise UnreadableError("it has both a debit and a credit")
        if debit is not None and (debit.minor or credit is None):
            return debit if "debit" in self._marks.with_minus else negative(debit)
        if credit is None:
            return Money(0, code)
        return negative(credit) if "credit" in self._marks.with_minus else credit
