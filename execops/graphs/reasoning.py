"""The model's place: it may rewrite words, and only words. Without one, the rules' words stand.

A model that is slow, down or out of schema costs nothing but its time limit: the rules' draft stands, and
`drafted_by` says why. LangChain is imported at the first draft, and only where a model is configured.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execops.errors import InvalidPayloadError, NotConfiguredError
from execops.model import Draft, Json
from execops.ports import Adapter, Reasoner, Wording
from execops.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from execops.graphs.wording import Question

_ATTEMPTS = 2
_PAUSE = 0.25  # seconds before the second attempt
# By name, for each provider's package brings errors of its own.
_TRANSPORT = frozenset({"OSError", "APIConnectionError", "TransportError", "ClientConnectionError"})
_CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS"})


def create_reasoner(settings: Settings, adapters: Mapping[str, Adapter]) -> Reasoner:
    """The Reasoner that the settings ask for. Raises NotConfiguredError where its packages are missing."""
    if settings.model is None:
        return RulesOnly()
    needed = ["langchain"] + ["langchain_openai"] * settings.model.startswith("openai:")
    if not all(map(importlib.util.find_spec, needed)):
        raise NotConfiguredError(
            "EXECOPS_MODEL names a model, but the packages for it are not installed.",
            hint="Run: pip install 'execops[llm]'. Or unset EXECOPS_MODEL: the rules draft without a model.",
        )
    return ModelReasoner(settings, settings.model, adapters)


class RulesOnly:
    """The Reasoner where no model is configured: every draft stands as the rules wrote it."""

    async def reword(self, draft: Draft, facts: Json) -> Wording | None:  # noqa: ARG002
        """Nothing to change."""
        return None


class ModelReasoner:
    """Asks a model for better words, within a time limit and a budget of tokens for each draft."""

    def __init__(self, settings: Settings, model: str, adapters: Mapping[str, Adapter]) -> None:
        self._model, self._base_url = model, settings.model_base_url
        self._timeout, self._budget = settings.model_timeout, settings.model_max_tokens
        self._adapters = adapters
        self._loaded = False
        self._temperature: Json = {"temperature": 0}  # emptied where the model accepts none

    async def load(self) -> None:
        """Import the provider's package and make its client; calls nobody. Raises NotConfiguredError."""
        if self._loaded:
            return
        try:
            await asyncio.to_thread(self._chat, self._budget)
        except Exception as exc:
            provider = self._model.partition(":")[0]
            raise NotConfiguredError(
                f"The model {self._model} cannot be used: {type(exc).__name__}.",
                hint=f"Install the package of {provider} for LangChain, and set the variable with its key.",
            ) from exc
        self._loaded = True

    async def reword(self, draft: Draft, facts: Json) -> Wording:
        """The draft in better words, or in the rules' own; `provenance` says which, and why. Never raises."""
        from execops.graphs.wording import PROMPT_SHA256, OutOfSchemaError, Question, RefusedWordsError

        told = {
            "model": self._model,
            "prompt_sha256": PROMPT_SHA256,
            "attempts": 0,
            "tokens": {"input": 0, "output": 0},
        }
        worded, author = draft, "rules"
        try:
            await self.load()  # before the time runs: the first import takes a while
            async with asyncio.timeout(self._timeout):
                worded = await self._ask(Question(draft, facts), told)
            self._adapters[draft.action_type].validate(worded.payload)
            author, result = "model", "used"
        except TimeoutError:
            result = "kept: timed out"
        except NotConfiguredError as exc:
            result = f"kept: error {type(exc.__cause__).__name__}"
        except OutOfSchemaError as exc:
            result = f"kept: out of schema: {exc}"
        except RefusedWordsError as exc:
            result = f"kept: refused: {exc}"
        except InvalidPayloadError:
            result = "kept: refused: the action does not accept these words"
        except _OverBudgetError:
            result = "kept: over budget"
        except Exception as exc:
            result = f"kept: error {_status(exc) or type(exc).__name__}"
        if author == "rules":
            worded = draft
        return Wording(worded.payload, worded.reasoning, {"author": author, "result": result} | told)

    async def _ask(self, question: Question, told: Json) -> Draft:
        """Ask, and once more where that may help. Raises what the last attempt raised."""
        from execops.graphs.wording import OutOfSchemaError

        failure: Exception = _OverBudgetError()
        for attempt in range(_ATTEMPTS):
            room = self._budget - sum(told["tokens"].values()) - question.size
            if room < question.least:
                break
            if attempt:
                await asyncio.sleep(_PAUSE)
            told["attempts"] += 1
            try:
                return question.read(await self._answer(question, room, told))
            except OutOfSchemaError as exc:
                failure = exc
            except Exception as exc:
                if not self._may_pass(exc):
                    raise
                failure = exc
        raise failure

    async def _answer(self, question: Question, room: int, told: Json) -> object:
        """One call. Raises what the provider's package raises, and _OverBudgetError for an answer cut off."""
        strict: Json = (
            {"strict": True} if self._model.startswith("openai:") else {}
        )  # others know no such option
        asked = self._chat(room).with_structured_output(
            question.schema.model_json_schema(), include_raw=True, **strict
        )
        try:
            answer: Any = await asked.ainvoke(question.messages)
        except Exception as exc:
            if type(exc).__name__ == "LengthFinishReasonError":  # openai's way to say so
                _count(told, question, {})
                raise _OverBudgetError from exc
            raise
        raw = answer["raw"]
        _count(told, question, getattr(raw, "usage_metadata", None) or {})
        ending = raw.response_metadata
        if {str(ending.get("finish_reason")), str(ending.get("stop_reason"))} & _CUT_OFF:
            raise _OverBudgetError
        return answer["parsed"]

    def _chat(self, room: int) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        options: Json = self._temperature | ({"base_url": self._base_url} if self._base_url else {})
        return init_chat_model(self._model, timeout=self._timeout, max_retries=0, max_tokens=room, **options)

    def _may_pass(self, exc: Exception) -> bool:
        """Whether the same question may be answered a moment later."""
        status = _status(exc)
        if status == 400 and self._temperature and "temperature" in str(exc):
            self._temperature = {}
            return True
        if status is not None:
            return status in {408, 429} or status >= 500
        return any(each.__name__ in _TRANSPORT for each in type(exc).__mro__)


class _OverBudgetError(Exception):
    """The question, or its answer, takes more tokens than a draft may."""


def _count(told: Json, question: Question, usage: Mapping[str, int]) -> None:
    """Add what a call took; where the provider does not say, what it was allowed to at least."""
    told["tokens"]["input"] += usage.get("input_tokens", question.size)
    told["tokens"]["output"] += usage.get("output_tokens", question.least)


def _status(exc: Exception) -> int | None:
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) else None
