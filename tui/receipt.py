"""The words around an answer: how it came about, why there is none, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from execops.errors import DatabaseUnavailableError, ExecOpsError
from tui import chart
from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.result import Answer
    from execops.canvas.understanding import Understanding

MUTED = "$execops-muted"


def title(answer: Answer, note: str | None) -> Content:
    """The question as it was understood."""
    rows = f"{len(answer.rows):,} rows" if len(answer.rows) > 1 else ""
    about = " · ".join(part for part in (rows, clean(note or "")) if part)
    return Content.assemble((clean(answer.title), "bold"), (f"  {about}" if about else "", MUTED))


def remark(answer: Answer) -> Content:
    """Say why something is not known, or the totals under the rows; nothing where the rows say everything."""
    from execops.canvas.result import total_line

    if answer.unknown:
        return Content.assemble(("Unknown", "bold $text-warning"), f", because {clean(answer.unknown)}.")
    if total := total_line(answer):
        return Content(f"{clean(total, limit=400)}.")
    return Content("" if answer.rows else "Nothing in this period.")


def receipt(answer: Answer) -> Content:
    """How the answer came about."""
    source, watermark = answer.receipt, answer.receipt.watermark
    mark = f"up to event {watermark.event_id}" if watermark.event_id else "no event yet"
    if watermark.transaction_id:
        mark += f" and movement {watermark.transaction_id}"
    parts = [
        f"As of {source.today} ({source.time_zone})",
        source.words,
        *answer.cut_steps,
        answer.so_far or "",
        mark,
    ]
    if left_out := chart.not_drawn(answer, chart.series(answer)):
        parts.append(left_out)
    if source.note:
        parts.insert(0, source.note[0].upper() + source.note[1:])
    if source.cut:
        parts.append(source.cut)
    if source.picked_by:
        parts.append(f"picked by {source.picked_by}")
    line = clean(" · ".join(part for part in parts if part), limit=1000)
    return Content.styled(f"{clean(source.definition)}.\n{line}", MUTED)


def refusal(understood: Understanding) -> Content:
    """Say why a question has no answer, and how to read the questions below."""
    several = understood.kind == "clarify"
    why = clean(
        understood.why or ("More than one metric fits." if several else "The canvas has no answer to this.")
    )
    nearest = "Nearest:" if understood.candidates or understood.suggestions else "It answers these:"
    what = "Which of these do you mean?" if several else nearest
    head = "Not clear" if several else "Not answered"
    return Content.assemble((head, "bold $text-warning"), f": {why}\n", (what, MUTED))


def failure(error: ExecOpsError) -> Content:
    """Say what happened, and what to do."""
    todo = [clean(error.hint)] if error.hint else []
    if isinstance(error, DatabaseUnavailableError):
        todo.append("It is asked again once the inbox is live.")
    todo.append("enter asks again.")
    return Content.assemble(
        ("Not asked" if isinstance(error, DatabaseUnavailableError) else "No answer", "bold $text-error"),
        f": {clean(error.message)}\n",
        (" ".join(todo), MUTED),
    )
