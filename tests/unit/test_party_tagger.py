"""The party in a bank's text: the weights are those that the command makes, and a supplier keeps its name every month."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pytest

from execops.sources.bank.parties import party_tagger, party_words, vendors
from tests import party_tagger as trainer

# So many of the 300 lines of two writers from whom nothing has learnt.
RIGHT_APART = {"apart": 271, "apart_b": 273}
FORMS = [
    "DEBIT CARD PURCHASE {slashed} {name} SEATTLE WA CARD {card}",
    "CHECKCARD {day4} {name} {digits} RECURRING",
    "ORIG CO NAME:{name}   ORIG ID:{digits} DESC DATE:{day6} CO ENTRY DESCR:PAYMENT SEC:CCD TRACE#:{long}",
    "{name} DES:PAYMENT ID:{code} INDN:EXAMPLE INC CO ID:{digits} CCD",
    "CARD PAYMENT TO {name} ON {dashed}, {amount} GBP, RATE 1.00/GBP",
    "DIRECT DEBIT {name} REF {code}",
    "FASTER PAYMENT TO {name} REF INV {digits}",
    "SEPA-Lastschrift {name} Rechnung {digits} EREF+{code} MREF+M{digits}",
    "{name}//BERLIN/DE {iso}T10:15:00 KFN 1 VJ {card}",
    "Einkauf {name} {dotted} Karten-Nr. XXXX{card}",
    "PRLV SEPA {name} ECH/{day6} ID EMETTEUR/FR{digits} MDT/{code} REF/{long}",
    "CARTE {slashed} {name} CB*{card}",
    "COMPRA TARJ. {card} {name} {dotted} {amount} EUR",
    "/TRTP/SEPA INCASSO/IBAN/NL91ABNA0417164300/NAME/{name}/REMI/FACTUUR {digits}/EREF/{code}",
    "UPI/{long}/Payment/{name}/HDFC BANK",
    "{name} {code}",
    "{name} {digits}",
]
NAMES = [
    "NORTHWIND DESIGN",
    "BLUE DOOR STUDIO",
    "Keller & Sohn GmbH",
    "HETZNER ONLINE GMBH",
    "FIGMA",
    "Globex",
    "Marisol Vega",
]


def filled(form: str, name: str, chance: random.Random) -> str:
    """A form with a name, and a date, numbers, an amount and a code by chance."""
    day = date(2025, 1, 1) + timedelta(chance.randrange(700))
    return form.format(
        name=name,
        slashed=f"{day:%m/%d}",
        dashed=f"{day:%d-%m-%Y}",
        dotted=f"{day:%d.%m.%Y}",
        iso=day.isoformat(),
        day4=f"{day:%m%d}",
        day6=f"{day:%y%m%d}",
        card=chance.randrange(1000, 10_000),
        digits=chance.randrange(100_000, 10_000_000),
        long=chance.randrange(10**11, 10**12),
        amount=f"{chance.randrange(10, 3000)}.{chance.randrange(10, 100)}",
        code="".join(
            letter + str(chance.randrange(10)) for letter in chance.sample("ABCDEFGHKLMNPQRSTUVWXYZ", 4)
        ),
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_supplier_has_one_name_whatever_numbers_stand_around_it(form: str) -> None:
    chance = random.Random(form)
    for name in NAMES:
        suppliers = {vendors.of("", filled(form, name, chance)) for _ in range(25)}
        assert len(suppliers) == 1, (name, suppliers)


def test_names_are_found_rightly_in_these_forms() -> None:
    chance = random.Random(2)
    pairs = [(form, name) for form in FORMS for name in NAMES]
    right = sum(vendors.of("", filled(form, name, chance)) == vendors.named(name) for form, name in pairs)
    assert right >= len(pairs) - 2


@pytest.mark.parametrize("writer", RIGHT_APART)
def test_the_lines_of_a_writer_from_whom_nothing_has_learnt_are_read_no_worse(writer: str) -> None:
    rows = trainer.rows_of(trainer.FOLDER / f"{writer}.jsonl")
    assert len(rows) == 300
    assert int(trainer.report(rows, party_tagger.shipped()).split(" ", 1)[0]) >= RIGHT_APART[writer]


def test_the_shipped_weights_are_those_of_these_lines() -> None:
    """The whole training takes minutes; what the first lines teach shows that it would come to the same."""
    assert party_tagger.shipped().trace == trainer.trace(trainer.learnt())


def test_the_weights_are_kept_as_they_are_stored() -> None:
    shipped = party_tagger.shipped()
    data = party_tagger.stored(shipped)
    assert party_tagger.loaded(data) == shipped
    assert len(data) < 400_000


def test_every_labelled_line_holds_its_name() -> None:
    rows = [row for file in sorted(trainer.FOLDER.glob("*.jsonl")) for row in trainer.rows_of(file)]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        texts = [vendors.parted(text or "") for text in (row["payee"], row["text"], *row.get("more", ()))]
        assert row["span"] is None or any(row["span"] in text for text in texts), json.dumps(row)


def test_a_long_text_is_read_to_its_sixtieth_word() -> None:
    long = "POS PURCHASE GLOBEX " + "x " * 100_000
    assert party_tagger.run(long, party_tagger.TEXT).words.startswith("GLOBEX")
    assert party_tagger.run("", party_tagger.TEXT) == ("", 0.0)


def test_an_amount_without_a_sign_for_thousands_is_one_word() -> None:
    keys = [word.key for word in party_words.words_of("FIGMA 2680.77 EUR 1234.5678 31.12.2026", {})]
    assert keys[:3] == ["FIGMA", "~amount", "EUR"]
    assert keys[-1] == "~date"
