"""The jobs and actions that stand still in a database, and who could move them: for the message of a test that waited in vain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

_MOST = 12  # rows of a list
# Seconds stand before or after now: `due_in` is negative for a job that should have been taken.
_LISTS: Mapping[str, str] = {
    "jobs by task": """
        select task_name as task, status, count(*), min(id) as first, max(attempts) as attempts,
            round(extract(epoch from min(scheduled_at) - clock_timestamp()), 1) as due_in
        from procrastinate_jobs group by task_name, status order by count(*) desc""",
    "first jobs": """
        select id, task_name as task, status, attempts, lock, queueing_lock, worker_id as worker,
            round(extract(epoch from scheduled_at - clock_timestamp()), 1) as due_in, left(args::text, 80) as args
        from procrastinate_jobs where status in ('todo', 'doing') order by status = 'todo', id""",
    "open proposals": """
        select id, status, action_type, approval_no, round(extract(epoch from due_at - clock_timestamp()), 1) as due_in
        from action_proposals where status in ('approved', 'executing', 'unknown') order by id""",
    "open events": """
        select status, count(*), min(id) as first, max(id) as last
        from events where status <> 'processed' group by status order by status""",
    "workers": """
        select id, round(extract(epoch from clock_timestamp() - last_heartbeat), 1) as beat_ago
        from procrastinate_workers order by id""",
    "sessions": """
        select pid, application_name as name, state, wait_event_type || ':' || wait_event as waits,
            round(extract(epoch from clock_timestamp() - xact_start), 1) as in_transaction,
            round(extract(epoch from clock_timestamp() - state_change), 1) as since,
            pg_blocking_pids(pid)::text as blocked_by, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        order by xact_start nulls last, state_change desc""",
    "advisory locks": """
        select pid, classid as lock, objid as key, mode, granted from pg_locks
        where locktype = 'advisory' order by granted, classid, objid""",
}


async def described(url: str) -> str:
    """The open jobs, proposals and events, the workers, and the sessions with their locks; a few lines of each.

    A database that does not answer is named too.
    """
    lines: list[str] = []
    try:
        async with await psycopg.AsyncConnection.connect(
            url, autocommit=True, row_factory=dict_row, connect_timeout=5
        ) as conn:
            for title, query in _LISTS.items():
                rows = await (await conn.execute(query.encode())).fetchall()
                lines += [f"{title}: {len(rows)}", *(f"  {_line(row)}" for row in rows[:_MOST])]
    except psycopg.Error as exc:
        lines.append(f"Postgres: {exc!r}")
    return "\n".join(lines)


def _line(row: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items() if value is not None)
