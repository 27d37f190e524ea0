"""Precision: how often a person approves what a play drafts.

    precision  approved / (approved + rejected)
    unedited   approved without an edit / approved

A proposal counts once, by the last thing a person made of the draft. An approval that was undone, or taken back
to edit what failed, is no decision; nor is a retry, nor giving up a failed action, nor what was superseded or
expired. A play is flagged when it was approved in under half of its last twenty decisions; before it has twenty,
it never is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from execops.authority import policy
from execops.authority.policy import Switched
from execops.context import ORG
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
    """Decisions, and how many of them approved what was drafted, and approved it as it was."""

    decisions: int = 0
    approved: int = 0
    unedited_approvals: int = 0

    @property
    def precision(self) -> float | None:
        """None before the first decision."""
        return self.approved / self.decisions if self.decisions else None

    @property
    def unedited(self) -> float | None:
        """None before the first approval."""
        return self.unedited_approvals / self.approved if self.approved else None

    def to_json(self) -> Json:
        """The counts with their rates."""
        return {
            "decisions": self.decisions,
            "approved": self.approved,
            "precision": self.precision,
            "unedited": self.unedited,
        }


@dataclass(frozen=True, slots=True)
class Precision:
    """Over all decisions, and over the last twenty."""

    play: str
    action_type: str | None  # None: of all its action types
    over_all: Rate = Rate()
    last: Rate = Rate()

    @property
    def flagged(self) -> bool:
        """Approved in under half of the last twenty, of which there are twenty."""
        rate = self.last.precision
        return self.last.decisions >= LAST and rate is not None and rate < FLAGGED_UNDER


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayStanding:
    """A play, whether it may draft, and how well it does."""

    name: str
    vertical: str
    version: int
    summary: str
    events: tuple[str, ...]
    enabled: bool
    switched: Switched | None  # None: as it comes
    precision: Precision

    def to_json(self) -> Json:
        """All of it; the rates over all decisions stand at the top."""
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
class ActionStanding:
    """An action type, whether it may be performed, and whether anything here performs it."""

    name: str
    enabled: bool
    adapter: bool
    plays: tuple[str, ...]  # which of them draft it
    switched: Switched | None
    by_play: tuple[Precision, ...]

    @property
    def over_all(self) -> Rate:
        """Of all plays that drafted it."""
        rates = [each.over_all for each in self.by_play]
        return Rate(
            sum(each.decisions for each in rates),
            sum(each.approved for each in rates),
            sum(each.unedited_approvals for each in rates),
        )

    def to_json(self) -> Json:
        """All of it."""
        return {
            "name": self.name,
            "enabled": self.enabled,
            "adapter": self.adapter,
            "plays": list(self.plays),
            **self.over_all.to_json(),
            "by_play": {each.play: each.over_all.to_json() for each in self.by_play},
            "switched": self.switched,
        }


async def read(conn: Connection) -> list[Precision]:
    """The precision of every play that was ever decided about: of all it drafted, then per action type."""
    rows = await (await conn.execute(SQL["read"], {"org_id": ORG, "last": LAST})).fetchall()
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
    """The plays that are flagged."""
    values = {"org_id": ORG, "plays": sorted(all_plays()), "last": LAST, "under": FLAGGED_UNDER}
    rows = await (await conn.execute(SQL["flagged"], values)).fetchall()
    return frozenset(row["name"] for row in rows)


async def plays(conn: Connection) -> list[PlayStanding]:
    """Every play there is, by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    of_play = {each.play: each for each in await read(conn) if each.action_type is None}
    return [
        PlayStanding(
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


async def actions(conn: Connection, adapters: Mapping[str, Adapter]) -> list[ActionStanding]:
    """Every action type that is known, by name."""
    switches = await policy.switches(conn)
    rules = await policy.read(conn)
    measured = await read(conn)
    drafted = {(each.action_type, name) for name, each in all_plays().items()}
    drafted |= {(each.action_type, each.play) for each in measured if each.action_type}
    return [
        ActionStanding(
            name=name,
            enabled=rules.action_allowed(name, adapters),
            adapter=name in adapters,
            plays=tuple(sorted(play for action_type, play in drafted if action_type == name)),
            switched=switches.get(("action", name)),
            by_play=tuple(each for each in measured if each.action_type == name),
        )
        for name in sorted(action_types(adapters))
    ]
