"""What stands around an answer, in words: how it came about, why there is none, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from execops.errors import DatabaseUnavailableError, ExecOpsError
from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.result import Answer
    from execops.canvas.understanding import Understanding

MUTED = "$execops-muted"


def title(answer: Answer, note: str | None) -> Content:
    """What was asked for, as it was understood."""
    rows = f"{len(answer.rows):,} rows" if len(answer.rows) > 1 else ""
    about = " · ".join(part for part in (rows, clean(note or "")) if part)
    return Content.assemble((clean(answer.title), "bold"), (f"  {about}" if about else "", MUTED))


def said(answer: Answer) -> Content:
    """What is not known, and why; nothing where all is said by the rows."""
    if answer.unknown:
        return Content.assemble(("Unknown", "bold $text-warning"), f", because {clean(answer.unknown)}.")
    return Content("" if answer.rows else "Nothing in this period.")


def receipt(answer: Answer) -> Content:
    """How the answer came about."""
    it, seen = answer.receipt, answer.receipt.watermark
    params = ", ".join(f"{name} {value}" for name, value in it.params.items() if value not in (None, ""))
    mark = f"up to event {seen.event_id}" if seen.event_id else "no event yet"
    if seen.transaction_id:
        mark += f" and movement {seen.transaction_id}"
    told = [f"As of {it.today} ({it.time_zone})", params, mark]
    if it.truncated:
        told.append(f"only the first {it.rows:,} rows")
    if it.picked_by:
        told.append(f"picked by {it.picked_by}")
    return Content.styled(
        f"{clean(it.definition)}.\n{clean(' · '.join(part for part in told if part), limit=1000)}", MUTED
    )


def refusal(found: Understanding) -> Content:
    """Why a question has no answer, and what to make of what stands below."""
    several = found.kind == "clarify"
    why = clean(
        found.why or ("More than one metric fits." if several else "The canvas has no answer to this.")
    )
    what = "Which of these is meant?" if several else "Nearest:" if found.candidates else "It answers these:"
    head = "Not clear" if several else "Not answered"
    return Content.assemble((head, "bold $text-warning"), f": {why}\n", (what, MUTED))


def failure(error: ExecOpsError) -> Content:
    """What happened, and what to do."""
    todo = [clean(error.hint)] if error.hint else []
    if isinstance(error, DatabaseUnavailableError):
        todo.append("It is asked again once the inbox is live.")
    todo.append("enter asks again.")
    return Content.assemble(
        ("Not asked" if isinstance(error, DatabaseUnavailableError) else "No answer", "bold $text-error"),
        f": {clean(error.message)}\n",
        (" ".join(todo), MUTED),
    )
