"""One question to the configured model, and its answer as an object: in bounded time, within a budget of tokens.

LangChain is imported at the first question, and only where a model is configured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from execops.errors import NotConfiguredError
from execops.model import Json
from execops.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ATTEMPTS = 2
_PAUSE = 0.25  # seconds before the second attempt
# By name, for each provider's package brings errors of its own.
_TRANSPORT = frozenset({"OSError", "APIConnectionError", "TransportError", "ClientConnectionError"})
_CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS"})

_T_co = TypeVar("_T_co", covariant=True)
_T = TypeVar("_T")


class OutOfSchemaError(Exception):
    """The answer is not the object that was asked for; says what of it. Another attempt may help."""


class RefusedAnswerError(Exception):
    """The answer is well formed and may not be used; says why."""


class NoAnswerError(Exception):
    """The model gave no answer that can be used; says why in a few words, none of them the model's."""


class Prompt(Protocol[_T_co]):
    """What a model is asked, and how its answer is read."""

    @property
    def messages(self) -> list[tuple[str, str]]:
        """The instructions, and apart from them what is data."""

    @property
    def schema(self) -> Json:
        """The JSON schema of the object that is asked for."""

    @property
    def given(self) -> int:
        """Tokens of what is the same in each prompt and as long as the code makes it: no budget counts them."""

    @property
    def least(self) -> int:
        """Tokens without which an answer is cut off."""

    def read(self, answer: object) -> _T_co:
        """What the answer says. Raises OutOfSchemaError, RefusedAnswerError."""


@dataclass(slots=True)
class Spent:
    """What an answer took."""

    attempts: int = 0
    input: int = 0
    output: int = 0


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few."""
    return len(text.encode()) // 3 + 1


def quoted(data: object, tag: str) -> str:
    """Data as JSON between tags, so that nothing in it can end the block."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f"<{tag}>\n{text}\n</{tag}>"


def create_model(settings: Settings) -> Model | None:
    """The model that the settings name. Raises NotConfiguredError where its packages are missing."""
    if settings.model is None:
        return None
    needed = ["langchain"] + ["langchain_openai"] * settings.model.startswith("openai:")
    if not all(map(importlib.util.find_spec, needed)):
        raise NotConfiguredError(
            "EXECOPS_MODEL names a model, but the packages for it are not installed.",
            hint="Run: pip install 'execops[llm]'. Or unset EXECOPS_MODEL: nothing needs a model.",
        )
    return Model(settings, settings.model)


class Model:
    """A model of any provider that LangChain knows."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name, self._base_url = name, settings.model_base_url
        self._timeout, self._budget = settings.model_timeout, settings.model_max_tokens
        self._loaded = False
        self._temperature: Json = {"temperature": 0}  # emptied where the model accepts none

    async def load(self) -> None:
        """Import the provider's package and make its client; calls nobody. Raises NotConfiguredError."""
        if self._loaded:
            return
        try:
            await asyncio.to_thread(self._chat, self._budget)
        except Exception as exc:
            provider = self.name.partition(":")[0]
            raise NotConfiguredError(
                f"The model {self.name} cannot be used: {type(exc).__name__}.",
                hint=f"Install the package of {provider} for LangChain, and set the variable with its key.",
            ) from exc
        self._loaded = True

    async def ask(self, prompt: Prompt[_T], spent: Spent) -> _T:
        """What the model answers, as the prompt reads it. Raises NoAnswerError, and nothing else."""
        try:
            await self.load()  # before the time runs: the first import takes a while
            async with asyncio.timeout(self._timeout):
                return await self._ask(prompt, spent)
        except TimeoutError as exc:
            raise NoAnswerError("timed out") from exc
        except NotConfiguredError as exc:
            raise NoAnswerError(f"error {type(exc.__cause__).__name__}") from exc
        except OutOfSchemaError as exc:
            raise NoAnswerError(f"out of schema: {exc}") from exc
        except RefusedAnswerError as exc:
            raise NoAnswerError(f"refused: {exc}") from exc
        except _OverBudgetError as exc:
            raise NoAnswerError("over budget") from exc
        except Exception as exc:
            raise NoAnswerError(f"error {_status(exc) or type(exc).__name__}") from exc

    async def _ask(self, prompt: Prompt[_T], spent: Spent) -> _T:
        """Ask, and once more where that may help. Raises what the last attempt raised."""
        failure: Exception = _OverBudgetError()
        for attempt in range(_ATTEMPTS):
            given = prompt.given * (attempt + 1)
            room = self._budget - spent.input - spent.output - _size(prompt) + given
            if room < prompt.least:
                break
            if attempt:
                await asyncio.sleep(_PAUSE)
            spent.attempts += 1
            try:
                return prompt.read(await self._answer(prompt, min(room, self._budget), spent))
            except OutOfSchemaError as exc:
                failure = exc
            except Exception as exc:
                if not self._may_pass(exc):
                    raise
                failure = exc
        raise failure

    async def _answer(self, prompt: Prompt[object], room: int, spent: Spent) -> object:
        """One call. Raises what the provider's package raises, and _OverBudgetError for an answer cut off."""
        strict: Json = (
            {"strict": True} if self.name.startswith("openai:") else {}
        )  # others know no such option
        asked = self._chat(room).with_structured_output(prompt.schema, include_raw=True, **strict)
        try:
            answer: Any = await asked.ainvoke(prompt.messages)
        except Exception as exc:
            if type(exc).__name__ == "LengthFinishReasonError":  # openai's way to say so
                _count(spent, prompt, {})
                raise _OverBudgetError from exc
            raise
        raw = answer["raw"]
        _count(spent, prompt, getattr(raw, "usage_metadata", None) or {})
        ending = raw.response_metadata
        if {str(ending.get("finish_reason")), str(ending.get("stop_reason"))} & _CUT_OFF:
            raise _OverBudgetError
        return answer["parsed"]

    def _chat(self, room: int) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        options: Json = self._temperature | ({"base_url": self._base_url} if self._base_url else {})
        return init_chat_model(self.name, timeout=self._timeout, max_retries=0, max_tokens=room, **options)

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
    """The question, or its answer, takes more tokens than it may."""


def _size(prompt: Prompt[object]) -> int:
    """Tokens of the whole prompt, rather too many than too few."""
    return tokens(json.dumps(prompt.schema) + "".join(text for _, text in prompt.messages))


def _count(spent: Spent, prompt: Prompt[object], usage: Mapping[str, int]) -> None:
    """Add what a call took; where the provider does not say, what it was allowed to at least."""
    spent.input += usage.get("input_tokens", _size(prompt))
    spent.output += usage.get("output_tokens", prompt.least)


def _status(exc: Exception) -> int | None:
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) else None
