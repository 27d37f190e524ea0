"""The reasoner: a model may rewrite the words of a draft, and read a customer's words more mildly than the rules. Nothing else.

The rules' words stay if the model is slow, is down or answers in another form, and `drafted_by` says why. At most the
time limit is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from execops.books.facts import Facts
from execops.errors import InvalidPayloadError
from execops.graphs.language_model import Model, NoAnswerError, Spent, create_model
from execops.model import Draft, Json
from execops.ports import Adapter, Wording
from execops.settings import Settings


def create_reasoner(settings: Settings, adapters: Mapping[str, Adapter]) -> ModelReasoner | None:
    """Create the reasoner for the configured model; None without a model, so that the rules' words stay.

    Raises NotConfiguredError if the model's packages are missing.
    """
    model = create_model(settings)
    return None if model is None else ModelReasoner(model, adapters)


class ModelReasoner:
    """Asks a model for better words, and for the tone of a customer's, with a time limit and a budget for each question."""

    def __init__(self, model: Model, adapters: Mapping[str, Adapter]) -> None:
        self._model, self._adapters = model, adapters

    async def load(self) -> None:
        """Import the provider's package and make its client, without a request. Raises NotConfiguredError."""
        await self._model.load()

    async def reword(self, draft: Draft, facts: Json) -> Wording:
        """Ask the model for other words, and of a draft that `softens` for the tone of the customer's.

        The rules' words and urgency stay if it gives no valid answer. Never raises.
        """
        from execops.graphs.rewording import PROMPT_SHA256, Question

        spent = Spent()
        worded, author = draft, "rules"
        try:
            adapter = self._adapters[draft.action_type]
            answer = await self._model.ask(Question.about(draft, facts, adapter), spent)
            adapter.validate(answer.payload)
            worded, author, result = answer, "model", "used"
        except NoAnswerError as exc:
            result = f"kept: {exc}"
        except InvalidPayloadError:
            result = "kept: refused: the action does not accept these words"
        except Exception as exc:
            result = f"kept: error {type(exc).__name__}"
        provenance = {
            "author": author,
            "result": result,
            "model": self._model.name,
            "prompt_sha256": PROMPT_SHA256,
            "attempts": spent.attempts,
            "tokens": {"input": spent.input, "output": spent.output},
        }
        milder = None
        if draft.softens:
            milder, provenance["tone"] = await self._tone(draft, facts)
        return Wording(worded.payload, worded.reasoning, provenance, milder)

    async def _tone(self, draft: Draft, facts: Json) -> tuple[str | None, Json]:
        """The reason why the customer's words are milder than the rules read them, and the record of the question."""
        from execops.graphs.tone import PROMPT_SHA256, Tone

        spent, milder = Spent(), None
        try:
            milder = await self._model.ask(Tone(draft, Facts.from_json(facts)), spent)
            result = milder or "keep"
        except NoAnswerError as exc:
            result = f"kept: {exc}"
        except Exception as exc:
            result = f"kept: error {type(exc).__name__}"
        return milder, {
            "result": result,
            "prompt_sha256": PROMPT_SHA256,
            "attempts": spent.attempts,
            "tokens": {"input": spent.input, "output": spent.output},
        }
