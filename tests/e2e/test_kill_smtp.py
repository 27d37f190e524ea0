"""`kill -9` of the job worker at each step of a mail by SMTP: the server counts one mail or none, never two.

SMTP cannot be asked, so a mail whose sending broke off is unknown, and a person decides. A Sent folder over IMAP tells
of a mail that went out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty, crashing_worker, died
from tests.job_worker import drained, until_pending, until_status, working
from tests.mail_servers import Authority, Inbox
from tests.mailboxes import Mailbox, mailbox
from tests.stripe_events import deliver, failed

pytestmark = pytest.mark.usefixtures("trusted")
SENDING = "execops.adapters.smtp.smtp_transport"
# The step, the mails that the server has taken by then, and the status after the worker's next start.
MATRIX = [
    (
        "execops.proposals.execution:_begin:before",
        0,
        Status.EXECUTED,
    ),  # no attempt is on record, so one is made
    ("execops.proposals.execution:_begin:after", 0, Status.UNKNOWN),
    (f"{SENDING}:_signed_in:before", 0, Status.UNKNOWN),  # before the connection
    (f"{SENDING}:_begin:before", 0, Status.UNKNOWN),  # signed in, sender and recipient accepted
    (f"{SENDING}:_begin:after", 0, Status.UNKNOWN),  # all of the mail was sent but its last line
    (f"{SENDING}:_end:after", 1, Status.UNKNOWN),  # the server answered that it took the mail
    ("execops.proposals.execution:_finish:before", 1, Status.UNKNOWN),
    ("execops.proposals.execution:_finish:after", 1, Status.EXECUTED),  # the result is on record
]


@pytest.fixture
async def sent(authority: Authority) -> AsyncIterator[Mailbox]:
    """A mailbox with a Sent folder."""
    folders = {"INBOX": "", "Sent": "\\Sent"}
    async with mailbox(authority.context("localhost"), folders=folders) as server:
        yield server


@asynccontextmanager
async def killed_at(
    point: str, make_settings: MakeSettings, token: Secret, inbox: Inbox, imap_url: Secret | None = None
) -> AsyncIterator[tuple[Context, Client, int]]:
    """A Context, its client and an approved proposal, after a worker was killed at this point."""
    settings = make_settings(email_transport="smtp", smtp_url=inbox.url(), imap_url=imap_url)
    environ = {"EXECOPS_EMAIL_TRANSPORT": "smtp", "SMTP_URL": inbox.url().reveal()}
    if imap_url is not None:
        environ["EXECOPS_IMAP_URL"] = imap_url.reveal()
    async with open_context(settings, pool_size=12) as ctx:
        client = await Client.login(ctx, token)
        async with crashing_worker(ctx, point, environ=environ) as process:
            await deliver(ctx, failed())
            await until_pending(client)
            [line] = await client.proposals.inbox()
            await client.proposals.approve(line.id, line.version)
            await died(process)
        yield ctx, client, line.id


@pytest.mark.parametrize(("point", "mails", "status"), MATRIX)
async def test_a_killed_worker_sends_no_mail_twice(
    make_settings: MakeSettings,
    founder_token: Secret,
    inbox: Inbox,
    record_property: RecordProperty,
    point: str,
    mails: int,
    status: Status,
) -> None:
    async with killed_at(point, make_settings, founder_token, inbox) as (ctx, client, proposal_id):
        assert len(inbox.contents) == mails
        async with working(ctx):
            await until_status(client, proposal_id, status)
            await drained(ctx)
        assert len(inbox.contents) == (1 if status is Status.EXECUTED else mails)
        assert (await client.audit.verify()).ok
        record_property("outcome", f"smtp | {point} | {status}, {len(inbox.contents)} at the server")
        if status is not Status.UNKNOWN:
            return
        card = await client.proposals.card(proposal_id)
        assert [execution.status for execution in card.executions] == [ExecutionStatus.UNKNOWN]
        # A person finds out: a mail that is out is confirmed, a mail that is not is sent under the same key.
        if mails:
            await client.proposals.confirm(proposal_id, card.proposal.version)
        else:
            await client.proposals.retry(proposal_id, card.proposal.version)
            async with working(ctx):
                await until_status(client, proposal_id, Status.EXECUTED)
        [mail] = inbox.mails
        [key] = {row["idempotency_key"] for row in await records.executions(ctx, proposal_id)}
        assert mail["Message-ID"] == f"<{key}@localhost>"
        assert (await client.proposals.get(proposal_id)).status is Status.EXECUTED


async def test_a_mail_in_the_sent_folder_is_executed(
    make_settings: MakeSettings,
    founder_token: Secret,
    inbox: Inbox,
    sent: Mailbox,
    record_property: RecordProperty,
    tmp_path: Path,
) -> None:
    point = f"{SENDING}:_end:after"
    async with killed_at(point, make_settings, founder_token, inbox, sent.url()) as (
        ctx,
        client,
        proposal_id,
    ):
        sent.mails["Sent"] = inbox.contents  # as a server does that files what it sends
        async with working(ctx):
            await until_status(client, proposal_id, Status.EXECUTED)
            await drained(ctx)
        [mail] = inbox.mails
        [execution] = await records.executions(ctx, proposal_id)
        assert execution["result_json"]["message_id"] == mail["Message-ID"]
        assert (await client.audit.verify()).ok
    record_property("outcome", f"smtp with imap | {point} | executed, {len(inbox.contents)} at the server")
