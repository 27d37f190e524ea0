"""Calls Slack's Web API through Slack's own client, and tells its failures apart by the moment at which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from execops.adapters.slack_api import slack_errors
from execops.errors import AmbiguousError, ExecOpsError, NotAcceptedError, NotConfiguredError
from execops.model import Json
from execops.settings import Settings


class Identity(Struct, frozen=True):
    """The app behind a token: its workspace, its bot, and the scopes of the token (None if Slack names none)."""

    team: str
    url: str
    user: str
    user_id: str
    bot_id: str | None
    scopes: frozenset[str] | None

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message: https://docs.slack.dev/reference/methods/chat.getPermalink."""
        return f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


class SlackClient:
    """Slack's API for one token. Opens a connection for each call, and none before the first.

    Raises NotConfiguredError if the token is not set.
    """

    def __init__(self, settings: Settings) -> None:
        token = settings.slack_bot_token.reveal().strip() if settings.slack_bot_token else ""
        if not token:
            raise NotConfiguredError(
                "EXECOPS_SLACK_TRANSPORT is slack, but SLACK_BOT_TOKEN is not set.",
                hint="Set SLACK_BOT_TOKEN to the bot token of your Slack app (xoxb-…), or EXECOPS_SLACK_TRANSPORT=outbox.",
            )
        self._token = token
        self._base = settings.slack_api_base
        self._timeout = settings.slack_timeout
        self._identity: Identity | None = None

    async def identify(self) -> Identity:
        """The app behind the token, asked once. Raises NotAcceptedError, RejectedError."""
        if self._identity is None:
            answer, headers = await self._call("auth.test", "", posts=False)
            scopes = headers.get("X-OAuth-Scopes")
            self._identity = Identity(
                team=str(answer.get("team") or ""),
                url=str(answer.get("url") or ""),
                user=str(answer.get("user") or ""),
                user_id=str(answer.get("user_id") or ""),
                bot_id=answer.get("bot_id"),
                scopes=None if scopes is None else frozenset(scopes.replace(" ", "").split(",")),
            )
        return self._identity

    async def read(self, method: str, **arguments: Any) -> Json:  # noqa: ANN401
        """The answer of a method that posts nothing. Raises NotAcceptedError, RejectedError."""
        written = next((arguments[name] for name in ("email", "users", "channel") if name in arguments), "")
        answer, _ = await self._call(method, written, posts=False, params=arguments)
        return answer

    async def post(self, message: Json, *, written: str) -> Json:
        """The answer of `chat.postMessage`; `written` is the channel as a person wrote it.

        Raises NotAcceptedError, RejectedError, and AmbiguousError if the request may have arrived.
        """
        answer, _ = await self._call("chat.postMessage", written, posts=True, json=message)
        return answer

    async def change(self, message: Json, *, written: str) -> None:
        """Call `chat.update`. Raises as `post` does."""
        await self._call("chat.update", written, posts=True, json=message)

    async def _call(
        self,
        method: str,
        written: str,
        *,
        posts: bool,
        **body: Any,  # noqa: ANN401
    ) -> tuple[Json, Mapping[str, str]]:
        """Call a method; return its answer, which is `ok`, and the headers.

        Slack's client makes no attempt of its own after the first: a second one could post twice.
        """
        from aiohttp import ClientSession, ClientTimeout, TraceConfig  # a console loads none of these
        from slack_sdk.errors import SlackApiError
        from slack_sdk.web.async_client import AsyncWebClient

        begun = False

        async def note(*_: object) -> None:
            nonlocal begun
            begun = True

        trace = TraceConfig()  # aiohttp calls `note` right before the first byte of the request
        trace.on_request_headers_sent.append(note)
        timeout = ClientTimeout(total=self._timeout)
        try:
            async with ClientSession(timeout=timeout, trace_configs=[trace]) as session:
                client = AsyncWebClient(self._token, self._base, session=session, retry_handlers=[])
                response = await client.api_call(method, http_verb="POST" if posts else "GET", **body)
                return dict(response.data), response.headers  # type: ignore[arg-type]
        except SlackApiError as exc:
            raise self._error(exc.response, written, posts=posts) from exc
        except Exception as exc:  # aiohttp's errors, the system's, and those of a body that is no answer
            if posts and begun:
                raise AmbiguousError(f"{self._reason(exc)}. {slack_errors.DOUBT}") from exc
            raise NotAcceptedError(f"{self._reason(exc)}. {slack_errors.NOTHING}") from exc

    def _error(self, response: Any, written: str, *, posts: bool) -> ExecOpsError:  # noqa: ANN401
        """The error of an answer that is not `ok`; the body of some is no JSON."""
        status = getattr(response, "status_code", None) or response.status
        body = getattr(response, "data", None)
        app = self._identity.user if self._identity else "app"
        return slack_errors.from_answer(status, response.headers, body, posts=posts, channel=written, app=app)

    def _reason(self, exc: Exception) -> str:
        if isinstance(exc, TimeoutError):
            return f"Slack did not answer within {self._timeout:g} s"
        reason = getattr(exc, "strerror", None)
        return f"The connection to Slack failed ({reason or type(exc).__name__})"
