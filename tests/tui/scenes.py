"""The inbox's main screens over fixed data at a fixed time, as SVG: for the snapshots, and for the README.

`python -m tests.tui.scenes FOLDER` draws those of the README; `python -m tests.tui.scenes --snapshots` writes the
snapshots anew.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from execops.adapters import create_adapters
from execops.authority.audit import TrailEntry
from execops.authority.policy import Suppression
from execops.canvas.catalogue import Metric
from execops.canvas.drilldown import DrillDown
from execops.canvas.result import Answer
from execops.canvas.run import Asked
from execops.canvas.understanding import Suggestion
from execops.client import Client
from execops.client.changes import Change, Notice
from execops.client.proposals_part import Card
from execops.errors import ConflictError, ExecOpsError
from execops.health import Health
from execops.model import AuditEntry, Event, EventStatus, Json, Proposal, Status, Urgency
from execops.proposals import payloads
from execops.proposals.decided import Decided
from execops.proposals.listing import Counts, Quiet, Summary
from execops.settings import load_settings
from tests.tui import canvas_scenes
from tests.tui.inbox import Inbox, opened
from tui import clock, views

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
ADAPTERS = create_adapters(load_settings({}, {}))
SNAPSHOTS = Path(__file__).with_name("snapshots")
SIZES = ((80, 24), (120, 36), (160, 48))
README = ("inbox", "edit", "marked", "canvas")
README_SIZE = (120, 36)


def mail(to: str, subject: str, text: str) -> Json:
    return {"to": to, "from": "billing@acme.example", "subject": subject, "text": text}


FAILED_TEXT = """Hello {name},

{failed}

You can pay or update your card here, it takes a minute:
https://invoice.stripe.com/i/acct_1/live_{number}

Otherwise we will try your card again on 25 November 2026.

If you have paid already, please ignore this mail.

Thank you,
Acme Cloud
"""
SUBJECT_JA = "再度のお知らせ:¥98,000のお支払いが完了していません"
TEXT_JA = """株式会社フーリ 様

請求書A-0005の¥98,000について2回目の決済を試みましたが、完了できませんでした。

こちらからお支払い、またはカードの更新ができます:
https://invoice.stripe.com/i/acct_1/live_A-0005

Acme Cloud
"""
ORDINALS = {2: "Second", 3: "Third"}
NOTE_TEXT = """Hello {name},

I wanted to write to you myself: your payment of {amount} for invoice {number} did not go through.

Is there anything on our side that stands in the way, such as a limit, a purchase order or a new contact for invoices? \
A line in reply is enough, and I will see to it.

The invoice is here, where it can be paid in another way too:
https://invoice.stripe.com/i/acct_1/live_{number}

If it is on its way already, please ignore this mail.

Thank you,
Acme Cloud
"""


def proposal(id_: int, minutes: float, **changes: Any) -> Proposal:
    """A pending one, drafted this many minutes ago."""
    values: dict[str, Any] = {
        "status": Status.PENDING,
        "urgency": Urgency.MEDIUM,
        "vertical": "money",
        "play": "card_update",
        "action_type": "email",
        "title": f"Card failed: Customer {id_}, attempt 1",
        "object_id": f"cus_{id_}",
        "subject_key": f"cus_{id_}",
        "covers": [f"in_{id_}"],
        "payload": mail(f"ap{id_}@customer{id_}.example", "Your payment did not go through", "Hello.\n"),
        "payload_sha256": "0" * 64,
        "version": 1,
        "approval_no": 0,
        "verdict": "Send: the first attempt failed, Stripe tries again on 25 November 2026",
        "reasoning": "First failed charge; Stripe tries again on 25 November 2026.",
        "evidence": [
            ["Invoice", f"A-{id_:04}, $49.00 open"],
            ["MRR", "$49.00"],
            ["Customer since", "November 2024"],
        ],
        "language": "en",
        "translation": {},
        "drafted_by": {"author": "rules", "rules": "3"},
        "edited": False,
        "newer_draft": None,
        "amount_minor": 4900,
        "currency": "USD",
        "dedupe_key": f"card_update:cus_{id_}",
        "thread_id": f"event:{id_}:card_update",
        "created_at": NOW - timedelta(minutes=minutes),
        "decided_at": None,
        "decided_by": None,
        "expires_at": NOW + timedelta(days=13, hours=20),
        "outcome": None,
    }
    return Proposal(id=id_, **(values | changes))


def failed_card(
    id_: int, minutes: float, name: str, amount: str, minor: int, attempt: int, **changes: Any
) -> Proposal:
    number, payment = f"A-{id_:04}", f"your payment of {amount} for invoice A-{id_:04}"
    if attempt == 2:
        subject = f"Reminder: your payment of {amount} did not go through"
        failed = f"A second attempt to collect {payment} did not go through."
    else:
        subject = f"Action needed: payment of {amount} still failing"
        failed = f"We have now tried {attempt} times to collect {payment}, without success."
    text = FAILED_TEXT.format(name=name, failed=failed, number=number)
    to = f"billing@{name.lower() if name.isascii() else 'hooli'}.example"
    values: dict[str, Any] = {
        "title": f"Card failed: {name}, attempt {attempt}",
        "payload": mail(to, subject, text),
        "amount_minor": minor,
        "verdict": f"Send: the {ORDINALS[attempt].lower()} attempt failed, Stripe tries again on 25 November 2026",
        "reasoning": f"{ORDINALS[attempt]} failed charge (insufficient_funds); Stripe tries again on 25 November 2026.",
        "evidence": [
            ["Decline", "insufficient_funds (soft: a retry may help)"],
            ["Method", "Visa card ending 4242"],
            ["Invoice", f"{number}, {amount} open"],
            ["Billed for", "a renewal"],
            ["Plan", f"Pro, {amount} a month; past due"],
            ["MRR", amount],
            ["Customer since", "April 2023"],
            ["Lifetime paid", "$38,400.00 in 43 invoices"],
        ],
    }
    return proposal(id_, minutes, **(values | changes))


def scene_data() -> list[Proposal]:
    """What waits, and what became of others."""
    dispute = proposal(
        7, 2, urgency=Urgency.CRITICAL, play="dispute_response", action_type="slack", amount_minor=490_000,
        title="Dispute: Hooli Inc, fraudulent, due in 6 d", object_id="du_7", subject_key="cus_hooli", covers=[],
        verdict="Fight: the customer made 12 earlier payments, none of them disputed",
        reasoning="A charge of $4,900.00 is disputed as fraudulent; evidence is due on 28 November 2026.",
        payload={"channel": "#finance", "text": "Dispute du_7: Hooli Inc disputes $4,900.00 as fraudulent.\n\n"
                 "Evidence to gather by 28 November 2026:\n- receipt or invoice\n- log of use since the charge\n"
                 "- correspondence with the customer\n"},
        evidence=[["Charge", "ch_9, $4,900.00"], ["Reason", "fraudulent"], ["Due", "2026-11-28"]],
    )  # fmt: skip
    note = mail(
        "billing@globex.example",
        "Your payment of $1,200.00 for invoice A-0006",
        NOTE_TEXT.format(name="Globex", amount="$1,200.00", number="A-0006"),
    )
    why = "Third failed charge (insufficient_funds); Stripe tries again on 25 November 2026. A large customer gets a personal note."
    edited = failed_card(4, 180, "Initech", "$49.00", 4900, 2, version=2, edited=True)
    edited = replace(edited, payload=edited.payload | {"subject": "A quick note about your card"})
    return [
        dispute,
        failed_card(
            6, 14, "Globex", "$1,200.00", 120_000, 3, urgency=Urgency.HIGH, payload=note, reasoning=why,
            verdict="Send this personal note: the third attempt failed, Stripe tries again on 25 November 2026",
        ),
        failed_card(
            5, 60, "株式会社フーリ", "¥98,000", 98_000, 2, currency="JPY", language="ja",
            payload=mail("billing@hooli.example", SUBJECT_JA, TEXT_JA),
            translation={
                "language": "en", "subject": "Reminder: your payment of ¥98,000 did not go through",
                "text": FAILED_TEXT.format(
                    name="株式会社フーリ", number="A-0005",
                    failed="A second attempt to collect your payment of ¥98,000 for invoice A-0005 did not go through.",
                ),
            },
        ),
        edited,
        proposal(3, 1500, urgency=Urgency.LOW, play="card_expiring", title="Card expires: Umbrella, in 12 d",
                 subject_key="cus_4", verdict="Send: the card expires soon, and a new one saves a failed charge"),
        failed_card(2, 3000, "Vandelay", "$310.00", 31_000, 2, status=Status.FAILED,
                    decided_at=NOW - timedelta(minutes=9), decided_by=1, outcome="550 no such mailbox"),
        failed_card(1, 4000, "Stark", "$870.00", 87_000, 2, status=Status.EXECUTED,
                    decided_at=NOW - timedelta(hours=5), decided_by=1, outcome="mail sent"),
    ]  # fmt: skip


class FixedClient(Client):
    """The console's operations over what is in memory; it takes decisions, and forgets them."""

    def __init__(self, proposals: Sequence[Proposal], *, workers: int = 1) -> None:
        self._proposals = {each.id: each for each in proposals}
        self._workers = workers

    async def inbox(self, *, limit: int = 50, after: Summary | None = None) -> Sequence[Summary]:
        rows = [views.summary_of(each) for each in self._proposals.values() if each.status is Status.PENDING]
        return sorted(rows, key=views.View.PENDING.key) if after is None else []

    async def decided(
        self, *, status: Status | None = None, limit: int = 50, after: Summary | None = None
    ) -> Sequence[Summary]:
        rows = [
            views.summary_of(each)
            for each in self._proposals.values()
            if status in {None, each.status} and each.status is not Status.PENDING
        ]
        return sorted(rows, key=views.View.DECIDED.key) if after is None else []

    async def counts(self) -> Counts:
        states = [each.status for each in self._proposals.values()]
        critical = [each for each in self._proposals.values() if each.urgency is Urgency.CRITICAL]
        return Counts(
            pending=states.count(Status.PENDING), critical=len(critical), failed=states.count(Status.FAILED),
            unknown=states.count(Status.UNKNOWN), median_decision_seconds=4.1 if states else None,
        )  # fmt: skip

    async def quiet(self) -> Quiet:
        return Quiet(since=None, arrived_at=None, ignored=None)

    async def health(self) -> Health:
        return Health(
            workers=self._workers,
            paused=False,
            queued=0,
            oldest_queued_at=None,
            failed_events=0,
            failed_jobs=0,
        )

    async def flagged_plays(self) -> frozenset[str]:
        return frozenset({"card_expiring"})

    async def proposal(self, proposal_id: int) -> Proposal:
        return self._proposals[proposal_id]

    async def card(self, proposal_id: int) -> Card:
        found = self._proposals[proposal_id]
        to = found.payload.get("to") or found.payload.get("channel")
        what = "a mail from billing@acme.example" if found.action_type == "email" else "a message"
        trail = [_entry(found, "proposal.inserted", found.created_at, None, Status.PENDING)]
        versions = [_version(1, "rules", found.payload)]
        if found.edited:
            trail.append(_entry(found, "proposal.edited", NOW - timedelta(minutes=3), "Ada", Status.PENDING))
            original = found.payload | {"subject": "Reminder: your payment of $49.00 did not go through"}
            versions = [_version(1, "rules", original), _version(2, "operator:1", found.payload)]
        if found.decided_at is not None:
            trail.append(_entry(found, "proposal.approved", found.decided_at, "Ada", Status.APPROVED))
        event = {"id": 1, "source": "stripe", "type": "invoice.payment_failed", "livemode": True,
                 "dedupe_key": "evt_1", "occurred_at": found.created_at - timedelta(seconds=2)}  # fmt: skip
        does = f"sends {what} to {to}"
        adapter = ADAPTERS[found.action_type]
        return Card(
            proposal=found, does=does, fields=payloads.in_reading_order(adapter, found.payload),
            preview=adapter.preview(found.payload), moves_money=adapter.moves_money, needs_confirmation=False, trail=trail, executions=[],
            events=[event], versions=versions,
            beside=[
                views.summary_of(other) for other in self._proposals.values()
                if other.subject_key == found.subject_key and other is not found and other.status is Status.PENDING
            ],
        )  # fmt: skip

    async def event(self, event_id: int) -> Event:
        return Event(
            id=event_id, source="stripe", type="invoice.payment_failed", occurred_at=NOW - timedelta(minutes=2),
            received_at=NOW, payload_json={"id": "evt_1", "type": "invoice.payment_failed", "livemode": True,
            "data": {"object": {"id": "in_6", "customer": "cus_6", "amount_due": 120_000, "attempt_count": 3}}},
            dedupe_key="evt_1", object_id="in_6", subject_key="cus_6", livemode=True, api_version=None,
            status=EventStatus.PROCESSED, outcome=[], error=None, processed_at=NOW,
        )  # fmt: skip

    def metrics(self) -> Mapping[str, Metric]:
        return canvas_scenes.metrics()

    async def ask(self, question: str) -> Asked:
        return canvas_scenes.ask(question)

    async def ask_suggested(self, suggestion: Suggestion) -> Asked:
        return canvas_scenes.ask(suggestion.title)

    async def behind(self, answer: Answer, at: int) -> DrillDown:
        rows = [views.summary_of(each) for each in self._proposals.values()]
        named = answer.rows[at][0]
        return canvas_scenes.behind(
            answer,
            at,
            proposals=tuple(row for row in reversed(rows) if row.subject_key == named),
            events=({"id": 1},) if named == "cus_9" else (),
        )

    def validate(self, action_type: str, payload: Json) -> None:
        from execops.adapters import email
        from execops.settings import load_settings

        email.create(load_settings({"home": "/nowhere"}, {})).validate(payload)

    @asynccontextmanager
    async def changes(self, *, pulse_every: float | None = None) -> AsyncIterator[AsyncIterator[Notice]]:
        yield _silence()

    async def all_suppressions(self) -> list[Suppression]:
        return [
            Suppression(subject_key=key, created_by="Ada", created_at=NOW - timedelta(days=days), why=why)
            for key, days, why in (("cus_31", 2, "asked us to stop"), ("cus_8", 40, None))
        ]

    async def record_dwell(self, proposal_id: int, version: int, seconds: float) -> None:
        """Note nothing: a picture has no reader."""

    async def record_opening(self, proposal_id: int, version: int) -> None:
        return None

    async def approve_many(self, seen: Sequence[tuple[int, int]]) -> list[Decided | ExecOpsError]:
        last = ConflictError(f"Proposal {seen[-1][0]} is rejected, decided by Grace; nothing was changed.")
        at = NOW + timedelta(seconds=5)
        approved = [
            Decided(proposal_id=id_, version=v, status=Status.APPROVED, executes_at=at) for id_, v in seen
        ]
        return [*approved[:-1], last]

    @cached_property
    def proposals(self) -> Any:
        return SimpleNamespace(
            inbox=self.inbox,
            counts=self.counts,
            quiet=self.quiet,
            card=self.card,
            validate=self.validate,
            record_opening=self.record_opening,
            record_dwell=self.record_dwell,
            approve_many=self.approve_many,
            get=self.proposal,
            decided=self.decided,
        )

    @cached_property
    def deployment(self) -> Any:
        return SimpleNamespace(health=self.health, changes=self.changes)

    @cached_property
    def canvas(self) -> Any:
        return SimpleNamespace(
            ask=self.ask, ask_suggested=self.ask_suggested, behind=self.behind, metrics=self.metrics
        )

    @cached_property
    def plays(self) -> Any:
        return SimpleNamespace(flagged=self.flagged_plays)

    @cached_property
    def events(self) -> Any:
        return SimpleNamespace(get=self.event)

    @cached_property
    def suppressions(self) -> Any:
        return SimpleNamespace(list=self.all_suppressions)


async def _silence() -> AsyncIterator[Notice]:
    await asyncio.Event().wait()
    yield Change(0, Status.PENDING, 0)


def _entry(found: Proposal, action: str, ts: datetime, by: str | None, status: Status) -> TrailEntry:
    return TrailEntry(
        AuditEntry(
            id=1, seq=1, actor_type="user" if by else "system", actor_id="1", action=action, proposal_id=found.id,
            from_status=None, to_status=status, version=found.version, payload_sha256=None, ts=ts,
            metadata_json={}, prev_hash="", hash="",
        ),
        by or "worker",
    )  # fmt: skip


def _version(number: int, author: str, payload: Json) -> Json:
    return {"version": number, "author": author, "payload": payload, "title": "", "reasoning": ""}


async def nothing(inbox: Inbox) -> None:
    """Look."""


def pressed(*keys: str) -> Callable[[Inbox], Awaitable[None]]:
    """Press these, each when the card of the one before is read."""

    async def press(inbox: Inbox) -> None:
        for key in keys:
            await inbox.press(key)
            if (
                inbox.app.screen is inbox.screen
                and inbox.list.current is not None
                and not inbox.screen.search.has_focus
            ):
                await inbox.card()
        await inbox.pilot.pause()

    return press


def asked(question: str, *keys: str) -> Callable[[Inbox], Awaitable[None]]:
    """Ask the canvas, and press these once it answered."""

    async def press(inbox: Inbox) -> None:
        await inbox.answered(question)
        await pressed(*keys)(inbox)

    return press


# Each: what waits, and what is pressed.
SCENES: dict[str, tuple[Callable[[], list[Proposal]], Callable[[Inbox], Awaitable[None]], dict[str, Any]]] = {
    "inbox": (scene_data, pressed("j"), {}),
    "critical": (scene_data, pressed("a"), {}),
    "foreign": (scene_data, pressed("j", "j"), {}),
    "edited": (scene_data, pressed("j", "j", "j"), {}),
    "marked": (scene_data, pressed("j", "space", "space", "space"), {}),
    "marked-question": (scene_data, pressed("j", "space", "space", "A"), {}),
    "edit": (scene_data, pressed("j", "E"), {}),
    "reject": (scene_data, pressed("j", "r"), {}),
    "event": (scene_data, pressed("j", "s"), {}),
    "filter": (scene_data, pressed("slash", *"urgency", "colon", *"high"), {}),
    "failed": (scene_data, pressed("u"), {}),
    "decided": (scene_data, pressed("U"), {}),
    "help": (scene_data, pressed("question_mark"), {}),
    "never": (scene_data, pressed("N"), {}),
    "canvas": (scene_data, asked("net revenue"), {}),
    "canvas-ask": (scene_data, pressed("c", *"fail"), {}),
    "canvas-bars": (scene_data, asked("spend by vendor", "j"), {}),
    "canvas-number": (scene_data, asked("runway"), {}),
    "canvas-list": (scene_data, asked("failed payments", "j", "j"), {}),
    "canvas-unclear": (scene_data, asked("customers", "j"), {}),
    "canvas-refused": (scene_data, asked("how is the weather"), {}),
    "canvas-unknown": (scene_data, asked("cash"), {}),
    "canvas-offline": (scene_data, asked("offline"), {}),
    "canvas-behind": (scene_data, asked("top customers", "j", "enter"), {}),
    "empty": (list, nothing, {}),
    "readonly": (scene_data, pressed("j"), {"readonly": True}),
}


async def draw(
    name: str, *sizes: tuple[int, int], terminal: str = "xterm-256color"
) -> dict[tuple[int, int], str]:
    """A scene as SVG, the same every time: it begins in the first size, and the terminal is resized to the next ones.

    The `terminal` decides how fine the lines of a chart are.
    """
    data, act, options = SCENES[name]
    now, clock.now = clock.now, lambda: NOW
    before = os.environ.get("TERM", "")
    os.environ["TERM"] = terminal
    try:
        async with opened(FixedClient(data()), size=sizes[0], **options) as inbox:
            if inbox.list.current is not None:
                await inbox.card()
            await act(inbox)
            await inbox.pilot.pause(0.2)
            inbox.app.screen.query("Input, TextArea").set(disabled=False)
            for field in inbox.app.screen.query("Input, TextArea"):
                field.cursor_blink = False  # type: ignore[attr-defined]
            await inbox.pilot.pause()
            return {size: await picture(inbox, size) for size in sizes}
    finally:
        clock.now = now
        os.environ["TERM"] = before


async def picture(inbox: Inbox, size: tuple[int, int]) -> str:
    """The screen as SVG in this size."""
    if inbox.app.size != size:
        await inbox.pilot.resize_terminal(*size)
        await inbox.until(lambda: inbox.app.screen.size == size)
    return normalised(inbox.app.export_screenshot(title=f"execops inbox · {size[0]}×{size[1]}"))


_RECT = re.compile(
    r'<rect fill="([^"]*)" x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="24.65"[^>]*/>'
)


def normalised(svg: str) -> str:
    """Without the identifiers that are made up anew for each picture, and a background in as few pieces as may be."""
    rects: list[list[str]] = []
    for fill, x, y, width in _RECT.findall(svg):
        last = rects[-1] if rects else None
        if (
            last
            and last[0] == fill
            and last[2] == y
            and abs(float(last[1]) + float(last[3]) - float(x)) < 0.2
        ):
            last[3] = f"{float(x) + float(width) - float(last[1]):.1f}"
        else:
            rects.append([fill, x, y, width])
    drawn = "".join(
        f'<rect fill="{fill}" x="{x}" y="{y}" width="{width}" height="24.65" shape-rendering="crispEdges"/>\n'
        for fill, x, y, width in rects
    )
    at = _RECT.search(svg)
    rest = _RECT.sub("", svg)
    svg = rest if at is None else rest[: at.start()] + drawn + rest[at.start() :]
    return re.sub(r"terminal-\d+", "terminal", svg).rstrip() + "\n"


def snapshot(name: str, size: tuple[int, int]) -> Path:
    """Where a snapshot is kept."""
    return SNAPSHOTS / f"{name}-{size[0]}x{size[1]}.svg"


async def main(arguments: Sequence[str]) -> None:
    """Draw."""
    if arguments == ["--snapshots"]:
        SNAPSHOTS.mkdir(exist_ok=True)
        for name in SCENES:
            for size in SIZES:
                drawn = await draw(name, size)
                snapshot(name, size).write_text(drawn[size], encoding="utf-8")
        return
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in README:
        # Not every font of a browser has the fine signs of a line.
        drawn = await draw(name, README_SIZE, terminal="linux")
        (folder / f"{name}.svg").write_text(drawn[README_SIZE], encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
