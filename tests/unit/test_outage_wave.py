"""A wave: many customers in trouble with one thing. An ordinary hour of a support inbox is none."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json
from execops.plays.customer_fire import outage_wave
from execops.plays.support import support_verdict as support
from tests import support_scorer as trainer
from tests.facts import facts

BOOKINGS = (
    "The booking page on our website is just white.",
    "hiya my clients say the booking link opens to nothing??",
    "Booking widget's gone blank on all three of our venues.",
    "No booking form since nine, only a white screen.",
)


def wave_of(*texts: str, minutes: int = 2, who: str | None = None) -> Draft | None:
    """What the play drafts where different contacts wrote these messages, so many minutes after one another."""
    lately = [
        {
            "who": who or str(number),
            "at": f"2026-11-01T{10 + number * minutes // 60}:{number * minutes % 60:02d}:00+00:00",
            "words": words,
        }
        for number, words in enumerate(texts)
    ]
    answer = outage_wave.assess(
        facts(
            object_id="intercom:wave:2026-11-01",
            object_type=None,
            subject_key="intercom:wave:2026-11-01",
            conversation={"lately": lately},
            org={"company_name": "Example Inc", "slas": []},
        )
    )
    return answer if isinstance(answer, Draft) else None


@pytest.mark.parametrize(
    "texts",
    [
        BOOKINGS,
        (
            "Hallo, bei mir gehen seit heut früh keine Rechnungen mehr raus, bleibt alles im Postausgang.",
            "Servus, i kann koa Rechnung nimmer abschicken. Dreht si nur s Radl.",
            "Sammelversand der Rechnungen hängt bei 0 von 64.",
            "Meine Rechnungen kommen bei niemandem an, auch nicht bei mir selbst als Kopie.",
        ),
        (
            "Les étiquettes sortent vides depuis ce matin.",
            "impossible d'imprimer une étiquette, ça plante",
            "Nos étiquettes ne s'affichent plus du tout.",
            "Plus aucune étiquette ne sort, l'atelier est bloqué !",
        ),
        ("Is your site down?", "are you guys down??", "Server down?", "Hi, is there an outage right now?"),
        (
            "Ist die Seite gerade down?",
            "seid ihr offline?",
            "Ist bei euch was ausgefallen?",
            "Störung bei euch?",
        ),
        (
            "Les webhooks n'arrivent plus",
            "plus aucun webhook depuis 9h",
            "vos webhooks sont en panne ?",
            "webhook muet depuis ce matin",
        ),
        (
            "every PDF comes out blank since lunch",
            "pdfs are empty, just white pages",
            "Invoice PDF broken, it opens to nothing",
            "our quote pdf is one white sheet, what happened",
        ),
        ("no SMS codes", "sms never comes", "codes by SMS are missing", "SMS verification dead"),
        (
            "SSO geht seit heute früh nicht, wir kommen nicht rein",
            "Anmeldung über SSO hängt in einer Schleife",
            "sso kaputt? bei uns dreht sich nur der Kreis",
            "Über SSO fliegt hier jeder sofort wieder raus.",
        ),
    ],
)
def test_customers_in_trouble_with_one_thing_are_a_wave(texts: tuple[str, ...]) -> None:
    draft = wave_of(*texts)
    assert draft is not None
    assert draft.title.startswith("4 customers write of ")


def test_fewer_one_customer_or_a_longer_time_are_no_wave() -> None:
    assert wave_of(*BOOKINGS[:3]) is None
    assert wave_of(*BOOKINGS, who="kim@example.com") is None
    assert wave_of(*BOOKINGS, minutes=21) is None


def of_day(*times: str) -> Draft | None:
    """The draft of the play on 1 November, where different contacts wrote of one trouble at these times."""
    lately = [
        {"who": str(number), "at": f"2026-{time}:00+00:00", "words": BOOKINGS[number % len(BOOKINGS)]}
        for number, time in enumerate(times)
    ]
    wave = "intercom:wave:2026-11-01"
    answer = outage_wave.assess(
        facts(object_id=wave, object_type=None, subject_key=wave, conversation={"lately": lately})
    )
    return answer if isinstance(answer, Draft) else None


EVENING = ("10-31T23:20", "10-31T23:30", "10-31T23:40", "10-31T23:50")


def test_messages_of_the_evening_before_count_once() -> None:
    draft = of_day(*EVENING[2:], "11-01T00:05", "11-01T00:10")
    assert draft is not None
    assert draft.title.startswith("4 customers")
    assert draft.evidence[0] == ("First", "31 October 2026, 23:40 UTC")
    assert of_day(*EVENING) is None  # the day before tells of it
    assert of_day(*EVENING, "11-01T00:05", "11-01T00:20", "11-01T00:35", "11-01T00:50") is None
    again = of_day(*EVENING, "11-01T00:51", "11-01T00:55", "11-01T01:05", "11-01T01:15")
    assert again is not None  # it goes on, and this day tells so too
    assert again.evidence[0] == ("First", "1 November 2026, 00:51 UTC")


def test_customers_who_thank_for_one_thing_or_ask_about_it_are_no_wave() -> None:
    thanks = "Thank you, the new booking page is wonderful!"
    assert wave_of(*[thanks] * 6) is None
    ask = ("How do I add a booking?", "Can a booking have two guests?", "Where do I see the bookings of May?")
    assert wave_of(*ask, "Is there a booking report for the year?") is None


def test_an_ordinary_hour_of_twenty_customers_is_hardly_ever_a_wave() -> None:
    quiet = {"complaint_mild", "question", "innocent", "thanks", "automatic", "refund", "angry"}
    at_random, waves = random.Random(5), 0
    for _ in range(100):
        path = trainer.TEXTS / f"{at_random.choice(trainer.WRITERS)}.jsonl"
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        language = at_random.choice(("en", "de", "fr"))
        texts = [
            "\n".join(entry["words"])
            for entry in entries
            if entry["language"] == language and entry["label"] in quiet
        ]
        waves += wave_of(*at_random.sample(texts, min(20, len(texts)))) is not None
    assert waves <= 3


def in_a_wave(*own: str, others: tuple[str, ...] = BOOKINGS[1:], answered: bool = False) -> Facts:
    """A conversation whose contact writes these messages while other contacts write of white booking pages."""
    texts = [("kim", words) for words in own] + [(str(number), words) for number, words in enumerate(others)]
    lately = [
        {"who": who, "at": f"2026-11-01T10:{2 * number:02d}:00+00:00", "words": words}
        for number, (who, words) in enumerate(texts)
    ]
    messages: list[Json] = [
        {"by": "contact", "words": entry["words"], "at": entry["at"], "id": str(number)}
        for number, entry in enumerate(lately[: len(own)])
    ]
    if answered:
        messages.insert(0, {"by": "team", "words": "Hi", "at": "2026-11-01T09:00:00+00:00", "id": "t"})
    customer = {"customer": "cus_1", "name": "Kim", "mrr": [[9900, "USD"]], "open": [], "charges": []}
    return facts(
        object_id="intercom:1",
        object_type="conversation",
        subject_key="intercom:1",
        state={"state": "open", "waiting_since": "2026-11-01T10:00:00+00:00", "external_ids": []},
        conversation={
            "messages": messages,
            "customers": [customer | {"paid": [[9900, "USD"]]}],
            "waves": {"intercom:wave:2026-11-01": lately},
        },
        now="2026-11-01T10:20:00+00:00",
        org={"company_name": "Example Inc", "slas": []},
    )


FURIOUS = "NO BOOKING PAGE, JUST WHITE. WHAT EXACTLY AM I PAYING FOR. GUESTS ARE AT THE GATE"


def play_of(conversation: Facts) -> str | None:
    return getattr(support.judge(conversation), "play", None)


def test_a_wave_tells_of_anger_about_its_trouble_only() -> None:
    assert play_of(in_a_wave(FURIOUS, others=())) == support.ANGRY
    assert support.judge(in_a_wave(FURIOUS)) == Declined(
        "the wave of its trouble tells of it", again_at=datetime(2026, 11, 1, 11, 0, tzinfo=UTC)
    )
    assert play_of(in_a_wave(FURIOUS, answered=True)) is None
    assert play_of(in_a_wave(FURIOUS, others=BOOKINGS[2:])) == support.ANGRY  # three customers are no wave
    other_trouble = "YOUR PRICES ARE A JOKE AND SO IS YOUR SUPPORT, I AM FED UP WITH IT"
    assert play_of(in_a_wave(other_trouble)) == support.ANGRY
    assert play_of(in_a_wave(FURIOUS, other_trouble)) == support.ANGRY


@pytest.mark.parametrize(
    "words",
    [
        "The booking page is white again, and we are moving to another tool tomorrow.",
        "Booking page white. My lawyer will write to you about the lost bookings.",
        "Die Buchungsseite ist weiß, die Buchung geht nicht. Wir kündigen zum Monatsende.",
    ],
)
def test_a_customer_of_a_wave_who_leaves_or_threatens_has_a_card_of_their_own(words: str) -> None:
    assert play_of(in_a_wave(words)) == support.ANGRY


def test_anger_is_asked_about_again_until_no_wave_can_reach_it() -> None:
    alone = in_a_wave(FURIOUS, others=())
    verdict, later = support.judge(alone), support.judge(replace(alone, now="2026-11-01T11:00:00+00:00"))
    assert isinstance(verdict, support.Verdict)
    assert isinstance(later, support.Verdict)
    assert verdict.again_at == datetime(2026, 11, 1, 11, 0, tzinfo=UTC)
    assert later.again_at is None
