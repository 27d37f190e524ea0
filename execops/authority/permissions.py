"""Permissions: the one function that every door asks, the inbox, the command line and HTTP alike, who may do what.

docs/permissions.md is made of this table by the tests, which ask through each door.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from execops.errors import NotAllowedError
from execops.model import Operator, Role
from execops.settings import Settings

if TYPE_CHECKING:
    from execops.model import Proposal


class Operation(StrEnum):
    """An operation that not everybody may do, as a verb for the error. Every role may do all others, which read."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit"
    UNDO = "undo"
    SNOOZE = "snooze"
    RETRY = "retry"
    CONFIRM = "confirm"
    CLOSE = "close"
    EDIT_TERMS = "change recipients, amounts and ids"
    SUPPRESS = "suppress customers"
    LIFT = "lift suppressions"
    REPLAY = "replay events"
    PAUSE = "pause executions"
    RESUME = "resume executions"
    DISABLE_PLAY = "disable plays"
    ENABLE_PLAY = "enable plays"
    DISABLE_ACTION = "disable action types"
    ENABLE_ACTION = "enable action types"
    IMPORT = "import bank files"
    UNDO_IMPORT = "take imports back"
    NAME_VENDORS = "say which names are one vendor, and what a vendor sells"
    TEACH = "teach the canvas words"
    ERASE_QUESTIONS = "erase refused questions"
    ERASE_CUSTOMER = "erase customers"
    PRUNE = "prune events"
    BACKFILL = "backfill"
    FETCH = "fetch events"
    FIRST_MESSAGE = "ask for a first message"
    BE_NOTIFIED = "be notified of proposals"
    SET_POLICY = "say who approves twice"
    ADD_OPERATOR = "add operators"
    REVOKE_OPERATOR = "revoke operators"
    ROTATE_OTHERS = "renew the token of another operator"
    RESTORED = "say that the database was restored"


class Who(StrEnum):
    """The operators who may do an operation."""

    DECIDER = "a founder, or ops within their limits"
    UNLIMITED = "a founder, or ops without limits"
    FOUNDER = "a founder"


WHO: Mapping[Operation, Who] = MappingProxyType(
    dict.fromkeys(Operation, Who.FOUNDER)
    | dict.fromkeys(
        (
            Operation.APPROVE,
            Operation.REJECT,
            Operation.EDIT,
            Operation.UNDO,
            Operation.SNOOZE,
            Operation.RETRY,
            Operation.CONFIRM,
            Operation.CLOSE,
            Operation.REPLAY,
            Operation.BE_NOTIFIED,
        ),
        Who.DECIDER,
    )
    | dict.fromkeys(
        (
            Operation.SUPPRESS,
            Operation.LIFT,
            Operation.PAUSE,
            Operation.RESUME,
            Operation.DISABLE_PLAY,
            Operation.ENABLE_PLAY,
            Operation.DISABLE_ACTION,
            Operation.IMPORT,
            Operation.UNDO_IMPORT,
            Operation.NAME_VENDORS,
            Operation.TEACH,
            Operation.ERASE_QUESTIONS,
            Operation.BACKFILL,
            Operation.FETCH,
        ),
        Who.UNLIMITED,
    )
)


def authorise(
    operator: Operator,
    operation: Operation,
    settings: Settings,
    proposal: Proposal | None = None,
    *,
    moves_money: bool = True,
    doing: str | None = None,
) -> None:
    """Raise NotAllowedError, which says exactly why, unless this operator may do this operation.

    A decision is asked about with its `proposal`, whose action `moves_money` or not; `settings` have the rates. `doing` is
    the verb of the error, in place of the operation's own.
    """
    who, verb = WHO[operation], doing or operation.value
    if who is Who.FOUNDER and operator.role is not Role.FOUNDER:
        raise NotAllowedError(
            f"Only a founder may {verb}; {operator.name} is {operator.role}. Nothing was changed."
        )
    if not operator.role.decides:
        raise NotAllowedError(
            f"{operator.name} is {operator.role} and may not {verb}; nothing was changed.",
            hint="A founder can add an operator who decides: execops operators add NAME --role ops",
        )
    if operator.role is Role.FOUNDER:
        return
    from execops.authority import limits  # only where somebody may have some

    try:
        own = limits.read(operator.limits)
    except limits.UnreadableLimitsError:
        raise NotAllowedError(
            f"The limits of {operator.name} cannot be read, so they may not {verb}; nothing was changed.",
            hint="A founder adds the operator anew: execops operators add NAME --limit …",
        ) from None
    if own and who is Who.UNLIMITED:
        raise NotAllowedError(
            f"{operator.name} has limits ({own}) and may not {verb}, which is about more than these;"
            " nothing was changed."
        )
    if proposal is None:
        return
    refusal = own.refusal(proposal, settings, moves_money=moves_money)
    if refusal is not None:
        raise NotAllowedError(
            f"{operator.name} may not {verb} proposal {proposal.id}: {refusal}. Nothing was changed."
        )
