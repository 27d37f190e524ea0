"""The judged conversations: what the plays of Customer Fire say to each, printed by `python -m tests.conversations [FOLDER]`.

A case is right when the plays that draft are the expected ones, and urgency, action, language and customer are among those
allowed. The cases are built from Intercom's own document of its API, by somebody who did not see the rules.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from execops.books import conversations
from execops.books.facts import Facts
from execops.effects import Snapshot
from execops.model import Draft, Event, EventStatus, Json
from execops.plays.registry import all_plays
from execops.plays.support import support_words
from execops.settings import Settings
from execops.sources import intercom
from tests.facts import facts as make

FOLDER = Path(__file__).parent / "data" / "intercom"
ACTIONS = {
    "intercom_reply": "reply",
    "intercom_note": "note",
    "slack": "slack",
    "notice": "slack",
    "email": "slack",
    "stripe_refund": "refund",
}
SENDER = {"company_name": "Example Inc"}
_DRAFTS: dict[bytes, dict[str, Draft]] = {}  # by the facts
_READ: dict[int, tuple[Event, Sequence[Snapshot]]] = {}  # by the identity of the event, which lives on here


@dataclass(frozen=True, slots=True)
class Result:
    """A case with the drafts of the plays, and each fault of them."""

    name: str
    kind: str
    expected: str
    got: str
    faults: tuple[str, ...]


def events_of(case: Json) -> list[Event]:
    """The events of a case's notifications, each once, in the order of arrival."""
    now = datetime.fromisoformat(case["now"])
    events: dict[str, Event] = {}
    for number, payload in enumerate(case["notifications"], 1):
        new = intercom.normalise(Settings(), payload, now)
        events.setdefault(
            new.dedupe_key,
            Event(
                id=number,
                source="intercom",
                type=new.type,
                occurred_at=new.occurred_at,
                received_at=new.occurred_at,
                payload_json=payload,
                dedupe_key=new.dedupe_key,
                object_id=new.object_id,
                subject_key=new.subject_key,
                livemode=new.livemode,
                api_version=None,
                status=EventStatus.RECEIVED,
                outcome=[],
                error=None,
                processed_at=None,
            ),
        )
    return list(events.values())


def snapshots_of(event: Event) -> Sequence[Snapshot]:
    """What a stored event shows. An event is read once, in however many orders it arrives."""
    if id(event) not in _READ:
        _READ[id(event)] = (event, intercom.read(event).snapshots)
    return _READ[id(event)][1]


def facts_of(case: Json, events: list[Event]) -> Iterator[Facts]:
    """The facts about each conversation of a case, as the ledger keeps them: the newest state of each object."""
    states: dict[str, Any] = {}
    keys: dict[str, tuple[datetime, int, str]] = {}
    for event in events:
        for snapshot in snapshots_of(event):
            key = (snapshot.as_of, snapshot.rank, event.dedupe_key)
            if snapshot.object_id not in keys or key > keys[snapshot.object_id]:
                states[snapshot.object_id], keys[snapshot.object_id] = snapshot, key
    settings = case.get("settings", {})
    waves = waves_of(case, events)
    org = {"slas": [[name, minutes * 60.0] for name, minutes in settings.get("sla_minutes", {}).items()]}
    if "vip_wait_minutes" in settings:
        org["vip_wait"] = settings["vip_wait_minutes"] * 60.0
    for conversation in [
        snapshot for snapshot in states.values() if snapshot.object_type == intercom.CONVERSATION
    ]:
        own = [
            s
            for s in states.values()
            if s.subject_key == conversation.object_id and s.object_type == intercom.MESSAGE
        ]
        messages = [s.state for s in sorted(own, key=lambda s: (s.as_of, s.object_id))]
        yield make(
            object_id=conversation.object_id,
            object_type=intercom.CONVERSATION,
            subject_key=conversation.object_id,
            state=conversation.state,
            as_of=conversation.as_of.isoformat(),
            conversation={
                "messages": messages,
                "customers": customers_of(case, conversation.state, messages),
                "waves": waves,
            },
            now=datetime.fromisoformat(case["now"]).astimezone(UTC).isoformat(),
            org=SENDER | org,
            actions=["stripe_refund"],
        )


def wave_facts(case: Json, events: list[Event]) -> Facts:
    """The facts about all conversations of a case."""
    [(wave, lately)] = waves_of(case, events).items()
    return make(
        object_id=wave, object_type=None, subject_key=wave, conversation={"lately": lately}, org=SENDER
    )


def waves_of(case: Json, events: list[Event]) -> dict[str, list[Json]]:
    """The messages of a case's contacts, the oldest first, by the name of the wave that they may be."""
    states = {s.object_id: s for event in events for s in snapshots_of(event) if s.object_type == "message"}
    by_contact = [s for s in states.values() if s.state["by"] == "contact"]
    messages = sorted(by_contact, key=lambda s: (s.as_of, s.object_id))
    wave = intercom.wave_of(datetime.fromisoformat(case["now"]).date())
    return {wave: [conversations.lately(str(s.subject_key), s.state) for s in messages]}


def customers_of(case: Json, state: Json, messages: list[Json]) -> list[Json]:
    """The customers of a case who match the contact, as the books tell them."""
    names, emails = state["external_ids"], conversations.addresses(messages)
    candidates = [
        {"customer": entry["id"], **entry}
        for entry in case["customers"]
        if entry["id"] in names or entry["email"].lower() in emails
    ]
    return [
        {
            "customer": entry["id"],
            "name": entry["name"],
            "email": entry["email"],
            "mrr": [[entry["mrr_minor"], "USD"]],
            "open": [
                [invoice["id"], invoice["amount_minor"], "USD"] for invoice in entry["open_invoices"] or ()
            ],
            "paid": [[entry["lifetime_minor"], "USD"]],
            "charges": [
                {
                    "id": charge["id"],
                    "amount": charge["amount_minor"],
                    "currency": charge["currency"].upper(),
                    "at": charge["at"].replace("Z", "+00:00"),
                }
                for charge in entry["charges"]
            ],
        }
        for entry in conversations.matching(names, candidates)
    ]


def drafts_of(facts: Facts) -> dict[str, Draft]:
    """The drafts about a conversation, by the play; the same facts are answered once in a process."""
    key = msgspec.json.encode(facts)
    if key not in _DRAFTS:
        plays = [play for play in all_plays().values() if play.vertical == "customer_fire"]
        answers = {play.name: play.answer(facts) for play in plays}
        _DRAFTS[key] = {name: answer for name, answer in answers.items() if isinstance(answer, Draft)}
    return _DRAFTS[key]


def judge(case: Json, events: list[Event] | None = None) -> Result:
    """Judge a case by the plays, against its expectation."""
    expected, faults = case["expected"], []
    drafts: dict[str, Draft] = {}
    arrived = events_of(case) if events is None else events
    drafts |= drafts_of(wave_facts(case, arrived))
    for facts in facts_of(case, arrived):
        drafts |= drafts_of(facts)
        customers = [customer["customer"] for customer in facts.conversation["customers"]]
        match = customers[0] if len(customers) == 1 else "ambiguous" if customers else "unmatched"
        if expected["match"] != "several" and match not in {
            expected["match"],
            *expected.get("match_acceptable", ()),
        }:
            faults.append(f"matched {match}, not {expected['match']}")
    right = [set(expected["plays"]), *map(set, expected["acceptable"])]
    if set(drafts) not in right:
        faults.append(f"drafted {', '.join(sorted(drafts)) or 'nothing'}")
    elif drafts and expected["plays"]:
        faults += [fault for draft in drafts.values() for fault in _faults(draft, expected)]
    shown = ", ".join(f"{name} {d.urgency} {ACTIONS[d.action_type]}" for name, d in sorted(drafts.items()))
    return Result(
        case["name"], case["kind"], ", ".join(expected["plays"]) or "-", shown or "-", tuple(faults)
    )


def _faults(draft: Draft, expected: Json) -> Iterator[str]:
    if draft.urgency.value not in expected["urgency"]:
        yield f"{draft.urgency}, not {' or '.join(expected['urgency'])}"
    if ACTIONS[draft.action_type] not in expected["action"]:
        yield f"{ACTIONS[draft.action_type]}, not {' or '.join(expected['action'])}"
    language = expected["reply_language"]
    if draft.action_type == "intercom_reply":
        text = draft.payload["text"]
        if (language and draft.language != language) or (
            language and support_words.language_of(text) != language
        ):
            yield f"the reply is in {draft.language}, not in {language}"
        for banned in expected["reply_must_not"]:
            if banned.startswith("literal: ") and banned.removeprefix("literal: ").lower() in text.lower():
                yield f"the reply says {banned.removeprefix('literal: ')}"


def read_cases(folder: Path = FOLDER) -> list[Json]:
    """The cases of a folder, by name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def main() -> None:
    """Print the table, and how many are right."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    results = [judge(case) for case in read_cases(folder)]
    print("| case | expected | got | right |\n| --- | --- | --- | --- |")
    for result in results:
        print(f"| {result.name} | {result.expected} | {result.got} | {'; '.join(result.faults) or 'yes'} |")
    right = sum(not result.faults for result in results)
    print(f"\n{right} of {len(results)} right, {100 * right / len(results):.1f} %")


if __name__ == "__main__":
    main()
