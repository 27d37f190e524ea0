"""The meaning of a question: a metric with parameters, several metrics that fit, or none."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from execops.canvas import catalogue
from execops.canvas.result import plain
from execops.errors import RefusedError
from execops.model import Json

Kind = Literal["answer", "clarify", "refuse"]
MAX_QUESTION = 500  # characters


class Suggestion(Struct, frozen=True, kw_only=True):
    """A question to ask instead, whose metric and parameters are bound already; `title` says it in words."""

    title: str
    metric: str
    params: Json

    def to_json(self) -> Json:
        """The suggestion, as `--json` and the HTTP API show it."""
        return {"title": self.title, "metric": self.metric, "params": plain(self.params)}


class Understanding(Struct, frozen=True, kw_only=True):
    """The meaning of a question.

    An answer has a `metric` and the `params` that the question fixes. To clarify, the `candidates` are the metrics
    that fit; of a refusal, the nearest ones. Either carries up to three `suggestions`, best first. `final` is a refusal for what the question is, whatever metric it means:
    an order, a condition, a day to come.
    """

    kind: Kind
    metric: str | None = None
    params: Json = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    why: str | None = None
    final: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    read_as: str | None = None  # the question with the synonyms that a person added, where it needs them
    picked_by: str | None = None  # the model that picked the metric, where the rules did not

    def to_json(self, question: str) -> Json:
        """The understanding of this question, as `--explain` shows it."""
        return {
            "question": question,
            "kind": self.kind,
            "metric": self.metric,
            "params": plain(self.params),
            "candidates": list(self.candidates),
            "suggestions": [suggestion.to_json() for suggestion in self.suggestions],
        }

    def refusal(self) -> RefusedError:
        """The error of a question that no metric answers, or more than one."""
        load = catalogue.load()
        titles = [suggestion.title for suggestion in self.suggestions]
        titles = titles or [load[name].samples[0] for name in self.candidates[:3] if name in load]
        nearest = "; ".join(f"“{title}”" for title in titles)
        if self.kind == "clarify":
            why, hint = self.why or "More than one metric fits.", f"Ask one of: {nearest}"
        else:
            why = self.why or "The canvas has no answer to this."
            hint = f"Nearest: {nearest}" if nearest else "List all metrics: execops canvas --list"
        return RefusedError(why, hint=hint, suggestions=[offer.to_json() for offer in self.suggestions])


def answer(metric: str, params: Json) -> Understanding:
    """This metric answers, with these parameters."""
    return Understanding(kind="answer", metric=metric, params=params)


def clarify(candidates: tuple[str, ...], why: str = "More than one metric fits.") -> Understanding:
    """Several metrics fit."""
    return Understanding(kind="clarify", candidates=candidates, why=why)


def refuse(why: str, nearest: tuple[str, ...] = (), *, final: bool = False) -> Understanding:
    """No metric fits; those nearest may be none."""
    return Understanding(kind="refuse", candidates=nearest, why=why, final=final)


def one_line(question: str) -> str:
    """The question as faces show it: on one line, and no longer than one may be."""
    return " ".join(question.split())[:MAX_QUESTION]
