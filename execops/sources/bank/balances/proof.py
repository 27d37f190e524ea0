"""The proof of a statement's sign and fees: its balances, else the columns and the words; what they leave open is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank.balances.chain import Chain, chains, own_accounts
from execops.sources.bank.balances.signs_by_words import contradicts_words
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import negative
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts import card_statements, ledgers
from execops.sources.bank.layouts.layout import Layout
from execops.sources.bank.parties import financing
from execops.sources.bank.parties.sister_accounts import accounts_in, moves_within_branch, names_sister

_LEAST_HELD = 2  # links
_LEAST_LINKS = 4  # of a column that is called a balance
_FEW_HELD = 5  # one link of so many may hold by chance
_ACCOUNT_DIGITS = 5  # an account's number has so many at the least
# Words of money that comes in.
_COMES_IN = re.compile(
    r"\b(?:stripe|payouts?|deposit|received|(?:payment|transfer|money|wire|virement|transferencia) (?:in|from|de)|gutschrift|eingang|zahlungseingang"
    r"|credit(?! card)|refund|interest|zinsen|verg[üu]tung|abono|ingreso|accredito|bijschrijving|insättning|innskudd)\b",
    re.IGNORECASE,
)


_GIVEN_BACK = re.compile(r"(?:payment_)?refund|chargeback|dispute|adjustment", re.IGNORECASE)


# A reading, its chains, whether signs are turned, and its fees.
_Proof = tuple[list[Entry], list[Chain], bool, str]


class Line(Struct, frozen=True):
    """A line with a movement: as it stands, and the fee that stands beside it."""

    entry: Entry
    fee: Money | None


def proved(
    read: Sequence[Line | Problem | LeftOut], layout: Layout, opening: Told | None, closing: Told | None
) -> Contents:
    """The movements with the sign and the fees that the balances prove. Raises DoubtError."""
    lines = [line for line in read if isinstance(line, Line)]
    opening, closing = _of_table(opening, closing, lines, layout)
    fees = any(line.fee is not None and line.fee.minor for line in lines)
    turns = [False, True] if layout.sign is None else [layout.sign == "plus"]
    modes = ["inside", "apart"] if fees and layout.fee is None else [layout.fee or "inside"]
    readings = [
        ([_as(line, turned=turned, fee=fee) for line in lines], turned, fee)
        for fee in modes
        for turned in turns
    ]
    proofs = [(entries, chains(entries), turned, fee) for entries, turned, fee in readings]
    if layout.sign is None and _may_turn(layout):
        _require_order(proofs)
    elif layout.sign is None:  # the columns say the sign, so only a whole chain says otherwise
        proofs = [reading for reading in proofs if not reading[2] or _is_proven(reading[1])]
    proof = min(proofs, key=lambda reading: _breaks(reading[1]))
    entries, links = proof[0], proof[1]
    trusted = all(chain.is_trusted for chain in links)
    is_owed = False  # the balances are those of a card: what its holder owes
    if trusted and any(chain.links for chain in links):
        _require_whole(links, layout)
        _require_fee(proofs, proof)
        if layout.sign is None and card_statements.is_reversed(entries, has_card=layout.card or proof[2]):
            entries, is_owed = [_as_owed(entry) for entry in entries], True
            links = chains(entries)
        elif layout.sign is None and {"debit", "credit"} <= layout.columns.keys():
            _require_sides(entries, layout, is_turned=proof[2])
    else:
        _require_none_held(links, entries, layout)
        entries, is_owed = _undoubted(proofs, lines, layout, opening, closing)
        links = chains(entries)
    if is_owed:
        opening, closing = _owed(opening), _owed(closing)
    if not trusted:
        entries = [replace(entry, balance=None) for entry in entries]
    balances = {closing.amount.currency: closing} if closing is not None else {}
    if not trusted and (same := _same_in_all(lines)) is not None:
        balances[same.amount.currency] = (_owed(same) if is_owed else None) or same
    if trusted:
        balances |= _closings(links)
    if len(links) > len({entry.amount.currency for entry in entries if entry.balance is not None}):
        entries = [
            replace(entry, balance=None) for entry in entries
        ]  # each is the balance of one of several accounts
    accounts = frozenset(entry.account.casefold() for entry in entries if entry.account)
    between = _between_own(entries) | _with_sisters(entries, layout)
    by_line = {
        entry.line: _owned(entry, accounts, is_card=layout.card or is_owed, between=entry.line in between)
        for entry in entries
    }
    return Contents(
        entries=[by_line[line.entry.line] if isinstance(line, Line) else line for line in read],
        opening=opening,
        closing=tuple(balances.values()),
    )


def _of_table(
    opening: Told | None, closing: Told | None, lines: Sequence[Line], layout: Layout
) -> tuple[Told | None, Told | None]:
    """The balances of the table, as an answer about their side turns them; none where its accounts have several currencies."""
    if "currency" not in layout.columns and len({line.entry.amount.currency for line in lines}) > 1:
        return None, None  # of the first account, in a currency that its name tells
    if layout.opens_on_debit and layout.sign == "plus":  # so it is money, and no debt
        return _owed(opening), _owed(closing)
    return opening, closing


def _require_sides(entries: Sequence[Entry], layout: Layout, *, is_turned: bool) -> None:
    """Raise DoubtError where the words or the balances contradict columns of debit and credit, and these are of no ledger."""
    if not is_turned and ledgers.are_doubtful(entries):
        raise _words_doubt()
    if is_turned and not layout.is_ledger and not ledgers.comes_in(entries):
        raise _sign_doubt("The balances contradict the columns of debit and credit")


def _closings(links: Sequence[Chain]) -> dict[str, Told]:
    """The closing balance of each currency: of all accounts of the file together."""
    balances: dict[str, Told] = {}
    for closing in (chain.closing for chain in links):
        if closing is not None and closing.balance is not None:
            code = closing.amount.currency
            total = balances.get(code, Told(Money(0, code), closing.day))
            amount = Money(total.amount.minor + closing.balance.minor, code)
            balances[code] = Told(amount, max(filter(None, (total.day, closing.day))))
    return balances


def _same_in_all(lines: Sequence[Line]) -> Told | None:
    """The balance that stands in every line alike: the one of the account when it was exported, so on its last day."""
    balances = {line.entry.balance for line in lines}
    if len(lines) < 2 or len(balances) != 1 or (balance := balances.pop()) is None:
        return None
    return Told(balance, max(line.entry.day for line in lines))


def _may_turn(layout: Layout) -> bool:
    """Whether the sign is open: columns of debit and credit, and words for them, leave no doubt."""
    return "amount" in layout.columns and "sign" not in layout.columns


def _as(line: Line, *, turned: bool, fee: str) -> Entry:
    entry = line.entry
    if not turned and (fee != "apart" or line.fee is None):
        return entry
    amount = negative(entry.amount) if turned else entry.amount
    if fee == "apart" and line.fee is not None:
        amount = Money(amount.minor - abs(line.fee.minor), amount.currency)
    return replace(entry, amount=amount)


def _require_fee(proofs: Sequence[_Proof], best: _Proof) -> None:
    """Raise DoubtError where the balances hold as well with the fees inside the amounts as apart from them."""
    alike = [
        reading for reading in proofs if reading[2] == best[2] and _breaks(reading[1]) == _breaks(best[1])
    ]
    if len({reading[3] for reading in alike}) > 1:
        raise _fee_doubt()


def _fee_doubt() -> DoubtError:
    return DoubtError(
        "The file has fees, and nothing tells whether they are inside the amounts.",
        hint="Choose one: --fee inside, or --fee apart where the fee leaves besides the amount.",
        option="fee",
        values=("inside", "apart"),
    )


def _as_owed(entry: Entry) -> Entry:
    """The movement of a card as it changes what the holder has, not what is owed."""
    balance = negative(entry.balance) if entry.balance is not None else None
    return replace(entry, amount=negative(entry.amount), balance=balance)


def _owed(balance: Told | None) -> Told | None:
    """A balance that the holder of a card owes, as that of the holder."""
    return balance and Told(negative(balance.amount), balance.day)


def _is_proven(links: Sequence[Chain]) -> bool:
    """Whether the balances leave no doubt: two links at least, and each of them holds."""
    return sum(chain.links for chain in links) > 1 and not _breaks(links)


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


def _require_none_held(links: Sequence[Chain], entries: Sequence[Entry], layout: Layout) -> None:
    """Raise DoubtError where some balances follow from the movements, and most do not: many movements are missing or wrong."""
    for chain in links:
        followed = chain.links - len(chain.breaks)
        if chain.is_trusted:
            continue
        if (followed >= _LEAST_HELD and followed * _FEW_HELD > chain.links) or _names_balances(
            chain, entries, layout
        ):
            _require_whole([chain], layout)


def _names_balances(chain: Chain, entries: Sequence[Entry], layout: Layout) -> bool:
    """Whether the column of balances has a name of its own, other values in most lines, and none that leads to the next line."""
    columns = headers.candidates(layout.header).get("balance", [])
    if layout.columns.get("balance") not in columns or layout.header_record < 0 or chain.links < _LEAST_LINKS:
        return False
    balances = [entry.balance.minor for entry in entries if entry.balance is not None]
    before = sum(
        entry.balance is not None
        and later.balance is not None
        and abs(entry.amount.minor) == abs(later.balance.minor - entry.balance.minor)
        for one_way in (entries, entries[::-1])
        for entry, later in pairwise(one_way)
    )
    return len(set(balances)) * 2 > len(balances) and before < _LEAST_HELD


def _undoubted(
    proofs: Sequence[_Proof],
    lines: Sequence[Line],
    layout: Layout,
    opening: Told | None,
    closing: Told | None,
) -> tuple[list[Entry], bool]:
    """The reading that the words decide where no balance does, and whether balances are owed: opening and closing, the
    columns of a card.

    Raises DoubtError.
    """
    if layout.opens_on_debit and layout.sign is None and not ledgers.comes_in(proofs[0][0]):
        raise _sign_doubt("The opening balance stands with the debits, which may be money or a debt")
    if opening is not None and closing is not None:
        change = closing.amount.minor - opening.amount.minor
        fitting = [entries for entries, _, _, _ in proofs if _sum(entries) == change]
        if fitting and change and card_statements.is_reversed(fitting[0], has_card=layout.card):
            return [_as_owed(entry) for entry in fitting[0]], True
        if fitting:
            return fitting[0], False
        opposite = [entries for entries, _, _, _ in proofs if _sum(entries) == -change]
        if opposite and card_statements.thanks([_as_owed(entry) for entry in opposite[0]]):
            return opposite[0], True
    if len({fee for _, _, _, fee in proofs}) > 1:
        raise _fee_doubt()
    by_turn = {turned: entries for entries, _, turned, _ in proofs}
    has_sides = {"debit", "credit"} <= layout.columns.keys()
    if has_sides and layout.sign is None and ledgers.are_doubtful(proofs[0][0]):
        raise _words_doubt()
    if len(by_turn) == 1 or not lines:
        return proofs[0][0], False
    amounts = [line.entry.amount.minor for line in lines if line.entry.amount.minor]
    ins, outs = sum(minor > 0 for minor in amounts), sum(minor < 0 for minor in amounts)
    straight = by_turn[False]
    to_card = card_statements.pays_card_alone(straight) and not any(
        map(card_statements.is_paid_out, straight)
    )
    if (
        (layout.card and ins > outs)
        or (to_card and ins >= outs)
        or card_statements.is_reversed(straight, has_card=layout.card)
    ):
        return by_turn[True], True
    pluses = [line.entry for line in lines if line.entry.amount.minor > 0]
    doubtful = ""
    if not outs and not all(_COMES_IN.search(card_statements.all_words(line.entry)) for line in lines):
        doubtful = "No amount has a minus"
    elif outs and ins > outs and _goes_both_ways(lines) and not any(map(says_in, pluses)):
        doubtful = "Some party has amounts with a minus and without"
    if amounts and not doubtful and contradicts_words(straight):
        doubtful = "The words of the movements contradict the signs of the amounts"
    if amounts and doubtful:
        raise _sign_doubt(f"{doubtful}, and nothing tells money in from money out")
    return straight, False


def _sum(entries: Sequence[Entry]) -> int:
    return sum(entry.amount.minor for entry in entries)


def _require_order(proofs: Sequence[_Proof]) -> None:
    """Raise DoubtError where the balances prove turned signs, and the lines of one day alone prove nothing as they stand."""
    straight = [links for _, links, turned, _ in proofs if not turned]
    is_open = not any(map(_is_proven, straight)) and not any(map(_breaks, straight))
    if is_open and any(_is_proven(links) for _, links, turned, _ in proofs if turned):
        raise _sign_doubt("The balances fit the amounts with their signs turned, but the dates tell no order")


def _words_doubt() -> DoubtError:
    return _sign_doubt("The words contradict the columns of debit and credit")


def _sign_doubt(why: str) -> DoubtError:
    """The question which amounts left."""
    return DoubtError(
        f"{why}.",
        hint="Choose one: --sign plus where money that leaves stands without a minus, as on a card's statement;"
        " --sign minus where all that stands without one came in.",
        option="sign",
        values=("plus", "minus"),
    )


def says_in(entry: Entry) -> bool:
    """Whether the words of a movement speak of money that comes in, also of a loan."""
    words = card_statements.all_words(entry)
    return bool(_COMES_IN.search(words)) or financing.is_financing(entry.payee, entry.text, *entry.labels)


def _goes_both_ways(lines: Sequence[Line]) -> bool:
    """Whether somebody stands in the file with a minus and without one: one of the two is a refund, and few are."""
    with_minus, without = (
        {
            (line.entry.payee or line.entry.text).casefold()
            for line in lines
            if (line.entry.amount.minor < 0) is minus and not (minus and _is_given_back(line.entry))
        }
        for minus in (True, False)
    )
    return bool((with_minus & without) - {""})


def _is_given_back(entry: Entry) -> bool:
    """Whether a payment service calls a movement money that goes back to a customer: it leaves the merchant."""
    return any(_GIVEN_BACK.match(label) for label in entry.labels)


def _between_own(entries: Sequence[Entry]) -> frozenset[int]:
    """The lines of movements between the accounts of a file: they name the other account by its number, or stand beside
    their other half, which has the same day and amount."""
    accounts = own_accounts(entries)
    sides: dict[tuple[date, str, int], set[str]] = {}
    for entry in entries if accounts else ():
        sides.setdefault((entry.day, entry.amount.currency, entry.amount.minor), set()).add(entry.account)
    numbers = {
        account.casefold() for account in accounts if sum(map(str.isdigit, account)) >= _ACCOUNT_DIGITS
    }
    lines = set()
    for entry in entries if accounts else ():
        halves = sides.get((entry.day, entry.amount.currency, -entry.amount.minor), set())
        words = set(" ".join((entry.payee, entry.text, *entry.more)).casefold().split())
        if (entry.amount.minor and halves - {entry.account}) or words & (
            numbers - {entry.account.casefold()}
        ):
            lines.add(entry.line)
    return frozenset(lines)


def _with_sisters(entries: Sequence[Entry], layout: Layout) -> frozenset[int]:
    """The lines that name another account of the customer whose account stands above the table, or in its column."""
    accounts = accounts_in(layout.above)
    return frozenset(
        entry.line
        for entry in entries
        if names_sister((entry.payee, entry.text, *entry.more), accounts)
        or moves_within_branch(entry.account, entry.text, entry.labels)
    )


def _owned(entry: Entry, accounts: frozenset[str], *, is_card: bool, between: bool) -> Entry:
    """The movement, marked where both accounts are the company's.

    What a card's holder pays to the card comes from an account of theirs, and a file of several accounts names the other
    one as the party.
    """
    paid_off = card_statements.is_paid_off(entry, is_card=is_card)
    party = (entry.payee or entry.text).casefold()
    names_other = party in accounts.difference({entry.account.casefold()})
    is_own = entry.own or paid_off or between or names_other
    return replace(entry, own=True) if is_own and not entry.own else entry
