"""A question, understood without the database: a metric with parameters, several that fit, or none.

The vocabulary lives in `ask`; without it a question is answered where it is a metric's name or title.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from execops.canvas import catalogue
from execops.canvas.result import plain
from execops.errors import RefusedError
from execops.model import Json

Kind = Literal["answer", "clarify", "refuse"]
_MAX_QUESTION = 500  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """What a question asks for; `candidates` are the metrics that fit, or the nearest ones."""

    question: str
    kind: Kind
    metric: str | None = None
    params: Json = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    why: str | None = None
    final: bool = False  # refused for what it is, whoever understands it
    picked_by: str | None = None  # the model that picked the metric, where the rules did not

    def to_json(self) -> Json:
        """As `--explain` shows it."""
        return {
            "question": self.question,
            "kind": self.kind,
            "metric": self.metric,
            "params": plain(self.params),
            "candidates": list(self.candidates),
        }

    def refusal(self) -> RefusedError:
        """The error of a question that no metric answers, or more than one."""
        load = catalogue.load()
        samples = [load[name].samples[0] for name in self.candidates[:3] if name in load]
        nearest = "; ".join(f"“{each}”" for each in samples)
        if self.kind == "clarify":
            return RefusedError(self.why or "More than one metric fits.", hint=f"Ask one of: {nearest}")
        return RefusedError(
            self.why or "The canvas has no answer to this.",
            hint=f"Nearest: {nearest}" if nearest else "What it answers: execops canvas --list",
        )


def understand(question: str, as_of: date, names: Any = None) -> Understood:  # noqa: ANN401
    """What a question asks for. `names` are what the ledger knows; without them names stay as written."""
    text = " ".join(question.split())
    if not text or len(text) > _MAX_QUESTION:
        why = "There is no question." if not text else "The question is too long."
        return Understood(question=text[:_MAX_QUESTION], kind="refuse", why=why, final=True)
    if find_spec("execops.canvas.ask") is None:
        return _by_name(text)
    return _by_vocabulary(text, import_module("execops.canvas.ask").ask(text, as_of, names))


def _by_vocabulary(question: str, found: Any) -> Understood:  # noqa: ANN401
    kind = type(found).__name__.lower()
    why = getattr(found, "why", None) or getattr(found, "reason", None)
    if kind == "answer":
        return Understood(
            question=question, kind="answer", metric=found.metric, params=dict(found.params), why=why
        )
    near = found.candidates if kind == "clarify" else found.nearest
    candidates = tuple(each if isinstance(each, str) else each.metric for each in near)
    return Understood(
        question=question,
        kind="clarify" if kind == "clarify" else "refuse",
        candidates=tuple(dict.fromkeys(candidates)),
        why=why,
        final=getattr(found, "final", False),
    )


def _by_name(question: str) -> Understood:
    names = {
        name.lower().replace("_", " "): metric.name
        for metric in catalogue.load().values()
        for name in (metric.name, metric.title)
    }
    text = question.lower().rstrip("?!. ")
    if text in names:
        return Understood(question=question, kind="answer", metric=names[text])
    near = tuple(dict.fromkeys(names[each] for each in get_close_matches(text, names, n=3)))
    return Understood(question=question, kind="refuse", candidates=near)
