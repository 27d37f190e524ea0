"""Bank statements. No webhook brings them; `execops import bank` stores them as events of this source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from execops.effects import Balance, Effects, Movement
from execops.errors import InvalidDeliveryError, NotFoundError
from execops.model import Event, Json
from execops.money import money
from execops.settings import Settings
from execops.sources import NewEvent
from execops.sources.bank.parties.purposes import FINANCING

TRANSACTIONS = "bank.transactions_imported"
BALANCE = "bank.balance_imported"
HEADERS: tuple[str, ...] = ()
SPEND = "bank"  # the kind of a movement with somebody else
TRANSFER = "bank_transfer"  # the kind of a movement between own accounts: neither income nor spend


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise NotFoundError, because nothing of a bank comes over HTTP."""
    raise NotFoundError(
        "There is no webhook source called 'bank'.",
        hint="Import a bank's file with: execops import bank FILE",
    )


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:  # noqa: ARG001
    """Raise InvalidDeliveryError, because nothing of a bank comes over HTTP."""
    raise InvalidDeliveryError(
        "A bank's file is not a delivery; nothing was stored.",
        hint="Import a bank's file with: execops import bank FILE",
    )


def read(event: Event) -> Effects:
    """The movements of one vendor's month, or the balances at the end of a statement."""
    payload = event.payload_json
    if event.type == TRANSACTIONS:
        kind = TRANSFER if payload.get("kind") == TRANSFER else SPEND
        movements = [_movement(payload, kind, row) for row in _items(payload, "rows")]
        return Effects(movements=tuple(movement for movement in movements if movement))
    if event.type == BALANCE:
        balances = [_balance(payload, row) for row in _items(payload, "balances")]
        return Effects(balances=tuple(balance for balance in balances if balance))
    return Effects()


def _movement(payload: Json, kind: str, row: Json) -> Movement | None:
    amount, at = money(row.get("amount_minor"), payload.get("currency")), _moment(row.get("at"))
    if amount is None or at is None or not _text(row, "id"):
        return None
    return Movement(
        external_id=row["id"],
        kind=FINANCING if kind == SPEND and row.get("purpose") == FINANCING else kind,
        amount=amount,
        occurred_at=at,
        counterparty=_text(payload, "vendor"),
        category=_text(row, "category"),
        purpose=_text(row, "purpose"),
        told_as=_text(row, "told_as"),
    )


def _balance(payload: Json, row: Json) -> Balance | None:
    amount, as_of = money(row.get("amount_minor"), row.get("currency")), _moment(row.get("as_of"))
    account = _text(payload, "account")
    if amount is None or as_of is None or account is None:
        return None
    return Balance(account=f"bank:{account}", kind="current", amount=amount, as_of=as_of)


def _items(payload: Json, name: str) -> list[Json]:
    values = payload.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
