"""Precision: the share of a play's drafts that a person approves.

    precision  approved / (approved + rejected)
    unedited   approved without an edit / approved

A proposal counts once, by the last decision that a person made about the draft. An approval that was undone, or
taken back to edit a failed action, does not count as a decision. Neither does a retry, giving up a failed action, or
a proposal that was superseded or expired. A play is flagged when people approved under half of its last twenty
decisions; with fewer than twenty decisions it is never flagged. The same holds for an action type. The threshold is a half,
or `EXECOPS_SUSPEND_BELOW` where that is higher.

With `EXECOPS_SUSPEND_BELOW`, a play or an action type is suspended when its drafts are surely approved less often than that:
see `is_surely_below` and `execops.proposals.suspending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import comb
from typing import Any

from msgspec import Struct

from execops.authority import policy
from execops.authority.policy import Switched
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.plays.registry import action_types, all_plays
from execops.ports import Adapter
from execops.settings import Settings

SQL = queries.load("precision")
LAST = 20
FLAGGED_UNDER = 0.5
SMALLEST = 10  # decisions from which on something is suspended
_CHANCE = (
    0.05  # that a play whose precision is just the threshold has as few approvals among as many decisions
)


class Rate(Struct, frozen=True):
    """The number of decisions, of approvals among them, and of approvals without an edit."""

    decisions: int = 0
    approved: int = 0
    unedited_approvals: int = 0

    @property
    def precision(self) -> float | None:
        """Approvals by decisions, 0 to 1; None before the first decision."""
        return self.approved / self.decisions if self.decisions else None

    @property
    def unedited(self) -> float | None:
        """Approvals without an edit by approvals, 0 to 1; None before the first approval."""
        return self.unedited_approvals / self.approved if self.approved else None

    def to_json(self) -> Json:
        """The counts and their rates as JSON types."""
        return {
            "decisions": self.decisions,
            "approved": self.approved,
            "precision": self.precision,
            "unedited": self.unedited,
        }


class Precision(Struct, frozen=True):
    """A play's rates over all decisions and over the last twenty."""

    play: str
    action_type: str | None  # None for all of its action types together
    over_all: Rate = Rate()
    last: Rate = Rate()
    threshold: float = FLAGGED_UNDER

    @property
    def flagged(self) -> bool:
        """Whether there are twenty decisions, and people approved under the threshold of the last twenty."""
        return _is_flagged(self.last, self.threshold)


class PlayStatus(Struct, frozen=True, kw_only=True):
    """A play, whether it may draft, and its precision."""

    name: str
    vertical: str
    version: int
    summary: str
    events: tuple[str, ...]
    enabled: bool
    switched: Switched | None  # None where nobody has switched it
    precision: Precision

    @property
    def suspended(self) -> bool:
        """Whether ExecOps disabled it, because its drafts were rejected too often."""
        return self.switched is not None and self.switched.suspended

    @property
    def state(self) -> str:
        """`enabled`, `disabled` or `suspended`; with `, flagged` where people approve too little of it."""
        return _state(self.enabled, self.suspended, self.precision.flagged)

    def to_json(self) -> Json:
        """The play as JSON types, with its rates over all decisions at the top level."""
        return {
            "name": self.name,
            "vertical": self.vertical,
            "version": self.version,
            "summary": self.summary,
            "events": list(self.events),
            "enabled": self.enabled,
            "flagged": self.precision.flagged,
            "suspended": self.suspended,
            **self.precision.over_all.to_json(),
            f"last_{LAST}": self.precision.last.to_json(),
            "switched": self.switched,
        }


class ActionStatus(Struct, frozen=True, kw_only=True):
    """An action type, whether it may be performed, and whether an adapter performs it."""

    name: str
    enabled: bool
    adapter: bool
    plays: tuple[str, ...]  # the plays that draft it
    switched: Switched | None
    by_play: tuple[Precision, ...]
    last: Rate = Rate()
    threshold: float = FLAGGED_UNDER

    @property
    def flagged(self) -> bool:
        """Whether there are twenty decisions, and people approved under the threshold of the last twenty."""
        return _is_flagged(self.last, self.threshold)

    @property
    def suspended(self) -> bool:
        """Whether ExecOps disabled it, because its drafts were rejected too often."""
        return self.switched is not None and self.switched.suspended

    @property
    def state(self) -> str:
        """`enabled`, `disabled` or `suspended`; with `, flagged` where people approve too little of it."""
        return _state(self.enabled, self.suspended, self.flagged)

    @property
    def over_all(self) -> Rate:
        """The rate of all plays together that drafted it."""
        rates = [precision.over_all for precision in self.by_play]
        return Rate(
            sum(rate.decisions for rate in rates),
            sum(rate.approved for rate in rates),
            sum(rate.unedited_approvals for rate in rates),
        )

    def to_json(self) -> Json:
        """The action type as JSON types, with its rates over all decisions at the top level."""
        return {
            "name": self.name,
            "enabled": self.enabled,
            "adapter": self.adapter,
            "plays": list(self.plays),
            "flagged": self.flagged,
            "suspended": self.suspended,
            **self.over_all.to_json(),
            f"last_{LAST}": self.last.to_json(),
            "by_play": {precision.play: precision.over_all.to_json() for precision in self.by_play},
            "switched": self.switched,
        }


def is_surely_below(rate: Rate, threshold: float) -> bool:
    """Whether so few approvals would come up in under 5 % of cases if the precision were the threshold, 0 to 1.

    It is the exact test of a binomial proportion, one-sided: Clopper and Pearson, "The use of confidence or fiducial limits
    illustrated in the case of the binomial", Biometrika 26 (1934) 404-413. With a threshold of 0.5, these are 1 approval of
    10 decisions, 3 of 15, 5 of 20. Fewer than ten decisions never say it.
    """
    if rate.decisions < SMALLEST:
        return False
    decided, rejected = rate.decisions, 1 - threshold
    ways = (comb(decided, k) * threshold**k * rejected ** (decided - k) for k in range(rate.approved + 1))
    return sum(ways) < _CHANCE


def threshold_of(settings: Settings) -> float:
    """The precision, 0 to 1, under which a play or an action type is flagged."""
    return max(FLAGGED_UNDER, settings.suspend_below or 0.0)


async def read(conn: Connection, settings: Settings) -> list[Precision]:
    """The precision of every play with a decision: once for all of its drafts, and once for each action type."""
    rows = await queries.many(conn, SQL["read"], last=LAST)
    threshold = threshold_of(settings)
    return [
        Precision(row["play"], row["action_type"], _rate(row), _rate(row, "last_"), threshold) for row in rows
    ]


async def since_switched(conn: Connection, kind: str, name: str) -> Rate:
    """The rate of the last twenty decisions about a `play` or an `action` type since somebody enabled it last.

    Those about an action type leave out the drafts of plays that are forbidden: they make no further ones.
    """
    if kind == "play":
        return _rate(await queries.the_one(conn, SQL["play_since_switched"], name=name, last=LAST))
    return _rate(await queries.the_one(conn, SQL["action_since_switched"], name=name, last=LAST))


async def flagged(conn: Connection, settings: Settings) -> frozenset[str]:
    """The names of the plays that are flagged."""
    names, under = sorted(all_plays()), threshold_of(settings)
    rows = await queries.many(conn, SQL["flagged"], plays=names, last=LAST, under=under)
    return frozenset(row["name"] for row in rows)


async def plays(conn: Connection, settings: Settings) -> list[PlayStatus]:
    """Every play, sorted by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    measured = await read(conn, settings)
    of_play = {precision.play: precision for precision in measured if precision.action_type is None}
    return [
        PlayStatus(
            name=name,
            vertical=play.vertical,
            version=play.version,
            summary=play.summary,
            events=tuple(sorted(play.events)),
            enabled=rules.play_allowed(name),
            switched=switches.get(("play", name)),
            precision=of_play.get(name, Precision(name, None, threshold=threshold_of(settings))),
        )
        for name, play in sorted(all_plays().items())
    ]


async def actions(
    conn: Connection, adapters: Mapping[str, Adapter], settings: Settings
) -> list[ActionStatus]:
    """Every action type that an adapter performs or will perform, sorted by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    measured = await read(conn, settings)
    last = {
        row["action_type"]: _rate(row) for row in await queries.many(conn, SQL["last_of_actions"], last=LAST)
    }
    drafted = {(play.action_type, name) for name, play in all_plays().items()}
    drafted |= {(precision.action_type, precision.play) for precision in measured if precision.action_type}
    return [
        ActionStatus(
            name=name,
            enabled=rules.action_allowed(name, adapters),
            adapter=name in adapters,
            plays=tuple(sorted(play for action_type, play in drafted if action_type == name)),
            switched=switches.get(("action", name)),
            by_play=tuple(precision for precision in measured if precision.action_type == name),
            last=last.get(name, Rate()),
            threshold=threshold_of(settings),
        )
        for name in sorted(action_types(adapters))
    ]


def _rate(row: Mapping[str, Any], prefix: str = "") -> Rate:
    return Rate(row[f"{prefix}decisions"], row[f"{prefix}approved"], row[f"{prefix}unedited"])


def _is_flagged(last: Rate, threshold: float) -> bool:
    return last.decisions >= LAST and last.precision is not None and last.precision < threshold


def _state(enabled: bool, suspended: bool, flagged: bool) -> str:
    state = "suspended" if suspended else "enabled" if enabled else "disabled"
    return f"{state}, flagged" if flagged else state
