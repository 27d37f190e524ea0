"""CAMT.053 and CAMT.052: the statement of ISO 20022 in XML, as European and Swiss banks send it, versions .02 to .08.

Only the tags that versions share are read, without their namespaces. defusedxml refuses entities. The form:
https://www.iso20022.org (camt.053, BankToCustomerStatement).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from execops.errors import InvalidInputError
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import UnreadableError, negative, read_number
from execops.sources.bank.standards.one_account import the_account

_BOOKED = {"BOOK", ""}
_NOBODY = {"CHRG", "FEES", "COMM", "INTR"}  # families of the bank's own charges and interest
# The bank's text alone may name the shop of a payment by card: `Einkauf ZKB Visa Debit Card Nr. xxxx 4410, GitHub, Inc.`
_BY_CARD = re.compile(
    r"\b(?:einkauf|karten?|karten\w+|debitkarte|card|carte|carta|tarjeta|pos|achat|acquisto|purchase)\b",
    re.IGNORECASE,
)


def read_camt(data: bytes) -> Contents:
    """The booked movements, with the first opening and the last closing balance. Raises InvalidInputError."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as exc:
        raise InvalidInputError(
            "The XML file is damaged, or defines entities; nothing was imported.",
            hint=f"Download it again. {str(exc)[:120]}",
        ) from exc
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    statements = [node for node in root.iter() if node.tag in {"Stmt", "Rpt"}]
    if not statements:
        raise InvalidInputError(
            "The XML file is no statement of CAMT.053 or CAMT.052; nothing was imported.",
            hint="Ask the bank for CAMT.053, or take CSV, OFX, MT940 or XLSX.",
        )
    account = the_account({_account(statement) for statement in statements})
    entries: list[Entry | Problem | LeftOut] = []
    openings: list[Told] = []
    closings: list[Told] = []
    for statement in statements:
        owner = _text(statement, "Acct/Ownr/Nm")
        for node in statement.iterfind("Ntry"):
            number = len(entries) + 1
            try:
                entries.append(_entry(number, node, owner))
            except UnreadableError as exc:
                entries.append(Problem(number, str(exc)))
        openings += _balances(statement, ("OPBD", "PRCD"))
        closings += _balances(statement, ("CLBD",))
    return Contents(
        entries=entries,
        opening=openings[0] if openings else None,
        closing=tuple({balance.amount.currency: balance for balance in closings}.values()),
        number=account,
    )


def _entry(number: int, node: Element, owner: str) -> Entry | LeftOut:
    status = _text(node, "Sts/Cd") or _text(node, "Sts")
    if status not in _BOOKED:
        return LeftOut(number, {"PDNG": "pending", "INFO": "for information"}.get(status, status.lower()))
    amount_node = node.find("Amt")
    if amount_node is None:
        raise UnreadableError("there is no amount")
    amount = read_number((amount_node.text or "").strip(), amount_node.get("Ccy") or "")
    debit = _text(node, "CdtDbtInd") == "DBIT"
    details = node.findall("NtryDtls/TxDtls")
    information = _text(node, "AddtlNtryInf")
    party, purpose = "", ""
    if len(details) == 1:
        reversed_ = _text(node, "RvslInd") == "true" or _text(node, "BkTxCd/Domn/Fmly/SubFmlyCd") == "RRTN"
        sides = ("Cdtr", "Dbtr") if debit is not reversed_ else ("Dbtr", "Cdtr")
        party, opposite = (_party(details[0], side) for side in sides)
        if reversed_ and opposite and party.casefold() == owner.casefold():
            party = opposite  # a bank may tell the parties of what is reversed, or those of the reversal
        purpose = " ".join(text for text in _texts(details[0], "RmtInf/Ustrd") if text)
    own = bool(owner) and party.casefold() == owner.casefold()
    family = {_text(node, "BkTxCd/Domn/Fmly/SubFmlyCd"), _text(node, "BkTxCd/Domn/Fmly/Cd")}
    return Entry(
        line=number,
        day=_day(node),
        amount=negative(amount) if debit else amount,
        payee=party,
        text=purpose or information,
        labels=(information,) if information else (),
        bank_id=_text(node, "AcctSvcrRef") or None,
        own=own,
        nobody=own
        or len(details) > 1
        or (not party and (bool(family & _NOBODY) or not (purpose or _BY_CARD.search(information)))),
    )


def _party(details: Element, side: str) -> str:
    for path in (
        f"RltdPties/{side}/Nm",
        f"RltdPties/{side}/Pty/Nm",
        f"RltdPties/Ultmt{side}/Nm",
        f"RltdPties/Ultmt{side}/Pty/Nm",
    ):
        if name := _text(details, path):
            return name
    return ""


def _balances(statement: Element, codes: tuple[str, ...]) -> Iterator[Told]:
    for node in statement.iterfind("Bal"):
        amount_node = node.find("Amt")
        if _text(node, "Tp/CdOrPrtry/Cd") not in codes or amount_node is None:
            continue
        try:
            amount = read_number((amount_node.text or "").strip(), amount_node.get("Ccy") or "")
            yield Told(negative(amount) if _text(node, "CdtDbtInd") == "DBIT" else amount, _date(node, "Dt"))
        except UnreadableError:
            continue


def _account(statement: Element) -> str:
    return _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")


def _day(node: Element) -> date:
    """The day of booking; the value day where the file leaves it out."""
    try:
        return _date(node, "BookgDt")
    except UnreadableError:
        return _date(node, "ValDt")


def _date(node: Element, path: str) -> date:
    text = _text(node, f"{path}/Dt") or _text(node, f"{path}/DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UnreadableError(f"{text[:40]!r} is not a date") from None


def _text(node: Element, path: str) -> str:
    return " ".join((node.findtext(path) or "").split())


def _texts(node: Element, path: str) -> list[str]:
    return [" ".join((element.text or "").split()) for element in node.iterfind(path)]
