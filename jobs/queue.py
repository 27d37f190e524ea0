"""The core's JobQueue on Procrastinate: it defers jobs inside the caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from execops.db import queries
from execops.db.pool import Connection, Pool

if TYPE_CHECKING:
    from procrastinate import App

    from execops.ports import Job

SQL = queries.load("session")


class ProcrastinateQueue:
    """Defers jobs by the names of their tasks.

    The first job imports Procrastinate, so a command that only reads starts without it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._app: App | None = None

    async def defer(self, connection: Connection, *jobs: Job) -> None:
        """Defer jobs on this connection. They exist if, and only if, its transaction commits."""
        if not jobs:
            return
        app = await self._opened()
        # Procrastinate compares the time of a job with the clock of the database, so that clock alone sets it.
        now = (
            (await queries.the_one(connection, SQL["now"]))["now"]
            if any(job.delay > 0 for job in jobs)
            else None
        )
        deferrers = [
            app.configure_task(
                job.task,
                allow_unknown=True,
                task_kwargs=dict(job.args),
                schedule_at=now + timedelta(seconds=job.delay) if now and job.delay > 0 else None,
                priority=job.priority,
            )
            for job in jobs
        ]
        await app.job_manager.batch_defer_jobs_async(
            jobs=[deferrer.job for deferrer in deferrers], connection=connection
        )

    async def _opened(self) -> App:
        if self._app is None:
            from procrastinate import App, PsycopgConnector

            self._app = App(connector=PsycopgConnector())
            await self._app.open_async(self._pool)
        return self._app
