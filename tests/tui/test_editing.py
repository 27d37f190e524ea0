"""Editing: in place, with errors where they are, and what an edit looks like beside the original."""

from __future__ import annotations

from textual.widgets import Input, Static, TextArea

from execops.adapters.email import EmailAdapter
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidPayloadError
from execops.model import Json, Role, Status
from tests.stripe_events import failed, take_in
from tests.tui.inbox import Inbox, opened, propose
from tests.tui.test_deciding import decisions
from tui.draft_diff import differences
from tui.screens.edit import EditScreen


async def editing(inbox: Inbox) -> EditScreen:
    """The form, once it is there."""
    await inbox.card()
    await inbox.press("E")
    await inbox.until(lambda: isinstance(inbox.app.screen, EditScreen) and inbox.app.screen.is_mounted)
    assert isinstance(inbox.app.screen, EditScreen)
    return inbox.app.screen


def field(form: EditScreen, name: str) -> Input:
    return form.query_one(f"#field-{name}", Input)


def wrong(form: EditScreen, name: str = "") -> str:
    """What is said below a field; nothing where it is not shown."""
    said = form.query_one(f"#wrong-{name}" if name else "#wrong", Static)
    return str(said.content) if said.display else ""


async def test_edit_in_place_saves_the_next_version(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        form = await editing(inbox)
        assert [each.id for each in form.query(Input)] == ["field-to", "field-subject", "field-from"]
        assert form.query_one(TextArea).has_focus
        await inbox.press("H", "i", "space")
        field(form, "subject").value = "Please look"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: decisions(inbox) == [("edit", 1, 2, Status.PENDING)])
        payload = (await client.proposals.get(1)).payload
        assert payload["subject"] == "Please look"
        assert payload["text"].startswith("Hi Hello Tenant 1")
        assert payload["to"] == "billing@acme.example"


async def test_each_error_stands_where_it_is(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client, size=(100, 40)) as inbox:
        form = await editing(inbox)
        field(form, "to").value = "nobody"
        await inbox.until(lambda: "to is not one mail address" in wrong(form, "to"))
        assert not wrong(form, "subject")
        rows = inbox.lines()
        at = next(number for number, row in enumerate(rows) if "is not one mail address" in row)
        assert "nobody" in rows[at - 1], "the error stands below its field"
        await inbox.press("ctrl+s")
        assert inbox.app.screen is form, "nothing is saved that cannot be sent"
        field(form, "to").value = "ap@acme.example"
        field(form, "subject").value = " "
        await inbox.until(lambda: "subject is empty" in wrong(form, "subject"))
        assert not wrong(form, "to")
        field(form, "subject").value = "Hi"
        form.query_one(TextArea).text = ""
        await inbox.until(lambda: "text is empty" in wrong(form, "text"))
        form.query_one(TextArea).text = "Call me."
        await inbox.until(lambda: not wrong(form, "text"))
        await inbox.press("ctrl+s")
        await inbox.until(lambda: decisions(inbox))
        assert (await client.proposals.get(1)).payload["text"] == "Call me."


async def test_the_error_says_its_field_whatever_its_sentence(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        form = await editing(inbox)
        form._validate = refuse
        field(form, "to").value = "x"
        await inbox.until(lambda: "Nobody reads this." in wrong(form, "subject"))
        assert not wrong(form, "to")


def refuse(payload: Json) -> None:
    raise InvalidPayloadError("Nobody reads this. The mail's to is fine.", field="subject")


async def test_what_the_core_refuses_keeps_the_form(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        form = await editing(inbox)
        await client.proposals.edit(1, 1, (await client.proposals.get(1)).payload | {"subject": "Faster"})
        field(form, "subject").value = "Slower"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: "Proposal 1 is at version 2, you saw 1" in wrong(form))
        assert field(form, "subject").value == "Slower"
        assert (await client.proposals.get(1)).payload["subject"] == "Faster"


async def test_an_ops_operator_may_not_change_the_recipient(ctx: Context, client: Client) -> None:
    await propose(ctx)
    _, token = await client.operators.add("Ola", Role.OPS)
    async with opened(await Client.login(ctx, token)) as inbox:
        form = await editing(inbox)
        field(form, "to").value = "ola@acme.example"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: "change to" in wrong(form))
        assert (await client.proposals.get(1)).version == 1


async def test_escape_keeps_what_was_typed_until_asked_twice(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        form = await editing(inbox)
        await inbox.press("x", "escape")
        await inbox.until(lambda: "esc once more drops your changes" in wrong(form))
        await inbox.press("escape")
        await inbox.until(lambda: inbox.app.screen is inbox.screen)
        assert (await client.proposals.get(1)).version == 1
        await editing(inbox)
        await inbox.press("escape")
        await inbox.until(lambda: inbox.app.screen is inbox.screen)


async def test_what_is_not_touched_stays_to_the_last_space(ctx: Context, client: Client) -> None:
    await propose(ctx)
    text = "Hello Acme, \n\tpay now\n"
    before = (await client.proposals.get(1)).payload | {"text": text}
    await client.proposals.edit(1, 1, before)
    async with opened(client) as inbox:
        form = await editing(inbox)
        assert form.query_one(TextArea).text == "Hello Acme, \n    pay now\n"
        field(form, "subject").value = "New"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: decisions(inbox))
        assert (await client.proposals.get(1)).payload == before | {"subject": "New"}


async def test_an_edit_is_shown_against_the_original(ctx: Context, client: Client) -> None:
    await propose(ctx)
    original = (await client.proposals.get(1)).payload
    await client.proposals.edit(1, 1, original | {"subject": "One word less"})
    async with opened(client, size=(160, 48)) as inbox:
        await inbox.card()
        text = inbox.text()
        assert "By hand, against version 1 as drafted:" in text
        assert f"- Subject: {original['subject']}" in text
        assert "+ Subject: One word less" in text
        assert "- To" not in text


async def test_the_newer_draft_stands_beside_the_edited_one_and_can_be_taken(
    ctx: Context, client: Client
) -> None:
    await propose(ctx)
    original = (await client.proposals.get(1)).payload
    await client.proposals.edit(1, 1, original | {"subject": "Mine"})
    await take_in(ctx, failed("in_1", customer="cus_1", customer_name="Tenant 1", attempt_count=3))
    newer = (await client.proposals.get(1)).newer_draft
    assert newer is not None
    async with opened(client, size=(160, 60)) as inbox:
        await inbox.card()
        text = inbox.text()
        assert "Subject  Mine" in text
        assert "Since your edit the rules draft otherwise: " in text
        assert "- Subject: Mine" in text
        assert f"+ Subject: {newer['payload']['subject']}" in text
        form = await editing(inbox)
        await inbox.press("ctrl+n")
        await inbox.until(lambda: field(form, "subject").value == newer["payload"]["subject"])
        assert (await client.proposals.get(1)).payload["subject"] == "Mine"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: decisions(inbox))
        assert (await client.proposals.get(1)).payload["text"] == newer["payload"]["text"]


def test_differences_are_lines_taken_out_and_put_in() -> None:
    before = {"to": "a@b.example", "subject": "Hi", "text": "one\ntwo\nthree\nfour\n"}
    after = {"to": "a@b.example", "subject": "Hi", "text": "one\n2\nthree\nfour\nfive\n", "cc": "c@b.example"}
    assert differences(before, after, EmailAdapter.fields) == [
        ("…", ""),
        ("+", "Cc: c@b.example"),
        ("…", ""),
        ("-", "two"),
        ("+", "2"),
        ("…", ""),
        ("+", "five"),
    ]
    assert {sign for sign, _ in differences(before, before, EmailAdapter.fields)} == {"…"}
    long = {"text": "x\n" * 5000}
    assert ("+", "(4600 more lines)") in differences({"text": ""}, long, EmailAdapter.fields)
