"""The page of all drafts: `python -m tests.drafts_page > docs/drafts.md` prints the words of every play.

The mails to customers are written in every language, on the samples that `execops plays preview` shows. The messages to
the company's own team are those of the stories in `tests/plays_table.py`. Every moment is counted from a fixed day.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from msgspec.structs import replace

from tests import stripe_events

stripe_events.BASE = int(
    datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp()
)  # before the stories are made of it

from execops.model import Draft, Json  # noqa: E402
from execops.plays import samples  # noqa: E402
from execops.plays.mails import letters  # noqa: E402
from execops.plays.registry import all_plays  # noqa: E402
from execops.settings import Settings, load_settings  # noqa: E402
from execops.text.languages import name  # noqa: E402
from tests.facts import SENDERS  # noqa: E402
from tests.plays_table import SCENARIOS, ask  # noqa: E402

_HEAD = """# The words of every draft

`python -m tests.drafts_page > docs/drafts.md` makes this page from the code. The mails to customers stand in every
language that has texts; `execops plays preview NAME` prints them in your own words. The messages to your own team are
always in English. Customers, amounts and links are samples.
"""


def page() -> Iterator[str]:
    """The lines of the page."""
    yield _HEAD
    for language in sorted(letters.languages(), key=lambda code: (code != letters.ENGLISH, code)):
        yield f"\n## Mails to customers, in {name(language)}\n"
        for play in samples.plays():
            yield f"\n### {play} ({language})\n"
            for words, happened in _mails(play, language):
                yield from _block(happened, words)
    yield "\n## Messages to your own team\n"
    for play in sorted(all_plays().keys() & SCENARIOS.keys()):
        messages = list(_messages(play))
        if messages:
            yield f"\n### {play} (team)\n"
        for words, stories in messages:
            yield from _block(stories, words)


def _mails(play: str, language: str) -> Iterator[tuple[str, str]]:
    """The words of each mail, with all that happens where it is written."""
    settings = load_settings({"home": "/nowhere", "company_name": "Northwind", "languages": language}, {})
    settings = replace(settings, customer_portal_url="https://billing.stripe.com/p/login/1")
    signed = replace(settings, signer="Anna Berg")
    drafts = _drafts(play, settings, language)
    drafts += [
        (f"{happened}, signed by a person", draft)
        for (happened, draft), (_, plain) in zip(_drafts(play, signed, language), drafts, strict=True)
        if draft.payload != plain.payload
    ]
    return _grouped(drafts)


def _drafts(play: str, settings: Settings, language: str) -> list[tuple[str, Draft]]:
    answers = [
        (happened, all_plays()[play].answer(facts))
        for happened, facts in samples.samples(play, settings, language)
    ]
    return [(happened, draft) for happened, draft in answers if isinstance(draft, Draft)]


def _messages(play: str) -> Iterator[tuple[str, str]]:
    answers = [(case.story, ask(all_plays()[play], case)) for case in SCENARIOS[play]()]
    drafts = [(story, draft) for story, draft in answers if isinstance(draft, Draft)]
    return _grouped([(story, draft) for story, draft in drafts if not _is_to_customer(draft.payload)])


def _grouped(drafts: list[tuple[str, Draft]]) -> Iterator[tuple[str, str]]:
    """Drafts of the same words together, in the order in which their words come first."""
    worded = [(_words(draft.payload), story) for story, draft in drafts]
    first = {words: number for number, (words, _) in reversed(list(enumerate(worded)))}
    ordered = sorted(worded, key=lambda entry: first[entry[0]])
    for words, group in groupby(ordered, key=lambda entry: entry[0]):
        yield words, "; ".join(story for _, story in group)


def _is_to_customer(payload: Json) -> bool:
    team = {SENDERS["account_owner_email"], SENDERS["finance_email"]}
    return "to" in payload and payload["to"] not in team


def _words(payload: Json) -> str:
    head = f"Subject: {payload['subject']}\n\n" if "subject" in payload else ""
    return f"{head}{payload['text'].rstrip()}"


def _block(happened: str, words: str) -> Iterator[str]:
    yield f"\n**{happened}**\n"
    yield f"```text\n{words}\n```"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
