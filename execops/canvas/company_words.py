"""The words of a company: questions that the canvas refused, and the synonyms that a person added after reading them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from execops.canvas.understanding import MAX_QUESTION, one_line
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import NotFoundError
from execops.model import Operator, Record
from execops.text import clean_line

SQL = queries.load("canvas_words")
_MOST = 1_000  # questions that are kept


class RefusedQuestion(Record, frozen=True, kw_only=True):
    """A question that was refused: why, how often, and when."""

    question: str
    why: str
    asked: int
    first_at: datetime
    last_at: datetime


class Synonym(Record, frozen=True, kw_only=True):
    """A phrase that means words of the rules; `reviewed_by` is the operator who said so."""

    phrase: str
    means: str
    reviewed_by: str
    since: datetime
    why: str | None


async def keep(conn: Connection, question: str, why: str) -> None:
    """Keep a refused question. Beyond the limit, it forgets those that nobody asked for the longest time."""
    text = clean_line(one_line(question), limit=MAX_QUESTION).strip()
    if text:
        await queries.run(conn, SQL["keep"], question=text, why=why)
        await queries.run(conn, SQL["forget_oldest"], most=_MOST)


async def refused(conn: Connection) -> Sequence[RefusedQuestion]:
    """The questions that were refused, the latest first."""
    return [RefusedQuestion.from_row(row) for row in await queries.many(conn, SQL["refused"])]


async def erase(conn: Connection) -> int:
    """Erase the refused questions; returns how many there were."""
    return await queries.run(conn, SQL["erase"])


async def synonyms(conn: Connection) -> Sequence[Synonym]:
    """The synonyms that hold."""
    return [Synonym.from_row(row) for row in await queries.many(conn, SQL["synonyms"])]


async def teach(conn: Connection, operator: Operator, phrase: str, means: str, why: str | None) -> bool:
    """Keep a synonym that was checked (`ask.synonyms.checked`); returns False where it holds already."""
    return bool(await queries.run(conn, SQL["set"], phrase=phrase, means=means, by=operator.name, why=why))


async def forget(conn: Connection, operator: Operator, phrase: str, why: str | None) -> None:
    """Remove a synonym. Raises NotFoundError."""
    if not any(synonym.phrase == phrase for synonym in await synonyms(conn)):
        raise NotFoundError(f"“{phrase}” is no synonym; nothing was changed.", hint="execops synonyms list")
    await queries.run(conn, SQL["set"], phrase=phrase, means=None, by=operator.name, why=why)
