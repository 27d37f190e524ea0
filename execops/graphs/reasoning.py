"""The reasoner: a model may rewrite the words of a draft, and nothing else.

The rules' words stay if the model is slow, is down or answers in another form, and `drafted_by` says why. At most the
time limit is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    """Asks a model for better words, with a time limit and a budget of tokens for each draft."""

    def __init__(self, model: Model, adapters: Mapping[str, Adapter]) -> None:
        self._model, self._adapters = model, adapters

    async def load(self) -> None:
        """Import the provider's package and make its client, without a request. Raises NotConfiguredError."""
        await self._model.load()

    async def reword(self, draft: Draft, facts: Json) -> Wording:
        """Ask the model for other words; keep the rules' words if it gives no valid ones. Never raises."""
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
        return Wording(worded.payload, worded.reasoning, provenance)
