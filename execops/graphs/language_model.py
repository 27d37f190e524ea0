"""The configured model: it answers one question with an object, within a time limit and a budget of tokens.

LangChain is imported with the first question, and only where a model is configured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct

from execops.errors import NotConfiguredError
from execops.model import Json
from execops.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ATTEMPTS = 2
_PAUSE = 0.25  # seconds before the second attempt
# Names of transport errors; each provider's package has classes of its own.
_TRANSPORT = frozenset({"OSError", "APIConnectionError", "TransportError", "ClientConnectionError"})
_CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS"})

_T_co = TypeVar("_T_co", covariant=True)
_T = TypeVar("_T")


class OutOfSchemaError(Exception):
    """The answer does not have the requested form; the message says why. Another attempt may help."""


class RefusedAnswerError(Exception):
    """The answer has the requested form but may not be used; the message says why."""


class NoAnswerError(Exception):
    """The model gave no usable answer. The message says why in a few words, none of them the model's."""


class Prompt(Protocol[_T_co]):
    """A question to a model, and the reader of its answer."""

    @property
    def messages(self) -> list[tuple[str, str]]:
        """The messages as pairs of role and text. Instructions and data stand in separate messages."""

    @property
    def schema(self) -> Json:
        """The JSON schema of the requested object."""

    @property
    def fixed_tokens(self) -> int:
        """The number of tokens that are the same in every prompt of this kind. The budget does not count them."""

    @property
    def least_tokens(self) -> int:
        """The number of tokens that an answer needs at least; with fewer it would be cut off."""

    def read(self, answer: object) -> _T_co:
        """The value in the answer. Raises OutOfSchemaError, RefusedAnswerError."""


class Spent(Struct):
    """The attempts and tokens that an answer cost."""

    attempts: int = 0
    input: int = 0
    output: int = 0


def tokens(text: str) -> int:
    """An estimate of a text's tokens, rather too high than too low: a third of its bytes in UTF-8, plus one."""
    return len(text.encode()) // 3 + 1


def quoted(data: object, tag: str) -> str:
    """Data as JSON between two tags. Its `<`, `>` and `&` are escaped, so it cannot end the block."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f"<{tag}>\n{text}\n</{tag}>"


def create_model(settings: Settings) -> Model | None:
    """The model that the settings name; None without one. Raises NotConfiguredError where packages are missing."""
    if settings.model is None:
        return None
    needed = ["langchain"] + ["langchain_openai"] * settings.model.startswith("openai:")
    if not all(map(importlib.util.find_spec, needed)):
        raise NotConfiguredError(
            "EXECOPS_MODEL names a model, but the packages for it are not installed.",
            hint="Run: pip install 'execops[llm]', from a clone: pipx install --force '.[embedded,llm]'. Or unset"
            " EXECOPS_MODEL; ExecOps works without a model.",
        )
    return Model(settings, settings.model)


class Model:
    """A model of any provider that LangChain supports."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name, self._base_url = name, settings.model_base_url
        self._timeout, self._budget = settings.model_timeout, settings.model_max_tokens
        self._loaded = False
        self._temperature: Json = {"temperature": 0}  # emptied where the model accepts none

    async def load(self) -> None:
        """Import the provider's package and make its client, without a request. Raises NotConfiguredError."""
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
        """The model's answer, as the prompt reads it. Adds its cost to `spent`. Raises nothing but NoAnswerError."""
        try:
            await self.load()  # outside the time limit, because the first import takes a while
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
        """Ask once, and a second time where that may help. Raises the error of the last attempt."""
        failure: Exception = _OverBudgetError()
        for attempt in range(_ATTEMPTS):
            fixed = prompt.fixed_tokens * (attempt + 1)
            room = self._budget - spent.input - spent.output - _size(prompt) + fixed
            if room < prompt.least_tokens:
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
        """One request. Raises the errors of the provider's package, and _OverBudgetError for a cut-off answer."""
        # Only OpenAI's package has this option.
        strict: Json = {"strict": True} if self.name.startswith("openai:") else {}
        asked = self._chat(room).with_structured_output(prompt.schema, include_raw=True, **strict)
        try:
            answer: Any = await asked.ainvoke(prompt.messages)
        except Exception as exc:
            if type(exc).__name__ == "LengthFinishReasonError":  # OpenAI's name for a cut-off answer
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
        """Whether another attempt at the same question may succeed."""
        status = _status(exc)
        if status == 400 and self._temperature and "temperature" in str(exc):
            self._temperature = {}
            return True
        if status is not None:
            return status in {408, 429} or status >= 500
        return any(kind.__name__ in _TRANSPORT for kind in type(exc).__mro__)


class _OverBudgetError(Exception):
    """The question, or its answer, takes more tokens than the budget has left."""


def _size(prompt: Prompt[object]) -> int:
    """An estimate of the whole prompt's tokens, rather too high than too low."""
    return tokens(json.dumps(prompt.schema) + "".join(text for _, text in prompt.messages))


def _count(spent: Spent, prompt: Prompt[object], usage: Mapping[str, int]) -> None:
    """Add the tokens of a request; where the provider does not report them, our own estimate."""
    spent.input += usage.get("input_tokens", _size(prompt))
    spent.output += usage.get("output_tokens", prompt.least_tokens)


def _status(exc: Exception) -> int | None:
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) else None
