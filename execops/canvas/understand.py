"""A question, understood without the database: a metric with parameters, several that fit, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from execops.canvas import catalogue
from execops.canvas.result import plain
from execops.errors import RefusedError
from execops.model import Json

if TYPE_CHECKING:
    from execops.canvas.ask.names import Names

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


def understand(
    question: str, as_of: date, names: Names | None = None, *, fiscal_year_start: int | None = None
) -> Understood:
    """What a question asks for. `names` are what the ledger knows; without them names stay as written."""
    from execops.canvas.ask import Answer, Clarify, ask

    text = " ".join(question.split())
    if not text or len(text) > _MAX_QUESTION:
        why = "There is no question." if not text else "The question is too long."
        return Understood(question=text[:_MAX_QUESTION], kind="refuse", why=why, final=True)
    found = ask(text, as_of, names, fiscal_year_start)
    if isinstance(found, Answer):
        return Understood(question=text, kind="answer", metric=found.metric, params=found.params)
    if isinstance(found, Clarify):
        return Understood(question=text, kind="clarify", candidates=found.candidates, why=found.why)
    return Understood(
        question=text, kind="refuse", candidates=found.nearest, why=found.why, final=found.final
    )
