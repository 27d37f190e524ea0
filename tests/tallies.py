"""The counts that the database keeps (`migrations/0061_tallies.sql`), compared with the rows that they count."""

from __future__ import annotations

from typing import Any

from execops import health
from execops.context import Context
from execops.db import queries
from execops.model import Json
from tests import records

EVENTS = "select source, status, count(*) as value from events group by 1, 2 order by 1, 2"
PROPOSALS = "select status, count(*) as value from action_proposals group by 1 order by 1"
EXECUTIONS = """
select p.action_type, e.status as outcome, count(*) as value
from executions e join action_proposals p on p.id = e.proposal_id group by 1, 2 order by 1, 2
"""
DECISIONS = """
with took as (
    select extract(epoch from a.ts - p.created_at)::float8 as seconds
    from audit_log a join action_proposals p on p.id = a.proposal_id
    where a.from_status = 'pending' and a.to_status in ('approved', 'rejected')
)
select b.bound, count(t.seconds) filter (where t.seconds <= b.bound) as value, count(t.seconds) as count,
       round(coalesce(sum(t.seconds), 0)::numeric, 3) as sum
from unnest(%s::float8[]) as b (bound) left join took t on true
group by b.bound order by b.bound
"""
VERDICTS = """
select play, action_type, count(*) as decisions, count(*) filter (where approved) as approved,
       count(*) filter (where approved and not edited) as unedited
from verdicts group by grouping sets ((play, action_type), (play)) order by play, action_type nulls first
"""


async def compare(ctx: Context) -> dict[str, list[Json]]:
    """The kept counts, after they were compared with the rows themselves."""
    async with ctx.connection() as conn:
        measures = await health.measure(conn)
        precision = await queries.many(conn, queries.load("precision")["read"], last=20)
    bounds = [row["bound"] for row in measures.decisions]
    said: dict[str, list[Json]] = {
        "events": measures.events,
        "proposals": measures.proposals,
        "executions": measures.executions,
        "decisions": [row | {"sum": round(row["sum"], 3)} for row in measures.decisions],
        "verdicts": [
            {name: value for name, value in row.items() if not name.startswith("last_")} for row in precision
        ],
    }
    counted: dict[str, list[dict[str, Any]]] = {
        "events": await records.rows(ctx, EVENTS),
        "proposals": await records.rows(ctx, PROPOSALS),
        "executions": await records.rows(ctx, EXECUTIONS),
        "decisions": [row | {"sum": float(row["sum"])} for row in await records.rows(ctx, DECISIONS, bounds)],
        "verdicts": await records.rows(ctx, VERDICTS),
    }
    assert said == counted
    return said
