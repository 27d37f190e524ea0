"""The movements of a customer's MRR, from the states of all their subscriptions.

Movements are a customer's, not a subscription's, by Stripe's definition: a customer churns when all subscriptions ended
(https://docs.stripe.com/billing/subscriptions/analytics/glossary). So one who moves to another plan, as a subscription
that ends within a day of the start of another one, has not churned: the difference is an expansion or a contraction.
Nor has one whose subscriptions in one currency ended and who has some in another: their MRR shrank in that currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from execops.books.mrr import Mrr, subscription_mrr
from execops.books.mrr_terms import Parts, complete
from execops.model import Json
from execops.money import storable

MOVE = timedelta(days=1)  # between the end of one subscription and the start of another, in either order


class State(Struct, frozen=True):
    """A state of a subscription, as one message told it. States are in the order of `key`."""

    subscription: str
    at: datetime
    rank: int
    tiebreak: str
    terms: Json
    event_id: int | None

    @property
    def key(self) -> tuple[datetime, int, str]:
        """The order of the states of a subscription, whatever arrived first."""
        return self.at, self.rank, self.tiebreak


class Change(Struct, frozen=True):
    """A movement of a customer's MRR, in minor units. The kind is `unknown` if only a part of the MRR is known."""

    at: datetime
    subscription: str
    currency: str
    delta: int
    kind: str
    event_id: int | None


class _Step(Struct):
    """A change of the MRR of one subscription in one currency, before the customer's other ones are looked at."""

    at: datetime
    subscription: str
    before: int
    after: int
    part_before: bool  # only a part of the MRR is known
    part_after: bool
    event_id: int | None

    @property
    def delta(self) -> int:
        return self.after - self.before


def movements(states: Iterable[State], parts: Parts) -> list[Change]:
    """The changes of a customer's MRR over time. `states` are all states of all their subscriptions, in any order."""
    by_subscription: dict[str, list[State]] = {}
    for state in states:
        by_subscription.setdefault(state.subscription, []).append(state)
    steps: dict[str, list[_Step]] = {}
    for subscription in sorted(by_subscription):
        timeline = _timeline(sorted(by_subscription[subscription], key=lambda state: state.key), parts)
        _add_steps(steps, subscription, timeline)
    changes = {code: list(_changes(code, _merged(steps[code]))) for code in sorted(steps)}
    return [
        replace(change, kind="contraction") if change.kind == "churn" and _stays(change, changes) else change
        for code in changes
        for change in changes[code]
    ]


def _stays(end: Change, changes: Mapping[str, Sequence[Change]]) -> bool:
    """Whether a customer has an MRR in another currency a day after the end of that in one.

    Then they have not left: one of their subscriptions went on, or moved to the other currency.
    """
    return any(
        sum(change.delta for change in changes[code] if change.at <= end.at + MOVE) > 0
        for code in changes
        if code != end.currency
    )


def completed_terms(states: Iterable[State], parts: Parts) -> list[Json]:
    """The terms of these states, each with every part that is on record. Those of a subscription stand in their order."""
    completed = []
    changed_at: dict[str, datetime] = {}
    for state in states:
        if state.terms.get("items_changed"):
            changed_at[state.subscription] = state.at
        since = changed_at.get(state.subscription)
        completed.append(complete(state.subscription, state.terms, state.at, parts, since))
    return completed


def _timeline(states: Sequence[State], parts: Parts) -> list[tuple[datetime, Mrr, int | None]]:
    """The MRR of a subscription from each moment on at which a state or the term of a discount changes it.

    A subscription ends when it says that it ended; the message may come later.
    """
    timeline: list[tuple[datetime, Mrr, int | None]] = []
    begins: list[datetime] = []
    for state in states:
        ended_at = state.terms.get("ended_at") if state.terms.get("status") == "canceled" else None
        moment = min(state.at, datetime.fromisoformat(ended_at)) if ended_at else state.at
        begins.append(max(moment, begins[-1]) if begins else moment)
    for number, (state, terms) in enumerate(zip(states, completed_terms(states, parts), strict=True)):
        begin, following = begins[number], begins[number + 1 : number + 2]
        moments = {moment for moment in _terms_of_discounts(terms) if begin < moment}
        timeline += [
            (moment, subscription_mrr(terms, moment), state.event_id)
            for moment in (begin, *sorted(moments))
            if moment == begin or not following or moment < following[0]
        ]
    return timeline


def _terms_of_discounts(terms: Json) -> Iterable[datetime]:
    for holder in (terms, *terms["items"], {"discounts": terms["customer_discounts"]}):
        for discount in holder["discounts"]:
            for name in ("start", "end"):
                if discount.get(name):
                    yield datetime.fromisoformat(discount[name])


def _add_steps(
    steps: dict[str, list[_Step]], subscription: str, timeline: Sequence[tuple[datetime, Mrr, int | None]]
) -> None:
    last: dict[str, int] = {}
    part = False
    for moment, mrr, event_id in timeline:
        levels = {money.currency: money.minor for money in mrr.money()}
        for code in sorted(last.keys() | levels.keys()):
            before, after = last.get(code, 0), levels.get(code, 0)
            if before != after or part != mrr.unknown:
                steps.setdefault(code, []).append(
                    _Step(moment, subscription, before, after, part, mrr.unknown, event_id)
                )
            last[code] = after
        part = mrr.unknown


def _merged(steps: list[_Step]) -> list[list[_Step]]:
    """The steps in groups that count as one movement: those of one moment, and those of a move to another plan.

    An end belongs to the nearest start of another subscription within a day, and a start that no end is nearest to belongs
    to the nearest end, so that two subscriptions may become one, or one become two.
    """
    steps.sort(key=lambda step: (step.at, step.subscription))
    group_of = {id(step): [step] for step in steps}
    starts = [step for step in steps if _is_start(step)]
    ends = [step for step in steps if step.before > 0 == step.after and not step.part_after]
    began = {
        id(end): max(
            (start.at for start in starts if start.subscription == end.subscription and start.at <= end.at),
            default=end.at,
        )
        for end in ends
    }

    def is_move(start: _Step, end: _Step) -> bool:
        near = abs(start.at - end.at) <= MOVE and start.at >= began[id(end)]
        return near and start.subscription != end.subscription

    def join(step: _Step, candidates: list[_Step]) -> None:
        if not candidates:
            return
        nearest = min(candidates, key=lambda other: (abs(other.at - step.at), other.at, other.subscription))
        joined, other = group_of[id(step)], group_of[id(nearest)]
        if joined is not other:
            joined.extend(other)
            group_of.update({id(member): joined for member in other})

    for end in ends:
        join(end, [start for start in starts if is_move(start, end)])
    for start in starts:
        if len(group_of[id(start)]) == 1:
            join(start, [end for end in ends if is_move(start, end)])
    groups: dict[datetime, list[_Step]] = {}
    for step in steps:
        groups.setdefault(max(member.at for member in group_of[id(step)]), []).append(step)
    return [groups[moment] for moment in sorted(groups)]


def _is_start(step: _Step) -> bool:
    return step.before == 0 < step.after and not step.part_before


def _changes(code: str, groups: Sequence[list[_Step]]) -> Iterable[Change]:
    """The movements of the groups in one currency. A group whose sum Postgres cannot hold stays in its steps."""
    levels: dict[str, int] = {}
    parts: dict[str, bool] = {}
    ever = False
    for group in groups:
        moment = max(step.at for step in group)
        whole = sum(step.delta for step in group)
        for steps in [group] if storable(whole) else [[step] for step in group]:
            before = sum(levels.values())
            part_before = any(parts.values()) or any(step.part_before for step in steps)
            for step in steps:
                levels[step.subscription] = levels.get(step.subscription, 0) + step.delta
                parts[step.subscription] = step.part_after
            delta, after = sum(step.delta for step in steps), sum(levels.values())
            own_part = any(step.part_before or step.part_after for step in steps)
            if delta:
                lead = max(steps, key=lambda step: (step.delta * (1 if delta > 0 else -1), step.subscription))
                kind = _kind(before, after, part_before, any(parts.values()), own_part, ever)
                yield Change(moment, lead.subscription, code, delta, kind, lead.event_id)
            ever = ever or after > 0


def _kind(before: int, after: int, part_before: bool, part_after: bool, own_part: bool, ever: bool) -> str:
    if before == 0 and not part_before:
        return "reactivation" if ever else "new"
    if after == 0 and not part_after:
        return "churn"
    if own_part or before == 0 or after == 0:
        return "unknown"
    return "expansion" if after > before else "contraction"
