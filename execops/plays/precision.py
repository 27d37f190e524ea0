"""Precision: the share of a play's drafts that a person approves.

    precision  approved / (approved + rejected)
    unedited   approved without an edit / approved

A proposal counts once, by the last decision that a person made about the draft. An approval that was undone, or
taken back to edit a failed action, does not count as a decision. Neither does a retry, giving up a failed action, or
a proposal that was superseded or expired. A play is flagged when people approved under half of its last twenty
decisions; with fewer than twenty decisions it is never flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from execops.authority import policy
from execops.authority.policy import Switched
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.plays.registry import action_types, all_plays
from execops.ports import Adapter

SQL = queries.load("precision")
LAST = 20
FLAGGED_UNDER = 0.5


@dataclass(frozen=True, slots=True)
class Rate:
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


@dataclass(frozen=True, slots=True)
class Precision:
    """A play's rates over all decisions and over the last twenty."""

    play: str
    action_type: str | None  # None for all of its action types together
    over_all: Rate = Rate()
    last: Rate = Rate()

    @property
    def flagged(self) -> bool:
        """Whether there are twenty decisions, and people approved under half of the last twenty."""
        rate = self.last.precision
        return self.last.decisions >= LAST and rate is not None and rate < FLAGGED_UNDER


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayStatus:
    """A play, whether it may draft, and its precision."""

    name: str
    vertical: str
    version: int
    summary: str
    events: tuple[str, ...]
    enabled: bool
    switched: Switched | None  # None where nobody has switched it
    precision: Precision

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
            **self.precision.over_all.to_json(),
            f"last_{LAST}": self.precision.last.to_json(),
            "switched": self.switched,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionStatus:
    """An action type, whether it may be performed, and whether an adapter performs it."""

    name: str
    enabled: bool
    adapter: bool
    plays: tuple[str, ...]  # the plays that draft it
    switched: Switched | None
    by_play: tuple[Precision, ...]

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
            **self.over_all.to_json(),
            "by_play": {precision.play: precision.over_all.to_json() for precision in self.by_play},
            "switched": self.switched,
        }


async def read(conn: Connection) -> list[Precision]:
    """The precision of every play with a decision: once for all of its drafts, and once for each action type."""
    rows = await queries.many(conn, SQL["read"], last=LAST)
    return [
        Precision(
            row["play"],
            row["action_type"],
            Rate(row["decisions"], row["approved"], row["unedited"]),
            Rate(row["last_decisions"], row["last_approved"], row["last_unedited"]),
        )
        for row in rows
    ]


async def flagged(conn: Connection) -> frozenset[str]:
    """The names of the plays that are flagged."""
    rows = await queries.many(conn, SQL["flagged"], plays=sorted(all_plays()), last=LAST, under=FLAGGED_UNDER)
    return frozenset(row["name"] for row in rows)


async def plays(conn: Connection) -> list[PlayStatus]:
    """Every play, sorted by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    of_play = {precision.play: precision for precision in await read(conn) if precision.action_type is None}
    return [
        PlayStatus(
            name=name,
            vertical=play.vertical,
            version=play.version,
            summary=play.summary,
            events=tuple(sorted(play.events)),
            enabled=rules.play_allowed(name),
            switched=switches.get(("play", name)),
            precision=of_play.get(name, Precision(name, None)),
        )
        for name, play in sorted(all_plays().items())
    ]


async def actions(conn: Connection, adapters: Mapping[str, Adapter]) -> list[ActionStatus]:
    """Every action type that an adapter performs or will perform, sorted by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    measured = await read(conn)
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
        )
        for name in sorted(action_types(adapters))
    ]
