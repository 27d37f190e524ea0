"""What the inbox decides: each key, and what it refuses to do blindly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from execops.client import Client
from execops.context import Context
from execops.errors import NotAllowedError
from execops.model import Actor, Proposal, Role, Status
from execops.settings import Secret
from tests import records
from tests.job_worker import working
from tests.stripe_events import failed, paid, take_in
from tests.tui.inbox import BrokenMail, Inbox, execute, opened, propose
from tui import messages
from tui.keyboard import QUIET
from tui.screens.confirm import ConfirmScreen
from tui.screens.reject import LONGEST, PRESETS, RejectScreen


@pytest.fixture
def slow(ctx: Context, founder_token: Secret) -> Context:
    """A Context with an undo window that no test outlives."""
    return replace(ctx, settings=replace(ctx.settings, undo_window=60.0))


@pytest.fixture
async def slow_client(slow: Context, founder_token: Secret) -> Client:
    return await Client.login(slow, founder_token)


async def second_operator(ctx: Context, client: Client) -> Client:
    """Somebody else at another console."""
    _, token = await client.operators.add("Grace", Role.FOUNDER)
    return await Client.login(ctx, token)


def decisions(inbox: Inbox) -> list[tuple[str, int, int, Status]]:
    return [
        (each.decision, each.decided.proposal_id, each.decided.version, each.decided.status)
        for each in inbox.of(messages.ProposalDecided)
    ]


async def reason_of(client: Client, proposal: Proposal) -> object:
    return (await client.proposals.card(proposal.id)).trail[-1].entry.metadata_json.get("reason")


async def test_approve_counts_down_and_undo_takes_it_back(ctx: Context, slow_client: Client) -> None:
    await propose(ctx)
    async with opened(slow_client) as inbox:
        shown = await inbox.card()
        await inbox.press("a")
        await inbox.until(
            lambda: (
                "approved · 60 s" in inbox.lines(inbox.list)[0]
                or "approved · 59 s" in inbox.lines(inbox.list)[0]
            )
        )
        assert decisions(inbox) == [("approve", shown.id, 1, Status.APPROVED)]
        await inbox.until(lambda: "approved · 58 s" in inbox.text())  # it counts by itself
        assert "Approved by founder; done in" in inbox.text()
        assert "0 pending" in inbox.text()
        await inbox.press("a")
        await inbox.heard("cannot be approved", "z takes it back")
        await inbox.press("z")
        await inbox.heard("Taken back")
        await inbox.until(lambda: "1 pending" in inbox.text() and "approved ·" not in inbox.text())
        assert (await slow_client.proposals.get(shown.id)).status is Status.PENDING
        await inbox.press("z")
        await inbox.heard("nothing to undo")
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: len(decisions(inbox)) == 3)


async def test_undo_takes_the_last_approval_first(ctx: Context, slow_client: Client) -> None:
    for number in (1, 2, 3):
        await propose(ctx, number)
    async with opened(slow_client) as inbox:
        for id_ in (3, 2):
            await inbox.card(id_)
            await inbox.press("a", "j")
            await inbox.until(lambda: not inbox.screen.approvals.asked)
        await inbox.press("z")
        await inbox.until(lambda: len(decisions(inbox)) == 3)
        await inbox.press("z")
        await inbox.until(lambda: len(decisions(inbox)) == 4)
        assert [each[:2] for each in decisions(inbox)] == [
            ("approve", 3),
            ("approve", 2),
            ("undo", 2),
            ("undo", 3),
        ]
        assert inbox.ids() == [3, 2, 1]


async def test_a_second_press_while_the_first_is_under_way_asks_nothing(
    ctx: Context, slow_client: Client
) -> None:
    await propose(ctx)
    async with opened(slow_client) as inbox:
        await inbox.card()
        inbox.screen.action_decide("approve")
        inbox.screen.action_decide("approve")
        await inbox.until(lambda: decisions(inbox))
        assert len(decisions(inbox)) == 1
        assert not inbox.of(messages.DecisionRefused)


async def test_approved_is_done_by_a_worker_and_leaves(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with working(ctx), opened(client) as inbox:
        await inbox.card(2)
        await inbox.press("a")
        await inbox.heard("Done: #2")
        await inbox.until(lambda: inbox.ids() == [1])
        await inbox.card(1)
        assert (await client.proposals.get(2)).status is Status.EXECUTED


async def test_without_a_worker_an_approval_says_that_it_waits(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: "approved · no worker" in inbox.text())
        await inbox.until(lambda: "it waits for a worker: execops work" in inbox.text())


async def test_while_paused_an_approval_says_that_it_waits(ctx: Context, client: Client) -> None:
    await propose(ctx)
    await client.deployment.pause()
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: "approved · paused" in inbox.text())
        await inbox.until(lambda: "execops resume" in inbox.text())


async def test_an_approval_that_is_moot_at_send_is_told(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: inbox.screen.approvals)
        await take_in(ctx, paid("in_1", customer="cus_1"))
        await execute(ctx, client, 1)
        await inbox.heard("#1", "is superseded", "is paid")
        await inbox.until(lambda: not inbox.ids())


async def test_an_approval_whose_words_changed_comes_back_with_the_reason(
    ctx: Context, client: Client
) -> None:
    await propose(ctx)
    async with opened(client, size=(160, 48)) as inbox:
        shown = await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: "0 pending" in inbox.text())
        dearer = failed(customer="cus_1", amount_due=490000, amount_remaining=490000)
        await records.record_event(ctx, dearer)
        await execute(ctx, client, shown.id)
        await inbox.heard("Pending again", "the amount")
        await inbox.until(lambda: "2 pending" in inbox.text() and "$4,900.00  Payment failed" in inbox.text())
        await inbox.until(lambda: "Asked again: " in inbox.text())


async def test_an_undo_that_finds_it_moot_says_so(ctx: Context, slow_client: Client) -> None:
    await propose(ctx)
    async with opened(slow_client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: "0 pending" in inbox.text())
        await records.record_event(ctx, paid(customer="cus_1"))
        await inbox.press("z")
        await inbox.heard("Taken back", "is superseded, for the facts have changed")


async def test_a_failed_execution_is_told(ctx: Context, client: Client) -> None:
    await propose(ctx)
    ctx.adapters["email"] = BrokenMail(answers=True)  # type: ignore[index]
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.until(lambda: inbox.screen.approvals)
        await execute(ctx, client, 1)
        await inbox.heard("Failed: #1", "550 no such mailbox")
        await inbox.until(lambda: "1 failed" in inbox.lines()[0])


async def test_reject_with_a_preset(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("r")
        assert isinstance(inbox.app.screen, RejectScreen)
        await inbox.press("down", "down", "enter")
        await inbox.until(lambda: not inbox.ids())
        assert decisions(inbox) == [("reject", shown.id, 1, Status.REJECTED)]
        assert await reason_of(client, shown) == PRESETS[1]


@pytest.mark.parametrize("keys", [("enter",), ("4", "enter"), (*"late", "enter")])
async def test_reject_in_other_ways(ctx: Context, client: Client, keys: tuple[str, ...]) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("r", *keys)
        await inbox.until(lambda: not inbox.ids())
        assert await reason_of(client, shown) == {"enter": None, "4": PRESETS[3]}.get(keys[0], "late")


async def test_reject_and_never_contact_again(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("r")
        assert "[ ] Never contact this customer again (cus_1)" in inbox.text()
        await inbox.press("ctrl+n")
        assert "[x] Never contact this customer again (cus_1)" in inbox.text()
        await inbox.press("enter")
        await inbox.until(lambda: not inbox.ids())
        await take_in(ctx, failed("in_9", customer="cus_1"))
        assert not await client.proposals.inbox()


async def test_escape_rejects_nothing(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("r", "ctrl+n", "escape")
        assert inbox.app.screen is inbox.screen
        assert (await client.proposals.get(shown.id)).status is Status.PENDING


async def make_critical(ctx: Context, proposal_id: int) -> None:
    async with ctx.transaction(Actor.system("worker")) as conn:
        await conn.execute("update action_proposals set urgency = 'critical' where id = %s", (proposal_id,))


@pytest.mark.parametrize(
    ("keys", "approved"), [(("y",), True), (("n",), False), (("escape",), False), (("enter",), False)]
)
async def test_a_critical_one_asks_once_more(
    ctx: Context, client: Client, keys: tuple[str, ...], approved: bool
) -> None:
    await propose(ctx)
    await make_critical(ctx, 1)
    async with opened(client) as inbox:
        await inbox.card()
        assert "1 critical" in inbox.text()
        await inbox.press("a")
        assert isinstance(inbox.app.screen, ConfirmScreen)
        assert "billing@acme.example" in inbox.text()
        await inbox.press(*keys)
        await inbox.until(lambda: inbox.app.screen is inbox.screen)
        if approved:
            await inbox.until(lambda: decisions(inbox))
        await inbox.pilot.pause()
        status = (await client.proposals.get(1)).status
        assert status is (Status.APPROVED if approved else Status.PENDING)


async def test_a_conflict_tells_who_decided(ctx: Context, client: Client) -> None:
    await propose(ctx)
    other = await second_operator(ctx, client)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("r")  # while we think about a reason,
        await other.proposals.reject(1, 1, "I called them")
        await inbox.press("enter")
        said = await inbox.heard("#1 was rejected by Grace", "ago")
        assert said.endswith("(I called them). Your rejection changed nothing.")
        await inbox.until(lambda: not inbox.ids())


async def test_two_inboxes_on_one_proposal(ctx: Context, slow: Context, slow_client: Client) -> None:
    await propose(ctx)
    grace = await second_operator(slow, slow_client)
    async with opened(slow_client) as one:
        await one.card()
        async with opened(grace) as two:
            await two.card()
            one.screen.action_decide("approve")
            two.screen.action_decide("approve")
            await one.until(lambda: decisions(one) or one.of(messages.DecisionRefused))
            await two.until(lambda: decisions(two) or two.of(messages.DecisionRefused))
            assert len(decisions(one)) + len(decisions(two)) == 1
            won, lost, winner = (one, two, "founder") if decisions(one) else (two, one, "Grace")
            await lost.heard("#1 was approved", f"by {winner}", "ago. Your approval changed nothing.")
            await lost.until(lambda: not lost.ids())
            assert won.ids() == [1]


async def test_another_version_than_the_one_shown_is_not_approved(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("r")
        await client.proposals.edit(1, 1, shown.payload | {"subject": "Something else"})
        await inbox.press("enter")
        await inbox.heard(
            "#1 was changed by founder", "into version 2. Your rejection changed nothing: look at it again"
        )
        assert (await client.proposals.get(1)).status is Status.PENDING


async def test_a_card_that_changed_by_itself_takes_no_decision_at_once(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await client.proposals.edit(1, 1, shown.payload | {"to": "other@acme.example"})
        await inbox.until(lambda: "other@acme.example" in inbox.text())
        await inbox.press("a")
        await inbox.heard("changed just now")
        assert not decisions(inbox)
        await inbox.settled()
        await asyncio.sleep(QUIET * 1.5)  # somebody looks: this is about time itself
        await inbox.press("a")
        await inbox.until(lambda: decisions(inbox) == [("approve", 1, 2, Status.APPROVED)])


async def test_a_viewer_is_told_that_he_may_not(ctx: Context, client: Client) -> None:
    await propose(ctx)
    _, token = await client.operators.add("Eve", Role.VIEWER)
    async with opened(await Client.login(ctx, token)) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.heard("Eve")
        assert inbox.ids() == [1]


async def stuck(ctx: Context, client: Client, *, answers: bool) -> None:
    await propose(ctx)
    ctx.adapters["email"] = BrokenMail(answers=answers)  # type: ignore[index]
    await client.proposals.approve(1, 1)
    await execute(ctx, client, 1)


@pytest.mark.parametrize(
    ("key", "answers", "status"),
    [
        ("t", True, Status.APPROVED),
        ("t", False, Status.APPROVED),
        ("f", True, Status.EXECUTED),
        ("f", False, Status.EXECUTED),
        ("x", True, Status.REJECTED),
        ("x", False, Status.REJECTED),
    ],
)
async def test_failed_and_unknown_are_settled(
    ctx: Context, client: Client, key: str, answers: bool, status: Status
) -> None:
    await stuck(ctx, client, answers=answers)
    async with opened(client) as inbox:
        await inbox.press(*("u" if answers else "uu"))
        shown = await inbox.card()
        assert shown.status is (Status.FAILED if answers else Status.UNKNOWN)
        assert ("Failed" if answers else "It may have gone out, or not") in inbox.text()
        await inbox.press(key)
        assert isinstance(inbox.app.screen, RejectScreen if key == "x" else ConfirmScreen)
        await inbox.press("escape")
        assert (await client.proposals.get(1)).status is shown.status
        await inbox.press(key, *("2", "enter") if key == "x" else "y")
        await inbox.until(lambda: not inbox.ids())
        assert (await client.proposals.get(1)).status is status
        assert not inbox.of(messages.DecisionRefused)
        words = " ".join(entry.words for entry in (await client.proposals.card(1)).trail)
        assert ("Handled another way" in words) == (key == "x")


async def test_several_that_failed_are_given_up_with_one_reason(ctx: Context, client: Client) -> None:
    ctx.adapters["email"] = BrokenMail(answers=True)  # type: ignore[index]
    for nth in (1, 2):
        await propose(ctx, nth)
        await client.proposals.approve(nth, 1)
        await execute(ctx, client, nth)
    async with opened(client, size=(120, 36)) as inbox:
        await inbox.press("u")
        await inbox.until(lambda: set(inbox.ids()) == {1, 2})
        await inbox.press("g", "space", "G", "space")
        await inbox.until(lambda: "X give up 2 marked" in inbox.lines()[-1])
        assert "reject them" not in inbox.lines()[-1]
        await inbox.press("X")
        await inbox.until(lambda: isinstance(inbox.app.screen, RejectScreen))
        assert "Give up these 2? Nothing more is sent." in inbox.text()
        await inbox.press("2", "enter")
        await inbox.until(lambda: not inbox.ids())
        for nth in (1, 2):
            proposal = await client.proposals.get(nth)
            assert (proposal.status, proposal.outcome) == (Status.REJECTED, "Handled another way")


async def test_a_decision_that_makes_no_sense_says_why(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        for key in "tfx":
            await inbox.press(key)
        assert len([said for said in inbox.app.said if "#1 is pending and cannot be" in said]) == 3


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The texts that the person leaves in the editor, one after the other; the terminal is lent for nothing."""
    texts: list[str] = []

    def run_editor(command: list[str], **options: object) -> None:
        path = Path(command[-1])
        path.write_text(texts.pop(0).replace("…", path.read_text()))

    monkeypatch.setattr("subprocess.run", run_editor)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("textual.drivers.headless_driver.HeadlessDriver.can_suspend", True)
    for name in ("suspend_application_mode", "resume_application_mode"):
        monkeypatch.setattr(f"textual.drivers.headless_driver.HeadlessDriver.{name}", lambda _: None)
    return texts


async def test_edit_in_the_editor(ctx: Context, client: Client, edited: list[str], tmp_path: Path) -> None:
    await propose(ctx)
    edited.append("to: b@acme.example\nfrom: billing@localhost\nsubject: Hi\n\nCall me.\n")
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        await inbox.until(lambda: "edited by hand" in inbox.text())
        payload = (await client.proposals.get(1)).payload
        assert payload == {
            "to": "b@acme.example",
            "from": "billing@localhost",
            "subject": "Hi",
            "text": "Call me.\n",
        }
        assert not list(tmp_path.glob("execops-*"))


async def test_an_edit_without_a_change_is_none(ctx: Context, client: Client, edited: list[str]) -> None:
    await propose(ctx)
    edited.append("…\n")
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        await inbox.heard("The draft is unchanged.")
        assert (await client.proposals.get(1)).version == 1


WRONG = "to: nobody\nfrom: billing@localhost\nsubject: Hi\n\nCall me.\n"


async def test_a_text_that_cannot_be_sent_is_opened_again_as_it_was_written(
    ctx: Context, client: Client, edited: list[str], tmp_path: Path
) -> None:
    await propose(ctx)
    seen: list[str] = []

    class Mended(str):
        """The second text: the first, with the address put right."""

        def replace(self, old: str, new: str, count: int = -1) -> str:  # type: ignore[override]
            seen.append(new)
            return new[len("") :].replace("to: nobody", "to: b@acme.example", count)

    edited += [WRONG, Mended("…")]
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        await inbox.until(lambda: "edited by hand" in inbox.text())
        assert "# execops: The mail's to is not one mail address" in seen[0]
        assert seen[0].endswith(WRONG), "nothing typed is lost"
        payload = (await client.proposals.get(1)).payload
        assert (payload["to"], payload["text"]) == ("b@acme.example", "Call me.\n")
        assert not list(tmp_path.glob("execops-*"))


async def test_a_text_that_is_given_up_is_kept(
    ctx: Context, client: Client, edited: list[str], tmp_path: Path
) -> None:
    await propose(ctx)
    edited += [WRONG, "…"]
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        [path] = tmp_path.glob("execops-*")
        await inbox.heard("The mail's to is not one mail address", "kept in", str(path))
        assert path.read_text() == WRONG
        assert (await client.proposals.get(1)).version == 1


async def test_an_edit_that_the_core_refuses_keeps_the_text(
    ctx: Context, client: Client, edited: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)
    edited.append(WRONG.replace("nobody", "b@acme.example"))

    async def late(*args: object) -> None:
        raise NotAllowedError("You may not change to; nothing was changed.")

    monkeypatch.setattr(client.proposals, "edit", late)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        await inbox.heard("You may not change to")
        [path] = tmp_path.glob("execops-*")
        await inbox.heard("kept in", str(path))
        assert path.read_text().startswith("to: b@acme.example")
        assert (await client.proposals.get(1)).version == 1


@pytest.mark.parametrize("command", ["/nowhere/nope", "false", "'", " "])
async def test_an_editor_that_fails_brings_the_inbox_back(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch, command: str, tmp_path: Path
) -> None:
    await propose(ctx)
    monkeypatch.setenv("VISUAL", command)
    monkeypatch.setenv("PATH", "/usr/bin:/bin" if command == "false" else "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    terminal: list[str] = []
    monkeypatch.setattr("textual.drivers.headless_driver.HeadlessDriver.can_suspend", True)
    for name in ("suspend_application_mode", "resume_application_mode"):
        monkeypatch.setattr(
            f"textual.drivers.headless_driver.HeadlessDriver.{name}",
            lambda _, name=name: terminal.append(name),
        )
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.burst("e", "a")
        await inbox.heard("The editor failed; the draft is unchanged")
        assert terminal == ["suspend_application_mode", "resume_application_mode"]
        assert (await client.proposals.get(1)).version == 1
        assert not list(tmp_path.glob("execops-*"))
        assert not decisions(inbox), "a key typed ahead was meant for the editor"
        await inbox.press("a")
        await inbox.until(lambda: decisions(inbox) == [("approve", 1, 1, Status.APPROVED)])


async def test_where_the_terminal_cannot_be_lent_it_says_so(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("e")
        await inbox.heard("cannot be lent")


async def test_a_reason_that_is_pasted_is_kept_as_far_as_there_is_room(ctx: Context, client: Client) -> None:
    """Several lines become one, and what is too long is cut: a paste that is dropped would reject without a reason."""
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("r")
        inbox.app.post_message(events.Paste("They paid by cheque.\nAnna saw it.\n" + "x" * 900))
        await inbox.pilot.pause()
        await inbox.handled()
        await inbox.press("enter")
        await inbox.until(lambda: decisions(inbox))
        reason = await reason_of(client, shown)
        assert isinstance(reason, str)
        assert reason.startswith("They paid by cheque. Anna saw it. xxx")
        assert len(reason) == LONGEST
