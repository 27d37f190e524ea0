"""Permissions: every operation of the Client, every route and every command, for every role.

A decision names a version that does not exist, so that a role that may decide meets a conflict: authorisation comes
first, and nothing is decided on the way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from execops import processing
from execops.canvas.understanding import Suggestion
from execops.client import Client
from execops.client.remote import live
from execops.client.remote import operations as remote
from execops.context import Context
from execops.errors import ConflictError, NotAllowedError, NotConfiguredError, NotFoundError
from execops.model import Event, EventStatus, Role
from execops.settings import Secret
from server import ai
from tests import forking, records
from tests.doors import far_client, served
from tests.e2e.test_cli import ROOT, Cli, cli, commands, environment
from tests.http_service import bearing, serving
from tests.stripe_events import deliver, failed, take_in

__all__ = ["cli"]  # the fixture

ALL = frozenset(Role)
DECIDERS = frozenset({Role.FOUNDER, Role.OPS})
FOUNDERS = frozenset({Role.FOUNDER})
NO_SUCH_VERSION = 99
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TO_ERASE = "cus_1"
SUPPRESSED = "cus_suppressed"
STATES = (EventStatus.RECEIVED, EventStatus.PROCESSED, EventStatus.FAILED)
# These two meet every answer: a founder may do everything, and a viewer whatever every role may.
BOTH_ENDS = frozenset({Role.FOUNDER, Role.VIEWER})
REPLAYERS = {EventStatus.RECEIVED: ALL, EventStatus.PROCESSED: ALL, EventStatus.FAILED: DECIDERS}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A database with what every operation needs, for one role."""

    role: Role
    client: Client
    token: str
    proposal: int
    events: Mapping[EventStatus, Event]
    statement: Path
    payload: Path


async def set_stage(ctx: Context, founder: Client, role: Role, folder: Path) -> Stage:
    """A proposal, an event in each state, an operator of this role, and one whom nobody needs."""
    _, token = await founder.operators.add(f"The {role}", role)
    await founder.operators.add("Victim", Role.VIEWER)
    proposal = await records.pending_id(ctx)
    events = {
        EventStatus.PROCESSED: await take_in(ctx, failed("in_processed", customer="cus_processed")),
        EventStatus.RECEIVED: await founder.events.get(
            (await deliver(ctx, failed("in_received", customer="cus_received"))).event_id
        ),
        EventStatus.FAILED: await founder.events.get(
            (await deliver(ctx, failed("in_failed", customer="cus_failed"))).event_id
        ),
    }
    await processing.give_up_on_event(ctx, events[EventStatus.FAILED].id, "the database went away")
    await records.run(
        ctx, "insert into suppressions (subject_key, created_by) values (%s, 'Ada')", SUPPRESSED
    )
    statement = folder / "statement.csv"
    statement.write_text("Date,Description,Amount\n2026-10-01,AWS,-10.00\n2026-10-02,AWS,-11.00\n")
    payload = folder / "payload.json"
    payload.write_text("{}")
    return Stage(
        role=role,
        client=await Client.login(ctx, token),
        token=token.reveal(),
        proposal=proposal,
        events=events,
        statement=statement,
        payload=payload,
    )


@pytest.fixture(params=list(Role))
async def stage(request: pytest.FixtureRequest, ctx: Context, client: Client, tmp_path: Path) -> Stage:
    return await set_stage(ctx, client, request.param, tmp_path)


async def traces(ctx: Context) -> list[dict[str, Any]]:
    """Everything that an operation could change."""
    return await records.rows(
        ctx,
        "select (select count(*) from audit_log) as audit, (select count(*) from operators) as operators,"
        " (select count(*) from policies) as policies, (select count(*) from transactions) as transactions,"
        " (select count(*) from openings) as openings, (select count(*) from suppressions) as suppressions,"
        " (select count(*) from procrastinate_jobs) as jobs, (select deployment_id from deployments) as deployment,"
        " (select jsonb_object_agg(id, status) from events) as events,"
        " (select jsonb_object_agg(id, array[status, version::text]) from action_proposals) as proposals",
    )


# Through the Client

Call = Callable[[Stage], Awaitable[object]]


def many(name: str) -> Call:
    async def decide(stage: Stage) -> None:
        for answer in await getattr(stage.client.proposals, name)([(stage.proposal, NO_SUCH_VERSION)]):
            if isinstance(answer, Exception):
                raise answer

    return decide


async def validate(stage: Stage) -> None:
    proposal = await stage.client.proposals.get(stage.proposal)
    stage.client.proposals.validate(proposal.action_type, proposal.payload)


async def changes(stage: Stage) -> None:
    async with stage.client.deployment.changes():
        pass


async def exported(stage: Stage) -> None:
    async for _ in stage.client.audit.since(datetime(2026, 1, 1, tzinfo=UTC)):
        pass


async def metrics(stage: Stage) -> None:
    assert stage.client.canvas.metrics()


async def behind(stage: Stage) -> None:
    asked = await stage.client.canvas.ask("decisions by play")
    if asked.answer is not None and asked.answer.rows:
        await stage.client.canvas.behind(asked.answer, 0)


async def ask_suggested(stage: Stage) -> None:
    suggestion = Suggestion(title="Net revenue", metric="net_revenue", params={})
    assert (await stage.client.canvas.ask_suggested(suggestion)).answer is not None


async def import_statement(stage: Stage) -> None:
    assert (await stage.client.books.import_statement("main", [])).rows == 0


async def undo_import(stage: Stage) -> None:
    """There is none, which the database says after the permission was asked."""
    with suppress(NotFoundError):
        await stage.client.books.undo_import(0)


async def backtest(stage: Stage) -> None:
    """No permission is asked. A whole run takes a copy of all tables: tests/integration/test_backtest.py has one of a viewer."""
    with pytest.raises(NotFoundError):
        await stage.client.plays.backtest(
            "no_play", since=datetime(2026, 1, 1, tzinfo=UTC), process=processing.process_event
        )


async def rotate_own(stage: Stage) -> None:
    """The console that renews the token stays signed in."""
    operator, _ = await stage.client.operators.rotate(stage.client.operator.name)
    assert operator.id == stage.client.operator.id


def decision(name: str, *more: object) -> Call:
    return lambda stage: getattr(stage.client.proposals, name)(stage.proposal, NO_SUCH_VERSION, *more)


def replay(name: str, status: EventStatus) -> Call:
    return lambda stage: getattr(stage.client.events, name)(stage.events[status].id)


# Each operation of the Client, with a word more where it has more than one rule; who may; how it is called.
OPERATIONS: dict[str, tuple[frozenset[Role], Call]] = {
    "proposals.inbox": (ALL, lambda s: s.client.proposals.inbox()),
    "proposals.history": (ALL, lambda s: s.client.proposals.history()),
    "proposals.decided": (ALL, lambda s: s.client.proposals.decided()),
    "proposals.counts": (ALL, lambda s: s.client.proposals.counts()),
    "proposals.quiet": (ALL, lambda s: s.client.proposals.quiet()),
    "proposals.get": (ALL, lambda s: s.client.proposals.get(s.proposal)),
    "proposals.card": (ALL, lambda s: s.client.proposals.card(s.proposal)),
    "proposals.validate": (ALL, validate),
    "proposals.record_opening": (ALL, lambda s: s.client.proposals.record_opening(s.proposal, 1)),
    "proposals.record_dwell": (ALL, lambda s: s.client.proposals.record_dwell(s.proposal, 1, 2.5)),
    "proposals.attention": (ALL, lambda s: s.client.proposals.attention()),
    "proposals.request_first_message": (
        FOUNDERS,
        lambda s: s.client.proposals.request_first_message("email", "ada@example.com"),
    ),
    "proposals.approve": (DECIDERS, decision("approve")),
    "proposals.approve_many": (DECIDERS, many("approve_many")),
    "proposals.reject": (DECIDERS, decision("reject")),
    "proposals.reject_many": (DECIDERS, many("reject_many")),
    "proposals.close_many": (DECIDERS, many("close_many")),
    "proposals.edit": (DECIDERS, decision("edit", {})),
    "proposals.undo": (DECIDERS, decision("undo")),
    "proposals.snooze": (DECIDERS, decision("snooze", "event")),
    "proposals.unsnooze": (DECIDERS, decision("unsnooze")),
    "proposals.retry": (DECIDERS, decision("retry")),
    "proposals.confirm": (DECIDERS, decision("confirm")),
    "proposals.close": (DECIDERS, decision("close")),
    "plays.list": (ALL, lambda s: s.client.plays.list()),
    "plays.actions": (ALL, lambda s: s.client.plays.actions()),
    "plays.precision": (ALL, lambda s: s.client.plays.precision()),
    "plays.flagged": (ALL, lambda s: s.client.plays.flagged()),
    "plays.backtest": (ALL, backtest),
    "plays.set_allowed play": (DECIDERS, lambda s: s.client.plays.set_allowed("play", "card_update", False)),
    "plays.set_allowed play on": (
        DECIDERS,
        lambda s: s.client.plays.set_allowed("play", "card_update", True),
    ),
    "plays.set_allowed action": (DECIDERS, lambda s: s.client.plays.set_allowed("action", "email", False)),
    "plays.set_allowed action on": (FOUNDERS, lambda s: s.client.plays.set_allowed("action", "email", True)),
    "events.list": (ALL, lambda s: s.client.events.list()),
    "events.get": (ALL, lambda s: s.client.events.get(s.events[EventStatus.FAILED].id)),
    "events.prunable": (ALL, lambda s: s.client.events.prunable(LONG_AGO)),
    "events.prune": (FOUNDERS, lambda s: s.client.events.prune(LONG_AGO, stop=asyncio.Event())),
    "customers.held": (ALL, lambda s: s.client.customers.held(TO_ERASE)),
    "customers.erase": (FOUNDERS, lambda s: s.client.customers.erase(TO_ERASE)),
    "events.propose received": (ALL, replay("propose", EventStatus.RECEIVED)),
    "events.propose processed": (ALL, replay("propose", EventStatus.PROCESSED)),
    "events.propose failed": (DECIDERS, replay("propose", EventStatus.FAILED)),
    "events.replay received": (DECIDERS, replay("replay", EventStatus.RECEIVED)),
    "events.replay processed": (DECIDERS, replay("replay", EventStatus.PROCESSED)),
    "events.replay failed": (DECIDERS, replay("replay", EventStatus.FAILED)),
    "operators.list": (ALL, lambda s: s.client.operators.list()),
    "operators.me": (ALL, lambda s: s.client.operators.me()),
    "operators.add": (FOUNDERS, lambda s: s.client.operators.add("New", Role.OPS)),
    "operators.rotate": (FOUNDERS, lambda s: s.client.operators.rotate("Victim")),
    "operators.revoke": (FOUNDERS, lambda s: s.client.operators.revoke("Victim")),
    "audit.latest": (ALL, lambda s: s.client.audit.latest(3)),
    "audit.since": (ALL, exported),
    "audit.verify": (ALL, lambda s: s.client.audit.verify()),
    "deployment.overview": (ALL, lambda s: s.client.deployment.overview()),
    "deployment.health": (ALL, lambda s: s.client.deployment.health()),
    "deployment.changes": (ALL, changes),
    "deployment.pause": (DECIDERS, lambda s: s.client.deployment.pause()),
    "deployment.resume": (DECIDERS, lambda s: s.client.deployment.resume()),
    "deployment.restored": (FOUNDERS, lambda s: s.client.deployment.restored()),
    "books.import_statement": (DECIDERS, import_statement),
    "books.doubles": (DECIDERS, lambda s: s.client.books.doubles("main", [])),
    "books.account_days": (ALL, lambda s: s.client.books.account_days("main")),
    "books.imports": (ALL, lambda s: s.client.books.imports()),
    "books.undo_import": (DECIDERS, undo_import),
    "deployment.measures": (ALL, lambda s: s.client.deployment.measures()),
    "books.fetch_stripe_events": (
        DECIDERS,
        lambda s: s.client.books.fetch_stripe_events(
            since=datetime(2026, 1, 1, tzinfo=UTC), rate=1, stop=asyncio.Event()
        ),
    ),
    "books.fetch_github_deliveries": (
        DECIDERS,
        lambda s: s.client.books.fetch_github_deliveries(
            since=datetime(2026, 1, 1, tzinfo=UTC), rate=1, stop=asyncio.Event()
        ),
    ),
    "books.backfill_stripe": (
        DECIDERS,
        lambda s: s.client.books.backfill_stripe(since=datetime(2026, 1, 1, tzinfo=UTC), rate=1),
    ),
    "canvas.metrics": (ALL, metrics),
    "canvas.ask": (ALL, lambda s: s.client.canvas.ask("net revenue")),
    "canvas.understand": (ALL, lambda s: s.client.canvas.understand("net revenue")),
    "canvas.answer": (ALL, lambda s: s.client.canvas.answer("runway", {})),
    "canvas.behind": (ALL, behind),
    "canvas.ask_suggested": (ALL, ask_suggested),
    "canvas.refused": (ALL, lambda s: s.client.canvas.refused()),
    "canvas.erase_refused": (DECIDERS, lambda s: s.client.canvas.erase_refused()),
    "canvas.synonyms": (ALL, lambda s: s.client.canvas.synonyms()),
    "canvas.try_synonym": (ALL, lambda s: s.client.canvas.try_synonym("dinero", "spend")),
    "canvas.teach": (DECIDERS, lambda s: s.client.canvas.teach("dinero", "spend")),
    "canvas.forget": (DECIDERS, lambda s: s.client.canvas.forget("dinero")),
    "notifications.show": (ALL, lambda s: s.client.notifications.show()),
    "notifications.switch_on": (DECIDERS, lambda s: s.client.notifications.switch_on("U0123ABCD")),
    "notifications.switch_off": (ALL, lambda s: s.client.notifications.switch_off()),
    "policies.rule": (ALL, lambda s: s.client.policies.rule()),
    "policies.is_current": (ALL, lambda s: s.client.policies.is_current()),
    "policies.switches": (ALL, lambda s: s.client.policies.switches()),
    "policies.set_second_approval": (FOUNDERS, lambda s: s.client.policies.set_second_approval(None)),
    "suppressions.add": (DECIDERS, lambda s: s.client.suppressions.add("cus_other")),
    "suppressions.list": (ALL, lambda s: s.client.suppressions.list()),
    "suppressions.lift": (DECIDERS, lambda s: s.client.suppressions.lift(SUPPRESSED)),
    "vendors.list": (ALL, lambda s: s.client.vendors.list()),
    "vendors.alias": (DECIDERS, lambda s: s.client.vendors.alias("Gwebs", [f"Gigantic {s.role}"])),
    "vendors.categories": (ALL, lambda s: s.client.vendors.categories()),
    "vendors.categorise": (DECIDERS, lambda s: s.client.vendors.categorise("Gwebs", "tools")),
    "vendors.uncategorise": (DECIDERS, lambda s: s.client.vendors.uncategorise("Gwebs")),
    "vendors.remove": (DECIDERS, lambda s: s.client.vendors.remove([f"Gigantic {s.role}"])),
    # The last one: the console of the test keeps the old token.
    "operators.rotate own": (ALL, rotate_own),
}


def test_every_operation_of_the_client_is_in_the_table(client_parts: Mapping[str, type]) -> None:
    operations = {
        f"{part}.{name}"
        for part, type_ in client_parts.items()
        for name in dir(type_)
        if not name.startswith("_")
    }
    assert operations == {name.partition(" ")[0] for name in OPERATIONS}


@pytest.fixture
async def client_parts(client: Client) -> Mapping[str, type]:
    """The parts of the Client, by name."""
    names = [name for name, value in vars(Client).items() if isinstance(value, cached_property)]
    return {name: type(getattr(client, name)) for name in names}


@pytest.mark.parametrize("door", ["here", "http"])
async def test_the_client_says_who_may(ctx: Context, stage: Stage, door: str) -> None:
    """Through both doors: over HTTP each operation has its route, and refuses in the same words.

    The rule of an operation does not depend on the door. So each role tries all operations here; over HTTP the two
    at both ends do, and the others one of each part and rule.
    """
    if door == "here":
        await says_who_may(ctx, stage, OPERATIONS)
        return
    async with far_client(ctx, Secret(stage.token)) as client:
        operations = OPERATIONS if stage.role in BOTH_ENDS else one_of_each_part()
        await says_who_may(ctx, replace(stage, client=client), operations)


def one_of_each_part() -> dict[str, tuple[frozenset[Role], Call]]:
    """An operation of each part of the Client for each rule in it."""
    chosen = {(name.partition(".")[0], who): name for name, (who, _) in reversed(OPERATIONS.items())}
    return {name: OPERATIONS[name] for name in OPERATIONS if name in chosen.values()}


def test_every_operation_and_command_meets_each_answer_with_two_roles() -> None:
    for who, _ in [*OPERATIONS.values(), *COMMANDS]:
        answers = {role in who for role in BOTH_ENDS}
        assert answers == ({True} if who == ALL else {False} if not who else {True, False})
    for role in Role:
        answers = {role in who for who, _ in one_of_each_part().values()}
        assert answers == {role in who for who, _ in OPERATIONS.values()}


async def says_who_may(
    ctx: Context, stage: Stage, operations: Mapping[str, tuple[frozenset[Role], Call]]
) -> None:
    for name, (who, call) in operations.items():
        before = await traces(ctx)
        if stage.role in who:
            try:
                await call(stage)
            except (ConflictError, NotConfiguredError):
                assert name.partition(".")[0] in {"proposals", "books"}, name
        else:
            with pytest.raises(NotAllowedError):
                await call(stage)
            assert await traces(ctx) == before, name


async def test_the_client_asks_who_it_is_today(ctx: Context, stage: Stage) -> None:
    """A console is open since before its operator lost the role: it changes nothing any more."""
    demote, founder = "update operators set role = 'viewer' where id = %s", await records.founder_of(ctx)
    await records.run(ctx, demote, stage.client.operator.id, actor=founder)
    for name, (who, call) in OPERATIONS.items():
        if who != ALL:
            before = await traces(ctx)
            with pytest.raises(NotAllowedError):
                await call(stage)
            assert await traces(ctx) == before, name


# Over HTTP

# Each route that needs a token; who may; the body.
ROUTES: dict[tuple[str, str], list[tuple[frozenset[Role], Callable[[Stage], object]]]] = {
    ("get", "/api/inbox"): [(ALL, lambda _: None)],
    ("get", "/api/proposals/{proposal_id}"): [(ALL, lambda _: None)],
    ("get", "/api/canvas"): [(ALL, lambda _: None)],
    ("post", "/api/canvas/agui"): [
        (
            ALL,
            lambda _: {
                "threadId": "t",
                "runId": "r",
                "messages": [{"id": "m", "role": "user", "content": "net revenue"}],
            },
        )
    ],
    ("get", "/api/events"): [(ALL, lambda _: None)],
    ("get", "/api/audit"): [(ALL, lambda _: None)],
    ("get", "/metrics"): [(ALL, lambda _: None)],
    ("get", "/api/suppressions"): [(ALL, lambda _: None)],
    ("delete", "/api/suppressions/{subject_key}"): [(DECIDERS, lambda _: None)],
    ("get", "/api/notifications"): [(ALL, lambda _: None)],
    ("put", "/api/notifications"): [(DECIDERS, lambda _: {"slack": "U0123ABCD"})],
    ("delete", "/api/notifications"): [(ALL, lambda _: None)],
    ("post", "/ai/propose"): [
        (REPLAYERS[status], lambda stage, status=status: {"event_id": stage.events[status].id})  # type: ignore[misc]
        for status in STATES
    ],
    ("post", "/ai/decide"): [
        (
            DECIDERS,
            lambda stage, name=name: {  # type: ignore[misc]
                "proposal_id": stage.proposal,
                "version": NO_SUCH_VERSION,
                "decision": name,
            },
        )
        for name in ("approve", "reject", "undo", "retry", "confirm", "close")
    ],
}


async def test_http_says_who_may(ctx: Context, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ai, "PATIENCE", 0.05)
    async with serving(ctx) as http:
        document = (await http.get("/schema/openapi.json")).json()
        secured = {
            (method, path)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if operation.get("security")
        }
        consoles = {
            (operation.method.lower(), operation.path)
            for operation in remote.OPERATIONS.values()
            if operation.kind not in {remote.Kind.HERE, remote.Kind.LISTENS}
        }
        assert secured == set(ROUTES) | consoles | {("get", live.ROUTE)}
        http.headers.update(bearing(Secret(stage.token)))
        for (method, path), requests in ROUTES.items():
            for who, body in requests:
                before = await traces(ctx)
                answer = await http.request(
                    method,
                    path.format(proposal_id=stage.proposal, subject_key=SUPPRESSED),
                    json=body(stage),
                    params={"q": "net revenue"} if path == "/api/canvas" else None,
                )
                if stage.role in who:
                    assert answer.status_code in {200, 202, 409}, (path, answer.text)
                else:
                    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
                    assert await traces(ctx) == before, path


# By command

Words = Callable[[Stage], tuple[str, ...]]


def fixed(*words: str) -> Words:
    return lambda _: words


def deciding(*words: str) -> Words:
    return lambda stage: (*words, f"{stage.proposal}@{NO_SUCH_VERSION}")


def replaying(status: EventStatus) -> Words:
    return lambda stage: ("events", "replay", str(stage.events[status].id))


COMMANDS: list[tuple[frozenset[Role], Words]] = [
    (DECIDERS, deciding("approve")),
    (DECIDERS, deciding("reject")),
    (DECIDERS, fixed("pause")),
    (DECIDERS, fixed("resume")),
    (ALL, fixed("canvas", "net revenue")),
    (ALL, fixed("whoami")),
    (ALL, fixed("proposals", "list")),
    (ALL, lambda stage: ("proposals", "show", str(stage.proposal))),
    (DECIDERS, deciding("proposals", "approve")),
    (DECIDERS, deciding("proposals", "reject")),
    (DECIDERS, lambda s: (*deciding("proposals", "edit")(s), "--payload", str(s.payload))),
    (DECIDERS, deciding("proposals", "undo")),
    (DECIDERS, deciding("proposals", "snooze")),
    (DECIDERS, deciding("proposals", "unsnooze")),
    (DECIDERS, deciding("proposals", "retry")),
    (DECIDERS, deciding("proposals", "confirm")),
    (DECIDERS, deciding("proposals", "close")),
    (DECIDERS, lambda stage: ("import", "bank", str(stage.statement), "--yes")),
    (ALL, fixed("events", "list")),
    (ALL, lambda stage: ("events", "show", str(stage.events[EventStatus.FAILED].id))),
    *[(DECIDERS, replaying(status)) for status in STATES],
    (ALL, fixed("audit", "show")),
    (ALL, fixed("audit", "verify")),
    (ALL, fixed("audit", "export", "--since", "2026-01-01")),
    (ALL, fixed("plays", "list")),
    (ALL, fixed("precision")),
    (ALL, fixed("precision", "--operators")),
    (ALL, fixed("precision", "--actions")),
    (
        frozenset(),
        fixed("plays", "backtest", "card_update"),
    ),  # as the database's owner: see test_backtest_cli
    (DECIDERS, fixed("plays", "disable", "card_update")),
    (DECIDERS, fixed("plays", "enable", "card_update")),
    (ALL, fixed("actions", "list")),
    (DECIDERS, fixed("actions", "disable", "email")),
    (FOUNDERS, fixed("actions", "enable", "email")),
    (FOUNDERS, fixed("db", "restored", "--yes")),
    (FOUNDERS, fixed("operators", "add", "New")),
    (ALL, fixed("operators", "list")),
    (ALL, fixed("suppressions", "list")),
    (DECIDERS, fixed("suppressions", "add", "cus_other")),
    (ALL, fixed("import", "list")),
    (DECIDERS, fixed("import", "undo", "1")),
    (ALL, fixed("vendors", "list")),
    (DECIDERS, fixed("vendors", "alias", "Gwebs", "Gigantic")),
    (DECIDERS, fixed("vendors", "remove", "AWS EMEA")),
    (ALL, fixed("vendors", "categories")),
    (DECIDERS, fixed("vendors", "category", "Gwebs", "tools")),
    (DECIDERS, fixed("vendors", "uncategorise", "Gwebs")),
    (ALL, fixed("synonyms", "list")),
    (DECIDERS, fixed("synonyms", "add", "dinero", "spend")),
    (DECIDERS, fixed("synonyms", "remove", "dinero")),
    (ALL, fixed("canvas", "--refused")),
    (DECIDERS, fixed("canvas", "--refused", "--erase")),
    (FOUNDERS, fixed("erase", "customer", TO_ERASE, "--yes")),
    (FOUNDERS, fixed("events", "prune", "--before", "2020-01-01", "--yes")),
    (ALL, fixed("policies", "show")),
    (FOUNDERS, fixed("policies", "unset")),
    (FOUNDERS, fixed("policies", "set", "--second-approval-from", "100USD")),
    (FOUNDERS, fixed("operators", "rotate", "Victim")),
    (DECIDERS, fixed("suppressions", "lift", SUPPRESSED)),
    (ALL, fixed("notifications", "show")),
    (DECIDERS, fixed("notifications", "on", "--slack", "U0123ABCD")),
    (ALL, fixed("notifications", "off")),
    (FOUNDERS, fixed("operators", "revoke", "Victim")),
    (DECIDERS, fixed("backfill", "stripe")),
    (DECIDERS, fixed("backfill", "stripe", "--events")),
    (DECIDERS, fixed("backfill", "github")),
    (FOUNDERS, fixed("trigger", "email", "--to", "ada@example.com")),
    (FOUNDERS, fixed("trigger", "slack", "--channel", "#ops")),
]
# These have no operator: they run or look after the deployment with its own settings.
NO_OPERATOR = {
    "demo",
    "up",
    "serve",
    "work",
    "db migrate",
    "db status",
    "operators recover",
    "trigger stripe",
    "outbox list",
    "outbox show",
    "outbox open",
    "connect gmail",
    "connect stripe",
    "connect intercom",
    "connect slack",
    "connect smtp",
    "connect model",
    "config path",
    "config list",
    "config get",
    "config set",
    "config unset",
    "config init",
    "config edit",
    "doctor",
    "status",
    "plays preview",
    "login",
    "logout",
    "context list",
    "context use",
}
IN_A_TERMINAL = {"inbox"}  # every role may open it; its keys are the Client's operations


def test_every_command_is_in_the_table(tmp_path: Path) -> None:
    every = commands()
    groups = {words[:-1] for words in every if words}
    leaves = [words for words in every if words not in groups]
    tabled = set(NO_OPERATOR | IN_A_TERMINAL)
    blank: Any = Stage(
        role=Role.FOUNDER, client=None, token="", proposal=1, statement=tmp_path, payload=tmp_path,  # type: ignore[arg-type]
        events={status: type("Numbered", (), {"id": 1})() for status in STATES},
    )  # fmt: skip
    for _, words in COMMANDS:
        tabled |= {
            name for name in map(" ".join, leaves) if words(blank)[: len(name.split())] == tuple(name.split())
        }
    assert tabled == {" ".join(words) for words in leaves}


async def test_the_commands_say_who_may(ctx: Context, cli: Cli, stage: Stage) -> None:
    """The roles at both ends try every command, and the others one of each rule.

    `test_permission_matrix` tries the command of each operation with every role, and the test below every command with a
    third role.
    """
    commands = (
        COMMANDS if stage.role in BOTH_ENDS else list({who: (who, words) for who, words in COMMANDS}.values())
    )
    await commands_say_who_may(ctx, stage, {**cli.env, "EXECOPS_TOKEN": stage.token}, commands)


async def test_the_commands_say_so_far_from_the_database(
    ctx: Context, client: Client, tmp_path: Path
) -> None:
    """Every command works over HTTP, in a home without a database; those of the machine say where they belong."""
    stage = await set_stage(ctx, client, Role.OPS, tmp_path)
    async with served(ctx) as url:
        env = {"EXECOPS_URL": url, "EXECOPS_TOKEN": stage.token, "EXECOPS_HOME": str(tmp_path / "away")}
        await commands_say_who_may(ctx, stage, env, COMMANDS, of_machine="belongs to the machine")


async def commands_say_who_may(
    ctx: Context,
    stage: Stage,
    env: Mapping[str, str],
    commands: Sequence[tuple[frozenset[Role], Words]],
    of_machine: str | None = None,
) -> None:
    runner = await forking.start(
        "tests.command_runner",
        cwd=ROOT, env=environment(env), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert runner.stdin is not None
    assert runner.stdout is not None
    for who, words in commands:
        if of_machine is not None and words(stage)[:2] == ("plays", "backtest"):
            continue  # the role of the server's database decides: here it is the owner's
        before = await traces(ctx)
        runner.stdin.write(json.dumps(words(stage)).encode() + b"\n")
        code, err = json.loads(await asyncio.wait_for(runner.stdout.readline(), 60))
        if of_machine is not None and words(stage)[0] == "db":
            assert (code, of_machine in err) == (6, True), err
        elif stage.role in who:
            assert code in {0, 5, 6}, (words(stage), err)
            assert of_machine is None or "belongs" not in err, (words(stage), err)
        else:
            assert code == 4, (words(stage), err)
            assert "may" in err, err
            assert await traces(ctx) == before, words(stage)
    runner.stdin.close()
    assert await runner.wait() == 0
