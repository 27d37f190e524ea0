"""The company's own account at Stripe: what it may do, and what Stripe asks for.

`requirements` exists since 2019-02-19 and `future_requirements` since 2021; before, `verification` told the same, and
`transfers_enabled` stood for `payouts_enabled` before 2017-04-06 (https://docs.stripe.com/changelog).
"""

from __future__ import annotations

from execops.effects import Effects, end_id, last_end
from execops.model import Json
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    flag,
    iso,
    items,
    line,
    obj,
    object_id,
    snapshot,
    texts,
)
from execops.text import clean_line

_MOST = 50  # requirements of a kind
_LONGEST = 200  # characters of a requirement's name


def read_account(notice: Notice, account: Object) -> Effects:
    """An account: whether it takes payments and pays out, and what Stripe asks for until when.

    Two states may be of one second: the one in which nothing has stopped and nothing is asked for counts as the later.
    """
    payouts = flag(account, "payouts_enabled")
    state = {
        "charges_enabled": flag(account, "charges_enabled"),
        "payouts_enabled": flag(account, "transfers_enabled") if payouts is None else payouts,
        "details_submitted": flag(account, "details_submitted"),
        **_requirements(account),
        "future": _asked(obj(account, "future_requirements")),
    }
    stopped = state["charges_enabled"] is False or state["payouts_enabled"] is False
    requested = {*state["currently_due"], *state["past_due"]} - {*state["pending"]}
    rank, links = int(not (stopped or requested)), (end_id(object_id(account)),)
    state_now = snapshot(notice, account, "account", None, state, rank, links)
    later = {*state["future"]["currently_due"], *state["future"]["past_due"]}
    if not rank or later:
        return Effects((state_now,))
    return Effects((state_now, last_end(state_now.object_id, state_now.object_id, state_now.as_of)))


def _requirements(account: Object) -> Json:
    """What Stripe asks for now, in the form of `requirements`."""
    requirements = obj(account, "requirements")
    if requirements:
        return _asked(requirements)
    old = obj(account, "verification")
    return _asked(
        {"currently_due": old.get("fields_needed"), "disabled_reason": old.get("disabled_reason")}
    ) | {"deadline": iso(at(old, "due_by"))}


def _asked(requirements: Object) -> Json:
    return {
        "currently_due": _names(requirements, "currently_due"),
        "past_due": _names(requirements, "past_due"),
        "pending": _names(requirements, "pending_verification"),
        "deadline": iso(at(requirements, "current_deadline")),
        "disabled_reason": line(requirements, "disabled_reason"),
        "errors": [
            {"requirement": line(error, "requirement"), "reason": line(error, "reason")}
            for error in items(requirements, "errors")[:_MOST]
        ],
    }


def _names(requirements: Object, name: str) -> list[str]:
    """The requirements of a list, as Stripe names them."""
    return [clean_line(value, limit=_LONGEST) for value in texts(requirements, name)[:_MOST]]
