"""The stories of the plays about support conversations, for the table of plays: judged cases, later moments, and answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from execops.model import Json
from tests import conversations

if TYPE_CHECKING:
    from tests.plays_table import Case


@cache
def _case(name: str) -> str:
    [case] = [case for case in conversations.read_cases() if case["name"].startswith(name)]
    return json.dumps(case)


def _notifications(name: str) -> tuple[Json, list[Json]]:
    case = json.loads(_case(name))
    payloads = [
        {**payload, "_source": "intercom", "created": payload["created_at"]}
        for payload in case["notifications"]
    ]
    return case, payloads


def _later(payload: Json, topic: str, minutes: int, **changes: object) -> Json:
    """A further notification about the conversation, some minutes later."""
    later = copy.deepcopy(payload)
    at = payload["created_at"] + 60 * minutes
    later.update(id=f"{payload['id']}-{minutes}", topic=f"conversation.{topic}", created_at=at, created=at)
    later["data"]["item"].update(updated_at=at, **changes)
    return later


def stories(
    case_type: type[Case],
    drafted: str,
    silent: str,
    *,
    wait: int = 0,
    settings: Json | None = None,
    refunds: bool = False,
) -> Callable[[], Iterator[Case]]:
    """A case in which the play drafts and then is answered by a close, and one in which it is silent."""

    def tell() -> Iterator[Case]:
        for name in (drafted, silent):
            case, payloads = _notifications(name)
            [facts, *_] = conversations.facts_of(case, conversations.events_of(case))
            events = [*payloads, _later(payloads[-1], "read", wait)] if wait and name == drafted else payloads
            closed = _later(events[-1], "admin.closed", 5, state="closed", open=False, waiting_since=None)
            computed = {"conversation": facts.conversation, "actions": ["stripe_refund"] if refunds else []}
            yield case_type(
                story=name,
                events=events,
                moot=[closed] if name == drafted else [],
                computed=computed,
                settings=settings or {},
            )

    return tell


def waves(case_type: type[Case]) -> Callable[[], Iterator[Case]]:
    """A wave of five customers, and three who are none."""

    def tell() -> Iterator[Case]:
        for name in ("o35", "o47"):
            case, payloads = _notifications(name)
            facts = conversations.wave_facts(case, conversations.events_of(case))
            yield case_type(story=name, events=payloads, computed={"conversation": facts.conversation})

    return tell
