"""A play, an adapter, a metric and a bank's format are one file each: they work in a copy of the tree that has them.

The copy changes in no other way. A process of its own runs from the copy: the play drafts for the adapter, the adapter
performs, a question finds the metric, and a statement is read by the format.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

from tests.conftest import MakeSettings

ROOT = Path(__file__).parents[2]
PACKAGES = ("execops", "cli", "jobs", "migrations")

ADDED = {
    "execops/plays/money/late_rent.py": '''
"""A voided invoice is the sign that the rent is late: tell the landlord."""

from execops.model import Draft, Urgency
from execops.plays.play import Play


def assess(facts):
    return Draft(
        title="The rent is late",
        urgency=Urgency.LOW,
        action_type="telegram",
        payload={"to": "landlord", "text": "The rent leaves today."},
        reasoning="The landlord asked for the rent.",
        evidence=(),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
    )


PLAY = Play(
    name="late_rent",
    vertical="money",
    version=1,
    summary="The rent is late: tell the landlord",
    action_type="telegram",
    events=frozenset({"invoice.voided"}),
    assess=assess,
)
''',
    "execops/adapters/telegram.py": '''
"""Writes a telegram into a folder."""

from execops.ports import Field, Happened, Reconciliation


def create(settings):
    return TelegramAdapter(settings.outbox / "telegram")


class TelegramAdapter:
    action_type = "telegram"
    fields = (Field(name="to", label="To"), Field(name="text", label="Text", words=True, rewordable=True, lines=True))
    moves_money = False
    allowed_by_default = True

    def __init__(self, folder):
        self._folder = folder

    def validate(self, payload):
        pass

    def describe(self, payload):
        return f"wires {payload['to']}"

    def preview(self, payload):
        return payload["text"]

    async def perform(self, payload, *, idempotency_key):
        self._folder.mkdir(parents=True)
        (self._folder / idempotency_key).write_text(payload["text"])
        return {}

    async def reconcile(self, payload, *, idempotency_key):
        sent = (self._folder / idempotency_key).exists()
        return Reconciliation(Happened.YES if sent else Happened.NO)
''',
    "execops/canvas/metrics/voided_invoices.sql": """
-- name: voided_invoices
-- title: Voided invoices
-- definition: Events that voided an invoice
-- unit: count
-- synonyms: voided invoices | voided invoice
-- samples: how many voided invoices last month
-- params: from, to
-- default_period: last 12 months
-- chart: number
-- columns: voided_invoices count
select count(*) as voided_invoices from events
where org_id = %(org_id)s and type = 'invoice.voided' and occurred_at >= %(from)s and occurred_at < %(to)s
""",
    "execops/sources/bank/formats/moon.toml": """
name = "Bank of the Moon"
header = ["Orbit", "Crater", "Helium"]
date_format = "DD/MM/YYYY"
currency = "CHF"

[columns]
date = "Orbit"
description = "Crater"
amount = "Helium"
""",
}

STORY = """
import asyncio, json, time
from execops import processing
from execops.client import Client
from execops.client.bank_file import Options, read, survey
from execops.settings import load_settings
from jobs.bootstrap import open_context
from tests.stripe_events import event, invoice, take_in
from zoneinfo import ZoneInfo


async def main():
    settings = load_settings()
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await take_in(ctx, event("invoice.voided", invoice("in_1", status="void"), created=int(time.time())))
        [line] = await client.proposals.inbox()
        decided = await client.proposals.approve(line.id, line.version)
        card = await client.proposals.card(line.id)
        await processing.execute_proposal(ctx, line.id, card.proposal.approval_no)
        asked = await client.canvas.ask("voided invoices in the last 2 days")
        answer = asked.answer
        lines = ["Orbit,Crater,Helium\\n", "01/02/2026,Tycho,-2.50\\n"]
        layout = survey(lines, Options())
        [row] = read(lines, layout, account="moon", currency="USD", zone=ZoneInfo("UTC"))
        print(json.dumps({
            "play": line.play,
            "preview": card.preview,
            "status": (await client.proposals.get(line.id)).status,
            "telegrams": [path.read_text() for path in (settings.outbox / "telegram").iterdir()],
            "metric": answer.metric,
            "answer": answer.rows,
            "format": layout.format,
            "row": [str(row.day), row.vendor, str(row.amount)],
        }))


asyncio.run(main())
"""


async def test_a_play_an_adapter_a_metric_and_a_banks_format_are_one_file_each(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    settings = make_settings()
    unfinished = shutil.ignore_patterns(
        "*.pyc.*"
    )  # that another process writes; to compile all anew takes a while
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=unfinished)
    for name, text in ADDED.items():
        assert not (tmp_path / name).exists()
        (tmp_path / name).write_text(text.strip() + "\n")
    assert settings.database_url is not None
    assert settings.token is not None
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXECOPS_", "STRIPE_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        STORY,
        cwd=tmp_path,
        env=kept
        | {
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
            "EXECOPS_HOME": str(tmp_path / "home"),
            "DATABASE_URL": settings.database_url.reveal(),
            "EXECOPS_TOKEN": settings.token.reveal(),
            "STRIPE_WEBHOOK_SECRET": "whsec_test",
            "EXECOPS_UNDO_WINDOW": "0",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert json.loads(out) == {
        "play": "late_rent",
        "preview": "The rent leaves today.",
        "status": "executed",
        "telegrams": ["The rent leaves today."],
        "metric": "voided_invoices",
        "answer": [[1]],
        "format": "Bank of the Moon",
        "row": ["2026-02-01", "Tycho", "-CHF 2.50"],
    }
