"""The words of mails: every language has every text, with the values of the English one, and writes every sample."""

from __future__ import annotations

import os
import re
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from execops.client import preview
from execops.errors import InvalidInputError
from execops.model import Draft
from execops.money import Money
from execops.plays import samples, wording
from execops.plays.mails import letters, own_texts
from execops.plays.registry import all_plays
from execops.settings import Settings, load_settings
from tests import forking
from tests.facts import facts

PLAYS = Path(letters.__file__).parents[1]
ROOT = Path(__file__).parents[2]
LANGUAGES = letters.languages()
# The names of texts in the code: `words("card_update-subject", …)`.
NAMED = {
    name
    for path in PLAYS.rglob("*.py")
    for name in re.findall(r"""["']([a-z_]+-[a-z-]+)["']""", path.read_text())
    if name.partition("-")[0] in {"letter", *all_plays()}
}
# `letters.announced(words, "card_expiring", …)` and `letters.pages(words, facts, "card_update", …)` take these of a name.
ENDINGS = {"announced": ("link", "no-link"), "pages": ("link", "links", "no-link")}
NAMED |= {
    f"{name}-{ending}"
    for path in PLAYS.rglob("*.py")
    for way, name in re.findall(r"""letters\.(announced|pages)\([^"]*"([a-z_-]+)\"""", path.read_text())
    for ending in ENDINGS[way]
}


def settings(tmp_path: Path, **flags: str) -> Settings:
    return load_settings({"home": tmp_path, "company_name": "Northwind", **flags}, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_with_the_same_values(language: str) -> None:
    texts, english = own_texts.texts(language), own_texts.texts("en")
    assert NAMED - texts.keys() == set()
    faults = list(own_texts.faults_of(letters.source(language), {**texts, **english}))
    assert faults == []


def test_a_text_is_parsed_when_it_is_needed_with_those_that_it_refers_to() -> None:
    texts = letters._Texts("en", ())
    assert texts.bundle._messages == {}
    texts.message("letter-greeting-company")
    assert set(texts.bundle._messages) == {"letter-greeting-company", "letter-greeting"}


def test_every_english_text_is_used() -> None:
    referred = set(re.findall(r"{ ([a-z_]+-[a-z-]+) }", letters.source("en")))
    assert own_texts.texts("en").keys() == NAMED | referred


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("play", samples.plays())
def test_every_sample_is_a_whole_mail_in_every_language(play: str, language: str, tmp_path: Path) -> None:
    mails = preview.preview(settings(tmp_path), play, language)
    assert len({mail.happened for mail in mails}) == len(mails) >= 3
    for mail in mails:
        assert mail.language == language
        assert not re.search(
            r"[{}]|\bnone\b|  |\n\n\n| [.,;:?!](?!\.)", mail.text if language != "fr" else ""
        )
        assert mail.text.endswith("Northwind\n")
        assert not re.search("。 |」 ", mail.text)
        assert "Acme Inc" in mail.text


def test_every_play_that_mails_a_customer_has_samples() -> None:
    named = {name.partition("-")[0] for name in own_texts.texts("en")} - {"letter"}
    assert set(samples.plays()) == named


@pytest.mark.parametrize(
    ("locales", "listed", "language"),
    [
        ([], ["en", "de"], "en"),
        (["de-AT"], ["en", "de"], "de"),
        (["nl", "de"], ["en", "de"], "de"),
        (["de_CH", "fr"], ["en"], "en"),
        (["ZH-hans", "DE"], ["fr", "de"], "de"),
        (["ja"], ["de", "en"], "de"),
    ],
)
def test_the_first_locale_that_the_founder_lists_chooses(
    locales: list[str], listed: list[str], language: str
) -> None:
    about = facts(org={"languages": listed}, customer={"locales": locales})
    assert letters.locale_of(about).replace("_", "-").partition("-")[0].lower() == language


@pytest.mark.parametrize(
    ("locales", "language"),
    [
        ([], None),
        (["en-GB", "fr"], None),
        (["fr-CA"], "French"),
        (["pl", "fr"], "Polish; mails to them are in French (EXECOPS_LANGUAGES)"),
        (["ko_KR"], "Korean; mails to them are in English (EXECOPS_LANGUAGES)"),
        (["q!"], "q!; mails to them are in English (EXECOPS_LANGUAGES)"),
    ],
)
def test_the_facts_name_the_language_of_a_customer_who_speaks_another(
    locales: list[str], language: str | None
) -> None:
    about = facts(org={"languages": ["en", "fr"]}, customer={"locales": locales})
    assert dict(wording.about_customer(about)).get("Language") == language


def test_a_draft_in_another_language_carries_the_founders_own_words(tmp_path: Path) -> None:
    for _, about in samples.samples("card_update", settings(tmp_path, languages="en,de"), "de"):
        german, english = all_plays()["card_update"].answer(about), None
        assert isinstance(german, Draft)
        about = replace(about, customer=about.customer | {"locales": ["en"]})
        english = all_plays()["card_update"].answer(about)
        assert isinstance(english, Draft)
        assert (german.language, english.language, english.translation) == ("de", "en", {})
        words = {name: english.payload[name] for name in ("subject", "text")}
        assert german.translation == {"language": "en", **words}
        assert german.payload["text"] != english.payload["text"]
        assert german.links == english.links


@pytest.mark.parametrize(
    ("locale", "amount", "day", "month"),
    [
        ("en-US", "$1,234.50", "3 November 2026", "November 2026"),
        ("de", "1.234,50 $", "3. November 2026", "November 2026"),
        ("de-CH", "$ 1'234.50", "3. November 2026", "November 2026"),
        ("fr", "1 234,50 $US", "3 novembre 2026", "novembre 2026"),
        ("fr-CA", "1 234,50 $ US", "3 novembre 2026", "novembre 2026"),
        ("fr-QQ", "1 234,50 $US", "3 novembre 2026", "novembre 2026"),
        ("de_DE@euro", "1.234,50 $", "3. November 2026", "November 2026"),
        ("fr-", "1 234,50 $US", "3 novembre 2026", "novembre 2026"),
    ],
)
def test_amounts_and_days_follow_the_locale(locale: str, amount: str, day: str, month: str) -> None:
    about = facts(org={"languages": ["en", "de", "fr"]}, customer={"locales": [locale]})
    words = letters.in_locale(about, locale)
    moment = datetime(2026, 11, 3, tzinfo=UTC)
    line = words("card_update-line", amount=Money(123_450, "USD"), number="A-1")
    assert amount in line.replace("\u00a0", " ")
    assert day in words("card_update-retry", method="card", day=moment)
    assert words.month(moment) == month


@pytest.mark.parametrize(
    ("currency", "written"),
    [("JPY", "1.234 ¥"), ("KWD", "1,234 KWD"), ("ISK", "12,34 ISK"), ("EUR", "12,34 €")],
)
def test_amounts_have_the_decimals_of_stripes_currencies(currency: str, written: str) -> None:
    words = letters.in_locale(facts(org={"languages": ["de"]}), "de")
    assert written in words("card_update-line", amount=Money(1234, currency), number="A-1").replace(
        "\u00a0", " "
    )


@pytest.mark.parametrize(
    ("locale", "currency", "written"),
    [
        ("fr-CA", "CAD", "12,34 $CA"),
        ("es-MX", "MXN", "MXN 12.34"),
        ("es-CL", "CLP", "CLP 1.234"),
        ("es-MX", "USD", "USD 12.34"),
        ("es-US", "USD", "$12.34"),
        ("pt-BR", "BRL", "R$ 12,34"),
    ],
)
def test_the_dollars_or_pesos_of_a_country_are_told_from_others(
    locale: str, currency: str, written: str
) -> None:
    language = locale.partition("-")[0]
    about = facts(org={"languages": [language]}, customer={"locales": [locale]})
    line = letters.in_locale(about, locale)(
        "card_update-line", amount=Money(1234, currency), number="A-1"
    ).replace("\u00a0", " ")
    assert written in line
    assert "$" not in line.replace(written, "")


def test_text_from_outside_is_never_read_as_a_text(tmp_path: Path) -> None:
    about = next(about for _, about in samples.samples("card_update", settings(tmp_path), "en"))
    about = replace(about, invoices=[about.invoices[0] | {"number": "{ letter-closing }"}])
    draft = all_plays()["card_update"].answer(about)
    assert isinstance(draft, Draft)
    assert "for invoice { letter-closing }." in draft.payload["text"]


def test_own_words_take_the_place_of_the_built_in_ones(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "card_update.en").write_text("card_update-retry = We try again on { $day }. No hurry!\n")
    (folder / "letter.en").write_text("letter-greeting = Hi { $name },\n")
    (folder / "card_update.de").write_text("card_update-retry = Am { $day } noch einmal.\n")
    mail = preview.preview(settings(tmp_path), "card_update")[0]
    assert mail.text.startswith("Hi Acme Inc,\n")
    assert "\nWe try again on 27 November 2026. No hurry!\n" in mail.text


@pytest.mark.parametrize(
    ("name", "source", "line", "why"),
    [
        ("card_update.en", "card_update-retry = Soon.\n", 1, "lacks the value { $day }"),
        ("card_update.en", "\n# mine\ncard_update-retry = { $day } { $link }\n", 3, "no value { $link }"),
        ("card_update.en", "card_update-again = x\n", 1, "no text 'card_update-again'"),
        ("card_update.en", "letter-greeting = Hi { $name }\n", 1, "no text 'letter-greeting'"),
        ("card_update.en", "\n\ncard_update-line = { $amount }} { $number }\n", 3, "It is no text"),
        ("card_update.en", "card_update-link = { $method ->\n  [card] x\n}\n", 3, "It is no text"),
        ("card_update.en", "card_update-retry = On { $day }\ncard_update-retry = On { $day }\n", 1, "twice"),
        ("card_update.en", "card_update-retry = On { $day } { nope }\n", 1, "refers to 'nope'"),
        ("card_update.en", "card_update-retry =\n    .x = { $day }\n", 1, "no words of its own"),
        (
            "card_update.en",
            "card_update-line = { $number ->\n   [a] { $amount } { $number }\n  *[b] { $number }\n }\n",
            1,
            "lacks the value { $amount }",
        ),
        ("card_update.xx", "", 1, "no language with texts"),
        ("card_update", "", 1, "no language with texts"),
        ("payout_failed.en", "", 1, "no play that writes to customers"),
        ("notes.en", "", 1, "no play that writes to customers"),
    ],
)
def test_own_words_that_cannot_be_used_are_refused_with_their_line(
    name: str, source: str, line: int, why: str, tmp_path: Path
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / name).write_text(source)
    with pytest.raises(InvalidInputError) as refused:
        preview.check_texts(settings(tmp_path))
    assert refused.value.message.startswith(f"{tmp_path / 'texts' / name}:{line}: ")
    assert why in refused.value.message


def test_own_words_that_choose_by_the_days_are_taken_and_say_the_day_alone(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    own = (
        "invoice_overdue-opening = { $number }, { $amount }: due { $day }{ $since ->\n"
        "    [days] , { $days } days ago\n"
        '   *[today] {""}\n'
        "  }.\n"
    )
    (tmp_path / "texts" / "invoice_overdue.en").write_text(own)
    texts = [mail.text for mail in preview.preview(settings(tmp_path), "invoice_overdue")]
    assert any(re.search(r": due \d+ \w+ 20\d\d\.", text) for text in texts), texts


def test_own_words_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letter.en").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        preview.check_texts(settings(tmp_path))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("play", ["card_update", "invoice_overdue"])
def test_a_note_to_a_large_customer_is_signed_by_a_person_where_one_is_named(
    play: str, language: str, tmp_path: Path
) -> None:
    as_company = preview.preview(settings(tmp_path), play, language)
    as_person = preview.preview(settings(tmp_path, signer="Anna Berg"), play, language)
    personal = letters.in_locale(facts(org={"languages": [language]}), language)("letter-personal")
    for plain, note in zip(as_company, as_person, strict=True):
        large = "a large customer" in note.happened
        assert ("Anna Berg" in note.text, personal in note.text) == (large, large)
        assert "Anna Berg" not in plain.text
        assert personal not in plain.text
        assert (plain.text == note.text) is not large


def test_a_note_says_i_only_where_a_person_signs_it(tmp_path: Path) -> None:
    for signer, pronoun in ((None, "we"), ("Anna Berg", "I")):
        flags = {"signer": signer} if signer else {}
        notes = [
            mail
            for play in ("card_update", "invoice_overdue")
            for mail in preview.preview(settings(tmp_path, **flags), play)
            if "a large customer" in mail.happened and "expired" not in mail.happened
        ]
        assert len(notes) == 3
        for note in notes:
            assert f"Is there anything {pronoun} can help with" in note.text
            assert (" I " in f" {note.text}") is (pronoun == "I")


def test_a_note_about_an_expired_card_asks_for_a_new_one_only(tmp_path: Path) -> None:
    mails = preview.preview(settings(tmp_path), "card_update")
    note = next(mail.text for mail in mails if mail.happened == "a large customer, an expired card")
    assert "You can pay or update your card here" in note
    assert "Is there anything" not in note


@pytest.mark.parametrize("play", ["authenticate_payment", "card_update", "invoice_overdue"])
def test_the_portal_asks_to_sign_in_and_the_page_of_an_invoice_does_not(play: str, tmp_path: Path) -> None:
    login = "https://billing.stripe.com/p/login/1"
    mails = preview.preview(settings(tmp_path, customer_portal_url=login), play)
    assert any(login in mail.text for mail in mails)
    for mail in mails:
        assert ("You can sign in here" in mail.text) is (login in mail.text)


def test_the_mail_about_a_subscription_that_has_ended_says_so_and_asks_for_the_invoice_only(
    tmp_path: Path,
) -> None:
    mails = preview.preview(settings(tmp_path), "subscription_ended")
    mail = next(mail for mail in mails if mail.happened == "for want of payment, the invoice is open")
    assert mail.subject == "Your Team subscription ended on 24 November 2026"
    assert "because we could not collect the payment" in mail.text
    assert "$49.00 for invoice ACME-0001 is still due. You can pay it here:\nhttps://" in mail.text
    assert "Paying it does not restart the subscription by itself" in mail.text
    assert "card" not in mail.text


@pytest.mark.parametrize(
    ("language", "quoted"),
    [
        ("en", "“We need single sign-on.”"),
        ("de", "„We need single sign-on.“"),
        ("ja", "「We need single sign-on.」"),
    ],
)
def test_the_customers_words_stand_in_the_quotation_marks_of_the_language(
    language: str, quoted: str, tmp_path: Path
) -> None:
    for play in ("save_offer", "subscription_ended"):
        mails = preview.preview(settings(tmp_path), play, language)
        assert any(quoted in mail.text for mail in mails)


def test_one_of_several_subscriptions_is_named_or_told_by_its_price(tmp_path: Path) -> None:
    mails = preview.preview(settings(tmp_path), "subscription_ended")
    by_price = next(mail for mail in mails if mail.happened == "one of several subscriptions")
    assert by_price.subject == "Your subscription at $49.00 a month ended on 24 November 2026"
    assert "Your other subscription continues." in by_price.text
    mails = preview.preview(settings(tmp_path), "save_offer")
    named = next(mail for mail in mails if mail.happened == "one of several subscriptions")
    assert named.subject == "Your Team subscription ends on 14 December 2026: may we ask why?"


async def test_the_page_of_drafts_shows_the_words_of_the_code() -> None:
    # The page counts from a fixed day, which it sets before the stories are made: so it is printed in a process of its own.
    printing = await forking.start(
        "tests.drafts_page",
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=PIPE,
        stderr=PIPE,
    )
    printed, err = await printing.communicate()
    assert printing.returncode == 0, err.decode()
    assert (ROOT / "docs" / "drafts.md").read_text() == printed.decode(), (
        "python -m tests.drafts_page > docs/drafts.md"
    )


@pytest.mark.parametrize(
    "name", ["card_update.en~", ".card_update.en.swp", "#card_update.en#", "letter.en.bak"]
)
def test_the_copies_that_an_editor_leaves_are_no_texts(name: str, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / name).write_text("half a file")
    assert settings(tmp_path).texts == {}


@pytest.mark.parametrize(("begin", "end"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")])
def test_a_file_of_texts_may_come_from_any_editor(begin: str, end: str, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    source = f"{begin}card_update-bank ={end}    Your bank said no.{end}"
    (tmp_path / "texts" / "card_update.en").write_bytes(source.encode())
    own_texts.check(tmp_path / "texts", settings(tmp_path).texts)
    mails = preview.preview(settings(tmp_path), "card_update")
    assert any("Your bank said no. The card on file" in mail.text for mail in mails)
