"""The table of permissions: each door, role, limit and operation, as the product itself answers.

`python -m tests.permission_matrix > docs/permissions.md` makes the page. Each operation is really tried through each door that
offers it: the inbox by the calls of the Client that its keys make, every command by Typer, HTTP by a real server. A
decision names a version that does not exist, so that one who may decide meets a conflict, and nothing is decided.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from msgspec.structs import replace
from typer.main import get_command

from cli.commands import app
from execops import processing
from execops.authority.permissions import WHO, Operation
from execops.client import Client
from execops.context import Context
from execops.db.embedded import embedded_postgres
from execops.errors import ConflictError, NotAllowedError, NotConfiguredError, NotFoundError
from execops.model import Role
from execops.settings import Secret, Settings, load_settings
from jobs.bootstrap import migrate, open_context
from server import ai
from tests import records
from tests.facts import SENDERS
from tests.stripe_events import SECRET, deliver, failed

NO_SUCH_VERSION = 99
RATES = (("EUR", "1.1"),)  # the proposal is about 49.00 USD, which are 44.55 EUR
PEOPLE: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.FOUNDER, ()),
    (Role.OPS, ()),
    (Role.OPS, ("vertical=money",)),
    (Role.OPS, ("vertical=setup",)),
    (Role.OPS, ("action=email",)),
    (Role.OPS, ("action=slack",)),
    (Role.OPS, ("amount=49USD",)),
    (Role.OPS, ("amount=48.99USD",)),
    (Role.OPS, ("amount=45EUR",)),
    (Role.OPS, ("amount=44EUR",)),
    (Role.OPS, ("amount=900CHF",)),
    (Role.VIEWER, ()),
    (Role.SERVICE, ()),
)
_HEAD = """# Who may do what

`python -m tests.permission_matrix > docs/permissions.md` makes this page: each cell was tried through the door that it names.
{module} decides for every door.

Every role may read everything. The proposal that the decisions are about is of the vertical `money` and the action `email`,
and about $49.00; `EXECOPS_RATES` is `EUR=1.1`, so that $49.00 are EUR 44.55, and has no rate of CHF. "inbox" is the inbox in the
terminal, "command" the command line, "http" the HTTP API. A door without a row does not offer the
operation. Every operator renews their own token (`execops operators rotate`).
"""


@dataclass(frozen=True, kw_only=True)
class Person:
    """An operator of the table, and their token."""

    role: Role
    limits: tuple[str, ...]
    client: Client
    token: Secret

    @property
    def title(self) -> str:
        """The heading of their column."""
        return " ".join([self.role, *self.limits])


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A database with what every operation needs."""

    ctx: Context
    people: Sequence[Person]
    proposal: int
    event: int
    statement: Path
    payload: Path
    numbers: Iterator[int]


Cells = dict[tuple[Operation, str], list[bool]]  # by operation and door, an answer for each person


async def set_stage(ctx: Context, founder: Client, token: Secret, folder: Path) -> Stage:
    """A proposal about 49.00 USD, a failed event, and the operators of the table."""
    people = []
    for number, (role, limits) in enumerate(PEOPLE):
        if role is Role.FOUNDER:
            people.append(Person(role=role, limits=limits, client=founder, token=token))
            continue
        _, own = await founder.operators.add(f"{role} {number}", role, limited_to=limits)
        people.append(Person(role=role, limits=limits, client=await Client.login(ctx, own), token=own))
    proposal = await records.pending_id(ctx)
    event = (await deliver(ctx, failed("in_failed", customer="cus_failed"))).event_id
    await processing.give_up_on_event(ctx, event, "the database went away")
    folder.mkdir(parents=True, exist_ok=True)
    statement, payload = folder / "statement.csv", folder / "payload.json"
    statement.write_text("Date,Description,Amount\n2026-10-01,AWS,-10.00\n2026-10-02,AWS,-11.00\n")
    payload.write_text("{}")
    return Stage(
        ctx=ctx, people=people, proposal=proposal, event=event, statement=statement, payload=payload,
        numbers=count(),
    )  # fmt: skip


# The inbox, by the calls of the Client that its keys make

Call = Callable[[Stage, Client], Awaitable[object]]


def decision(name: str, *more: object, **options: object) -> Call:
    return lambda stage, client: getattr(client.proposals, name)(
        stage.proposal, NO_SUCH_VERSION, *more, **options
    )


async def edit_terms(stage: Stage, client: Client) -> None:
    proposal = await client.proposals.get(stage.proposal)
    payload = {**proposal.payload, "to": f"someone{next(stage.numbers)}@example.com"}
    await client.proposals.edit(proposal.id, proposal.version, payload)


CALLS: dict[Operation, Call] = {
    Operation.APPROVE: decision("approve"),
    Operation.REJECT: decision("reject"),
    Operation.EDIT: decision("edit", {}),
    Operation.UNDO: decision("undo"),
    Operation.SNOOZE: decision("snooze", "event"),
    Operation.RETRY: decision("retry"),
    Operation.CONFIRM: decision("confirm"),
    Operation.CLOSE: decision("close"),
    Operation.EDIT_TERMS: edit_terms,
    Operation.SUPPRESS: decision("reject", suppress=True),
    Operation.LIFT: lambda _, client: client.suppressions.lift("cus_nobody"),
}
# The operations that only commands offer, as the Client offers them: both give the same answer.
BEHIND_COMMANDS: dict[Operation, Call] = {
    Operation.REPLAY: lambda stage, client: client.events.replay(stage.event),
    Operation.PAUSE: lambda _, client: client.deployment.pause(),
    Operation.RESUME: lambda _, client: client.deployment.resume(),
    Operation.DISABLE_PLAY: lambda _, client: client.plays.set_allowed("play", "card_update", False),
    Operation.ENABLE_PLAY: lambda _, client: client.plays.set_allowed("play", "card_update", True),
    Operation.DISABLE_ACTION: lambda _, client: client.plays.set_allowed("action", "email", False),
    Operation.ENABLE_ACTION: lambda _, client: client.plays.set_allowed("action", "email", True),
    Operation.BE_NOTIFIED: lambda _, client: client.notifications.switch_on("U0123ABCD"),
    Operation.IMPORT: lambda _, client: client.books.import_statement("main", []),
    Operation.UNDO_IMPORT: lambda _, client: client.books.undo_import(0),
    Operation.NAME_VENDORS: lambda _, client: client.vendors.remove(["nobody"]),
    Operation.TEACH: lambda _, client: client.canvas.forget("nothing"),
    Operation.ERASE_QUESTIONS: lambda _, client: client.canvas.erase_refused(),
    Operation.ERASE_CUSTOMER: lambda _, client: client.customers.erase("cus_nobody"),
    Operation.PRUNE: lambda _, client: client.events.prune(
        datetime(2020, 1, 1, tzinfo=UTC), stop=asyncio.Event()
    ),
    Operation.BACKFILL: lambda _, client: client.books.backfill_stripe(
        since=datetime(2026, 1, 1, tzinfo=UTC), rate=1
    ),
    Operation.FETCH: lambda _, client: client.books.fetch_stripe_events(
        since=datetime(2026, 1, 1, tzinfo=UTC), rate=1, stop=asyncio.Event()
    ),
    Operation.FIRST_MESSAGE: lambda _, client: client.proposals.request_first_message(
        "email", "ada@example.com"
    ),
    Operation.SET_POLICY: lambda _, client: client.policies.set_second_approval(None),
    Operation.ADD_OPERATOR: lambda _, client: client.operators.add("founder", Role.OPS),
    Operation.REVOKE_OPERATOR: lambda _, client: client.operators.revoke("nobody"),
    Operation.ROTATE_OTHERS: lambda _, client: client.operators.rotate("nobody"),
    Operation.RESTORED: lambda _, client: client.deployment.restored(),
}


async def ask_client(stage: Stage, calls: dict[Operation, Call]) -> Cells:
    """Whether each person may do these operations, by the Client."""
    cells: Cells = {}
    for operation, call in calls.items():
        for person in stage.people:
            try:
                await call(stage, person.client)
            except NotAllowedError:
                allowed = False
            except (ConflictError, NotFoundError, NotConfiguredError):
                allowed = True
            else:
                allowed = True
            cells.setdefault((operation, "inbox"), []).append(allowed)
    return cells


# Over HTTP

DECISIONS = ("approve", "reject", "undo", "retry", "confirm", "close")


async def ask_http(stage: Stage, http: httpx.AsyncClient) -> Cells:
    """Whether each person may do the operations that HTTP offers."""
    cells: Cells = {}

    async def ask(operation: Operation, method: str, path: str, **request: Any) -> None:
        for person in stage.people:
            if operation is Operation.REPLAY:
                await records.run(stage.ctx, "update events set status = 'failed' where id = %s", stage.event)
            bearer = {"Authorization": f"Bearer {person.token.reveal()}"}
            answer = await http.request(method, path, headers=bearer, **request)
            assert answer.status_code in {200, 202, 403, 404, 409}, answer.text
            cells.setdefault((operation, "http"), []).append(answer.status_code != httpx.codes.FORBIDDEN)

    for name in DECISIONS:
        body = {"proposal_id": stage.proposal, "version": NO_SUCH_VERSION, "decision": name}
        await ask(Operation(name), "post", "/ai/decide", json=body)
    await ask(Operation.LIFT, "delete", "/api/suppressions/cus_nobody")
    await ask(Operation.BE_NOTIFIED, "put", "/api/notifications", json={"slack": "U0123ABCD"})
    with patch.object(ai, "PATIENCE", 0.01):
        await ask(Operation.REPLAY, "post", "/ai/propose", json={"event_id": stage.event})
    return cells


# By command

Words = Callable[[Stage], tuple[str, ...]]


def deciding(name: str, *more: str) -> Words:
    return lambda stage: ("proposals", name, f"{stage.proposal}@{NO_SUCH_VERSION}", *more)


def fixed(*words: str) -> Words:
    return lambda _: words


def changed_terms(stage: Stage) -> tuple[str, ...]:
    text = f'{{"to": "someone{next(stage.numbers)}@example.com", "subject": "Hello", "text": "Hello"}}'
    stage.payload.write_text(text)
    return ("proposals", "edit", str(stage.proposal), "--latest", "--payload", str(stage.payload))


COMMANDS: dict[Operation, Words] = {
    Operation.APPROVE: deciding("approve"),
    Operation.REJECT: deciding("reject"),
    Operation.EDIT: lambda stage: deciding("edit", "--payload", str(stage.payload))(stage),
    Operation.UNDO: deciding("undo"),
    Operation.SNOOZE: deciding("snooze"),
    Operation.RETRY: deciding("retry"),
    Operation.CONFIRM: deciding("confirm"),
    Operation.CLOSE: deciding("close"),
    Operation.EDIT_TERMS: changed_terms,
    Operation.SUPPRESS: fixed("suppressions", "add", "cus_other"),
    Operation.LIFT: fixed("suppressions", "lift", "cus_nobody"),
    Operation.REPLAY: lambda stage: ("events", "replay", str(stage.event)),
    Operation.PAUSE: fixed("pause"),
    Operation.RESUME: fixed("resume"),
    Operation.DISABLE_PLAY: fixed("plays", "disable", "card_update"),
    Operation.ENABLE_PLAY: fixed("plays", "enable", "card_update"),
    Operation.DISABLE_ACTION: fixed("actions", "disable", "email"),
    Operation.ENABLE_ACTION: fixed("actions", "enable", "email"),
    Operation.BE_NOTIFIED: fixed("notifications", "on", "--slack", "U0123ABCD"),
    Operation.IMPORT: lambda stage: ("import", "bank", str(stage.statement), "--yes"),
    Operation.UNDO_IMPORT: fixed("import", "undo", "99"),
    Operation.NAME_VENDORS: fixed("vendors", "remove", "nobody"),
    Operation.TEACH: fixed("synonyms", "remove", "nothing"),
    Operation.ERASE_QUESTIONS: fixed("canvas", "--refused", "--erase"),
    Operation.ERASE_CUSTOMER: fixed("erase", "customer", "cus_nobody", "--yes"),
    Operation.PRUNE: fixed("events", "prune", "--before", "2020-01-01", "--yes"),
    Operation.BACKFILL: fixed("backfill", "stripe"),
    Operation.FETCH: fixed("backfill", "stripe", "--events"),
    Operation.FIRST_MESSAGE: fixed("trigger", "email", "--to", "ada@example.com"),
    Operation.SET_POLICY: fixed("policies", "unset"),
    Operation.ADD_OPERATOR: fixed("operators", "add", "founder"),
    Operation.REVOKE_OPERATOR: fixed("operators", "revoke", "nobody"),
    Operation.ROTATE_OTHERS: fixed("operators", "rotate", "nobody"),
    Operation.RESTORED: fixed("db", "restored", "--yes"),
}


def ask_commands(stage: Stage) -> Cells:
    """Whether each person may do the operations by command. No event loop may run: each command runs its own."""
    cells: Cells = {}
    environment = {
        **{f"EXECOPS_{name.upper()}": value for name, value in SENDERS.items()},
        "DATABASE_URL": stage.ctx.url.reveal(),
        "EXECOPS_HOME": str(stage.ctx.settings.home),
        "EXECOPS_RATES": " ".join(f"{currency}={worth}" for currency, worth in RATES),
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
    run = get_command(app)
    with patch.dict(os.environ, environment):
        for operation, words in COMMANDS.items():
            for person in stage.people:
                os.environ["EXECOPS_TOKEN"] = person.token.reveal()
                out, err, code = io.StringIO(), io.StringIO(), 0
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    try:
                        run(list(words(stage)), standalone_mode=False)
                    except SystemExit as exit_:
                        code = int(exit_.code or 0)
                assert code in {0, 3, 4, 5, 6}, (operation, person.title, err.getvalue())
                cells.setdefault((operation, "command"), []).append(code != NotAllowedError.exit_status)
    return cells


# All of it


def measure(
    settings: Settings,
    token: Secret,
    serving: Callable[[Context], contextlib.AbstractAsyncContextManager[httpx.AsyncClient]],
    folder: Path,
) -> tuple[Sequence[str], Cells]:
    """Try every operation through every door; returns the titles of the columns, and the cells."""
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()

        async def begin() -> Stage:
            opened = await stack.enter_async_context(
                open_context(replace(settings, rates=RATES), pool_size=12)
            )
            return await set_stage(opened, await Client.login(opened, token), token, folder)

        async def ask(stage: Stage) -> Cells:
            async with serving(stage.ctx) as http:
                cells = await ask_client(stage, CALLS) | await ask_http(stage, http)
            behind = await ask_client(stage, BEHIND_COMMANDS)
            return cells | {(operation, "client"): answers for (operation, _), answers in behind.items()}

        stage = runner.run(begin())
        try:
            cells = runner.run(ask(stage))
            commands = ask_commands(stage)
        finally:
            runner.run(stack.aclose())
    for (operation, door), answers in [*cells.items()]:
        if door == "client":
            assert commands[operation, "command"] == answers, operation
            del cells[operation, door]
    return [person.title for person in stage.people], cells | commands


def lines(titles: Sequence[str], cells: Cells) -> list[str]:
    """The rows of the table, with its head."""
    rows = [f"| operation | door | {' | '.join(titles)} |", "|---|---|" + "---|" * len(titles)]
    for operation in WHO:
        for door in ("inbox", "command", "http"):
            answers = cells.get((operation, door))
            if answers is not None:
                words = " | ".join("yes" if allowed else "no" for allowed in answers)
                rows.append(f"| {operation.value} | {door} | {words} |")
    return rows


def page(titles: Sequence[str], cells: Cells) -> str:
    """The page of the docs."""
    head = _HEAD.format(module="[`execops/authority/permissions.py`](../execops/authority/permissions.py)")
    return "\n".join([head, *lines(titles, cells), ""])


def main() -> None:
    """Print the page, from a database of its own."""
    from tests.http_service import serving

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        home = Path(folder)
        home.chmod(0o711)
        stack = contextlib.AsyncExitStack()

        async def begin() -> tuple[Settings, Secret]:
            url = await stack.enter_async_context(embedded_postgres(home))
            given = {
                "home": home,
                "database_url": url,
                "stripe_webhook_secrets": SECRET,
                "stripe_mode": "live",
                **SENDERS,
            }
            settings = load_settings(given, {})
            async with open_context(settings) as ctx:
                migrated = await migrate(ctx)
            assert migrated.founder_token is not None
            return settings, migrated.founder_token

        settings, token = runner.run(begin())
        try:
            text = page(*measure(settings, token, serving, home / "files"))
        finally:
            runner.run(stack.aclose())
    print(text, end="")


if __name__ == "__main__":
    main()
