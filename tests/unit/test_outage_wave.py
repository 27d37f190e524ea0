"""A wave: many customers in trouble with one thing. An ordinary hour of a support inbox is none."""

from __future__ import annotations

import json
import random

import pytest

from execops.model import Draft
from execops.plays.customer_fire import outage_wave
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
