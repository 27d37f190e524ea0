"""Refused questions are kept and erased; synonyms are added by a person who is named."""

from __future__ import annotations

from datetime import date

import pytest

from execops.canvas import company_words
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidInputError, NotAllowedError, NotFoundError
from execops.model import Actor, Role
from tests import records

TODAY = date(2026, 11, 22)


async def test_refused_questions_are_kept_and_erased(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await client.operators.add("Vic", Role.VIEWER)
    viewer = await Client.login(ctx, token)
    await viewer.canvas.ask("net revenue", TODAY)
    for question in ("how is the  moon", "how is the moon\u202e", "net revenue of mars"):
        await viewer.canvas.ask(question, TODAY)
    await client.canvas.understand("how is the moon", TODAY)
    kept = await viewer.canvas.refused()
    assert [(row.question, row.asked) for row in kept] == [("how is the moon", 3), ("net revenue of mars", 1)]
    assert all(row.why for row in kept)
    monkeypatch.setattr(company_words, "_MOST", 1)
    await client.canvas.ask("is it raining", TODAY)
    assert [row.question for row in await client.canvas.refused()] == ["is it raining"]
    with pytest.raises(NotAllowedError):
        await viewer.canvas.erase_refused()
    assert await client.canvas.erase_refused() == 1
    assert await client.canvas.refused() == []


async def test_a_synonym_is_reviewed_audited_and_removed(ctx: Context, client: Client) -> None:
    await client.canvas.ask("dinero by vendor", TODAY)
    await client.canvas.ask("pay the dinero", TODAY)
    tried = await client.canvas.try_synonym("dinero", "spend", TODAY)
    assert [(question, understood.metric) for question, understood in tried] == [
        ("dinero by vendor", "spend_by_vendor")
    ]
    assert await client.canvas.teach("Dinero", "spend", "we say so")
    assert not await client.canvas.teach("dinero", "spend")
    asked = await client.canvas.ask("dinero by vendor", TODAY)
    assert (asked.understood.metric, asked.understood.read_as) == ("spend_by_vendor", "spend by vendor")
    [synonym] = await client.canvas.synonyms()
    assert (synonym.phrase, synonym.means, synonym.reviewed_by) == ("dinero", "spend", client.operator.name)
    for phrase, means in (("spend", "refunds"), ("dinero", "bananas"), ("delete it", "spend")):
        with pytest.raises(InvalidInputError):
            await client.canvas.teach(phrase, means)
    _, token = await client.operators.add("Vic", Role.VIEWER)
    viewer = await Client.login(ctx, token)
    with pytest.raises(NotAllowedError):
        await viewer.canvas.teach("dinero", "refunds")
    with pytest.raises(Exception, match="needs an operator who has proven"):
        await records.run(
            ctx, "update canvas_synonyms set means = 'refunds'", actor=Actor.user(viewer.operator)
        )
    await client.canvas.forget("DINERO")
    with pytest.raises(NotFoundError):
        await client.canvas.forget("dinero")
    assert (await client.canvas.ask("dinero by vendor", TODAY)).answer is None
    words = [entry.words for entry in await client.audit.latest(9) if "synonym" in entry.entry.action]
    assert words == [
        "“dinero” no longer means “spend” on the canvas",
        "“dinero” means “spend” on the canvas: we say so",
    ]
    assert (await client.audit.verify()).ok
