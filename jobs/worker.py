"""The job worker: it supervises Procrastinate's worker, and returns the jobs of workers that died.

Each worker holds a session lock. Postgres releases the lock when the process ends. At its start and on its heartbeat a
worker returns the jobs of workers whose lock is free. So a killed worker's jobs run again within seconds, without a
periodic task.

A worker that is stopped keeps its lock, so each worker renews a lease on its heartbeat. Where a lease has run out, a peer
ends the sessions of that process first: so its jobs come back, and an attempt that ran is reconciled, never repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from execops.context import Context
from execops.db import queries
from execops.db.pool import KEEPALIVES, OPTIONS, PROCESS
from execops.errors import ExecOpsError
from execops.settings import Secret
from execops.text.log_lines import action
from jobs import tasks
from jobs.batches import Turns

logger = logging.getLogger(__name__)

SQL = queries.load("workers")
_TAKE, _FINISH = SQL["take_job"].decode(), SQL["finish_job"].decode()
HEARTBEAT = 1.5  # seconds
LEASE = 10.0  # seconds without a heartbeat after which a peer ends a worker's sessions
POLLING = 0.5  # seconds; the longest delay of a job that is due, or whose notification was missed
GRACE = 10.0  # seconds; a stopping worker returns the jobs that have not ended by then
_RESTART_WAIT = 0.5  # seconds
_POOL = 6  # connections, plus four for every concurrent job: it holds its thread's lock on one while its steps use others
_LOST = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,  # a replica answers before its promotion
    psycopg.errors.IdleInTransactionSessionTimeout,  # the process was stopped within a transaction
    ConnectorException,
    ExecOpsError,
    OSError,
)

_Session = psycopg.AsyncConnection[tuple[Any, ...]]


async def run_worker(ctx: Context, stop: asyncio.Event, *, on_start: Callable[[], object] = int) -> None:
    """Run jobs until `stop` is set. After a lost connection the worker starts again by itself.

    It calls `on_start` each time that it has registered and takes jobs.
    """
    async with on_own_sessions(ctx) as worker_ctx:
        while not stop.is_set():
            try:
                await _run_once(worker_ctx, stop, on_start)
            except _LOST as exc:
                name = type(exc).__name__
                logger.warning(
                    "The worker lost the database and starts again: %s",
                    name,
                    extra=action("worker.restarted"),
                )
            if not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _RESTART_WAIT)


def on_own_sessions(ctx: Context) -> AbstractAsyncContextManager[Context]:
    """This Context on the sessions of a worker: they run the few statements of jobs, and plan each of them once."""
    return ctx.apart(_POOL + 4 * ctx.settings.worker_concurrency, plans_once=True)


async def _run_once(ctx: Context, stop: asyncio.Event, on_start: Callable[[], object]) -> None:
    """Run one worker until `stop` is set or its connection is lost. Raises the error that ended it."""
    async with await psycopg.AsyncConnection.connect(
        ctx.url.reveal(),
        autocommit=True,
        application_name=f"execops worker {PROCESS}",
        connect_timeout=5,
        options=OPTIONS,
        **KEEPALIVES,
    ) as session:
        app = App(connector=_Connector(ctx.url if ctx.pooler_url is not None else None))
        tasks.register(app)
        await app.open_async(ctx.pool)
        registry = _LockedRegistry(app, session, on_start)
        app.job_manager = registry
        worker = Worker(
            app=app,
            concurrency=ctx.settings.worker_concurrency,
            fetch_job_polling_interval=POLLING,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="successful",
            additional_context={"ctx": ctx, "turns": Turns(ctx.settings.worker_concurrency)},
            install_signal_handlers=False,
        )
        running = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call]
        beating = asyncio.create_task(registry.beat(), name="worker heartbeat")
        stopping = asyncio.create_task(stop.wait(), name="worker stop")
        try:
            await asyncio.wait({running, beating, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            worker.stop()  # type: ignore[no-untyped-call]
            stopping.cancel()
            beating.cancel()
            ended = await asyncio.gather(running, beating, stopping, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome


class _Connector(PsycopgConnector):
    """Procrastinate's connector, which listens past a pooler, where there is one; all else takes the pool."""

    def __init__(self, past_pooler: Secret | None) -> None:
        super().__init__()
        self._past_pooler = past_pooler

    @asynccontextmanager
    async def _get_standalone_connection(self) -> AsyncGenerator[psycopg.AsyncConnection[Any]]:
        if self._past_pooler is None:
            async with super()._get_standalone_connection() as conn:
                yield conn
            return
        async with await psycopg.AsyncConnection.connect(
            self._past_pooler.reveal(),
            autocommit=True,
            application_name=f"execops {PROCESS}",
            connect_timeout=5,
            **KEEPALIVES,
        ) as conn:
            yield conn


class _LockedRegistry(JobManager):
    """Registers the worker and takes its lock in one transaction, so no peer sees the worker without its lock."""

    def __init__(self, app: App, session: _Session, on_start: Callable[[], object]) -> None:
        super().__init__(app.connector)
        self._session = session
        self._on_start = on_start
        self._worker_id = 0
        self._registered = asyncio.Event()
        self._unrecorded: asyncio.Future[ConnectorException] = asyncio.get_running_loop().create_future()
        self._behind = (
            timedelta()
        )  # from our clock to that of the database, by which Postgres takes jobs that are due

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:  # noqa: ARG002
        """Forget no worker for its age, as Procrastinate does at a start: a stopped one may hold the lock of a thread.

        Without its row, no peer would find the sessions that are to be ended first.
        """
        return []

    async def register_worker(self) -> int:
        """Return the jobs of dead workers, then register. Returns the id of this worker."""
        await self._return_jobs_of_the_dead()
        async with self._session.transaction():
            row = await queries.the_one(self._session, SQL["register"])
        self._worker_id = int(row[0])
        await self._renew()
        self._registered.set()
        logger.info("The worker takes jobs", extra=action("worker.started", worker=self._worker_id))
        self._on_start()
        return self._worker_id

    async def beat(self) -> None:
        """Renew the lease, and return the jobs of dead workers, on every heartbeat. Raises OperationalError when disconnected.

        It begins after the registration, which may take long: both open transactions on one session. It raises
        ConnectorException once the end of a job could not be recorded: the worker has to start again, so that the job comes back.
        """
        await self._registered.wait()
        while True:
            await asyncio.wait({self._unrecorded}, timeout=HEARTBEAT)
            if self._unrecorded.done():
                raise self._unrecorded.result()
            await self._renew()
            await self._return_jobs_of_the_dead()

    async def _renew(self) -> None:
        row = await queries.one(self._session, SQL["renew"], me=self._worker_id)
        if row is not None:
            self._behind = row[0] - datetime.now(UTC)

    async def retry_job_by_id_async(self, job_id: int, retry_at: datetime, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Return a job to the queue until a moment, which our clock names, and the database's compares."""
        with self._recording(job_id):
            await super().retry_job_by_id_async(job_id, retry_at + self._behind, *args, **kwargs)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Take the next job, as Procrastinate does, without waiting for the disk."""
        row = await self.connector.execute_query_one_async(_TAKE, queues=queues, worker_id=worker_id)
        return None if row["id"] is None else Job.from_row(row)

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        """Record how a job ended, as Procrastinate does, without waiting for the disk."""
        with self._recording(job_id):
            values: dict[str, Any] = {"job_id": job_id, "status": status.value, "delete_job": delete_job}
            await self.connector.execute_query_async(_FINISH, **values)

    @contextlib.contextmanager
    def _recording(self, job_id: int) -> Iterator[None]:
        """Record the end of a job, or see to it that it comes back.

        Where Postgres is away for a moment, or a peer has taken the job because this worker gave no sign, the job would stay
        `doing` for as long as this worker lives.
        """
        try:
            yield
        except ConnectorException as exc:
            cause = type(exc.__cause__ or exc).__name__
            extra = action("job.unrecorded", job=job_id)
            logger.warning("The end of a job was not recorded, so it comes back: %s", cause, extra=extra)
            if not self._unrecorded.done():
                self._unrecorded.set_result(exc)

    async def _return_jobs_of_the_dead(self) -> None:
        stopped = await queries.many(self._session, SQL["end_the_stopped"], me=self._worker_id, lease=LEASE)
        for worker_id, sessions in stopped:
            extra = action("worker.ended", worker=worker_id, sessions=sessions)
            logger.warning("A worker that gives no sign was ended: its sessions are closed", extra=extra)
        # Postgres would grant this session its own lock again, so the query leaves out this worker.
        async with self._session.transaction():
            await queries.run(self._session, SQL["forget_the_dead"], me=self._worker_id)
            returned = await queries.one(self._session, SQL["return_orphaned_jobs"])
        if returned and returned[0]:
            extra = action("jobs.returned", jobs=returned[0])
            logger.warning("Jobs returned to the queue because their worker died", extra=extra)
