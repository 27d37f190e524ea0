"""One run of the AG-UI protocol: a question, as the events that an application shows.

The route loads this module, and the protocol's models with it, at the first question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncGenerator, Sequence
from uuid import uuid4

from ag_ui.core import (
    PROTOCOL_VERSION,
    BaseEvent,
    Interrupt,
    ResumeEntry,
    RunAgentInput,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
    StateSnapshotEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallArgsEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)

from execops.client.canvas_part import CanvasPart
from execops.client.questions import Suggestion, Understanding, one_line, plain
from execops.errors import InvalidInputError
from execops.model import Json
from server import agui_words

TOOL = "canvas"
_NUMBER = re.compile(r"[1-9]")
_OPEN = "The question back stays open; nothing was asked."


async def run(
    canvas: CanvasPart, run_input: RunAgentInput, questions: Sequence[str]
) -> AsyncGenerator[BaseEvent]:
    """The events of one run; `questions` are the user's messages, the last one the newest.

    Raises InvalidInputError for an answer to a question back that does not fit, UnavailableError.
    """
    thread, run_id = run_input.thread_id, run_input.run_id
    yield RunStartedEvent(thread_id=thread, run_id=run_id, protocol_version=PROTOCOL_VERSION)
    question, offer = questions[-1], None
    outcome: RunFinishedInterruptOutcome | RunFinishedSuccessOutcome = RunFinishedSuccessOutcome()
    if run_input.resume:
        entry = _only(run_input.resume)
        asked = _asked(entry, thread, questions)
        if entry.status == "resolved":
            offer = _candidate(await canvas.understand(asked), entry.payload)
        elif asked == question:  # without a new question
            for event in _text(_OPEN):
                yield event
            yield RunFinishedEvent(thread_id=thread, run_id=run_id, outcome=outcome)
            return
    offer = offer or await _numbered(canvas, questions)
    if offer is not None:
        question = offer.title
        understood = Understanding(kind="answer", metric=offer.metric, params=offer.params)
    else:
        understood = await canvas.understand(question)
    if understood.metric is not None:
        async for event in _answer(canvas, question, understood):
            yield event
    else:
        yield StateSnapshotEvent(snapshot=_unanswered(question, understood))
        for event in _text(agui_words.refused(understood)):
            yield event
        if understood.kind == "clarify" and understood.suggestions:
            outcome = RunFinishedInterruptOutcome(interrupts=[_interrupt(thread, question, understood)])
    yield RunFinishedEvent(thread_id=thread, run_id=run_id, outcome=outcome)


async def _answer(canvas: CanvasPart, question: str, understood: Understanding) -> AsyncGenerator[BaseEvent]:
    """The metric as a tool call, its answer as the call's result, as state and as text."""
    assert understood.metric is not None  # noqa: S101
    call = _new_id()
    arguments = {"metric": understood.metric, "params": plain(understood.params)}
    yield ToolCallStartEvent(tool_call_id=call, tool_call_name=TOOL)
    yield ToolCallArgsEvent(tool_call_id=call, delta=json.dumps(arguments))
    yield ToolCallEndEvent(tool_call_id=call)
    answer = await canvas.answer(understood.metric, understood.params, picked_by=understood.picked_by)
    body = understood.to_json(one_line(question)) | answer.to_json()
    yield ToolCallResultEvent(message_id=_new_id(), tool_call_id=call, content=json.dumps(body))
    yield StateSnapshotEvent(snapshot=body)
    for event in _text(agui_words.answered(answer, understood)):
        yield event


def _text(text: str) -> list[BaseEvent]:
    message = _new_id()
    return [
        TextMessageStartEvent(message_id=message, role="assistant"),
        TextMessageContentEvent(message_id=message, delta=text),
        TextMessageEndEvent(message_id=message),
    ]


def _unanswered(question: str, understood: Understanding) -> Json:
    body = understood.to_json(one_line(question))
    return body | {"columns": [], "rows": [], "chart": None, "receipt": None}


def _interrupt(thread: str, question: str, understood: Understanding) -> Interrupt:
    return Interrupt(
        id=_interrupt_id(thread, question),
        reason="input_required",
        message=f"{understood.refusal().message} Which one is meant?",
        response_schema={"type": "string", "enum": [offer.title for offer in understood.suggestions]},
    )


def _interrupt_id(thread: str, question: str) -> str:
    """Names the question, so that nothing need be kept until its answer comes."""
    return f"clarify-{hashlib.sha256(json.dumps([thread, question]).encode()).hexdigest()[:24]}"


def _only(entries: Sequence[ResumeEntry]) -> ResumeEntry:
    if len(entries) > 1:
        raise InvalidInputError(f"The canvas asks one question back, and {len(entries)} answers came.")
    return entries[0]


def _asked(entry: ResumeEntry, thread: str, questions: Sequence[str]) -> str:
    """The question that was answered by a question back."""
    for question in reversed(questions):
        if _interrupt_id(thread, question) == entry.interrupt_id:
            return question
    raise InvalidInputError(
        "The answer fits no question of this conversation; nothing was asked.", hint="Ask the question again."
    )


def _candidate(understood: Understanding, payload: object) -> Suggestion:
    """The candidate with this title."""
    for offer in understood.suggestions:
        if offer.title == payload:
            return offer
    raise InvalidInputError(
        "The answer is none of the candidates; nothing was asked.", hint="Ask the question again."
    )


async def _numbered(canvas: CanvasPart, questions: Sequence[str]) -> Suggestion | None:
    """The suggestion that a number picks, of the latest question that was none; None where it picks nothing."""
    *earlier, last = questions
    asked = next((question for question in reversed(earlier) if not _NUMBER.fullmatch(question)), None)
    if asked is None or not _NUMBER.fullmatch(last):
        return None
    offers = (await canvas.understand(asked)).suggestions
    return offers[int(last) - 1] if int(last) <= len(offers) else None


def _new_id() -> str:
    return uuid4().hex
