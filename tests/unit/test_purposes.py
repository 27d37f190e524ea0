"""A bank's text names payroll, tax, rent and the like in many languages, by whole words and names that begin it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.parties.purposes import is_payroll_provider, pattern
from execops.sources.bank.statement import Row, read
from tests.unit.test_bank import UTC

NAMED = {
    "payroll": [
        "Gusto", "ORIG CO NAME:GUSTO ORIG ID:9138864001", "ADP PAYROLL FEES", "Deel Inc.", "RIPPLING", "Gehaelter",
        "Gehälter November", "Löhne", "LOEHNE UND GEHAELTER", "Lohn/Gehalt 11/2026", "DATEV eG", "Salaires novembre",
        "Paie", "NÓMINA", "Nominas Noviembre", "Stipendi", "Salarissen", "Kyuyo", "Kyūyo", "給与", "給料振込", "ｷｭｳﾖ",
        "キユウヨ フリコミ", "賞与", "Sent money to Gusto", "Payroll", "Intuit Payroll S", "Palkka",
    ],
    "tax": [
        "Finanzamt Mitte", "FINANZAMT BERLIN UST", "Umsatzsteuer Q3", "Lohnsteuer", "Gewerbesteuervorauszahlung",
        "HMRC VAT", "HMRC PAYE", "IRS USATAXPYMT", "US TREASURY", "FRANCHISE TAX BO", "EDD", "DGFIP", "Impôts sur les sociétés",
        "AEAT MODELO 303", "Agencia Tributaria", "F24", "Belastingdienst", "Skatteverket", "Payroll tax", "国税庁", "税務署",
        "法人税", "コクゼイ",
    ],
    "social": ["URSSAF IDF", "AOK Nordost", "Techniker Krankenkasse", "Knappschaft-Bahn-See", "TGSS", "INPS", "社会保険料"],
    "pension": ["NEST Pensions", "Guideline 401(k)", "Pensionskasse", "AG2R La Mondiale", "厚生年金", "年金事務所"],
    "rent": [
        "Landlord LLC", "WeWork", "Regus", "Office rent", "Miete Büro", "Büromiete November", "Kaltmiete", "Loyer bureau",
        "Alquiler oficina", "Affitto", "Huur", "Hausverwaltung Schmidt", "家賃", "ﾔﾁﾝ",
    ],
    "loan": ["KfW", "Darlehen 4711", "Tilgung", "SBA EIDL LOAN", "Échéance prêt", "Cuota préstamo", "Mutuo", "返済"],
}  # fmt: skip
OTHERS = [
    "AWS", "Google Ads", "Hetzner Online GmbH", "Notion", "Bistro Gusto", "Deelish Foods", "Irsch GmbH", "Parent Co", "Current",
    "Lohnert GmbH", "Steuerberater Meyer", "Tax Advisors LLP", "TurboTax", "Rent-A-Car", "Rent the Runway", "Mietwagen Sixt",
    "Car Rental Berlin", "Pret A Manger", "Moms Kitchen", "UST Global", "Nest Labs", "Hotel Pension Anna", "Adept AI", "Taxi Berlin",
    "Wagestream Coffee", "Salarium", "", "  ", "4711", "株式会社さくら",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in NAMED.items() for text in texts])
def test_a_text_names_a_contract_or_a_law(text: str, kind: str) -> None:
    assert pattern(text) == kind


@pytest.mark.parametrize("text", OTHERS)
def test_a_like_name_is_no_contract(text: str) -> None:
    assert pattern(text) is None


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("Deel Inc.", True),
        ("GUSTO", True),
        ("ORIG CO NAME:GUSTO ORIG ID:9138864001", True),
        ("Remote Technology Inc", True),
        ("Payroll November", False),
        ("Gehalt Anna Meyer", False),
        ("Anna Meyer", False),
        ("Bistro Gusto", False),
        ("WeWork", False),
        ("HMRC PAYE", False),
    ],
)
def test_a_provider_of_payroll_is_known_by_its_brand(name: str, provider: bool) -> None:
    assert is_payroll_provider(name) == provider


def test_every_name_and_word_of_the_file_is_recognised_as_its_kind() -> None:
    text = (files("execops.sources.bank.parties") / "purposes.toml").read_text(encoding="utf-8")
    for kind, entry in tomllib.loads(text).items():
        for phrase in (*entry["names"], *(word.replace("*", "abc") for word in entry["words"])):
            assert pattern(phrase) == kind, phrase
            assert pattern(f"{phrase.upper()} 4711") == kind, phrase
        for phrase in entry.get("except", []):
            assert pattern(phrase) is None, phrase


def test_the_description_tells_the_purpose_of_a_payment_to_a_person() -> None:
    lines = [
        "Date,Payee,Description,Category,Amount\n",
        "2026-11-27,Anna Müller,Gehalt November,,-4000.00\n",
        "2026-11-27,Anna Müller,Reisekosten,,-80.00\n",
        "2026-11-27,Jo,,Payroll,-3000.00\n",
        "2026-11-28,Stripe,STRIPE PAYOUT,Income,700.00\n",
        "2026-11-28,Savings,To savings,Transfer,-700.00\n",
    ]
    rows = list(read(lines, survey(lines, Options()), account="main", currency="EUR", zone=UTC))
    assert [row.purpose if isinstance(row, Row) else row for row in rows] == [
        "payroll",
        None,
        "payroll",
        "payout",
        "transfer",
    ]
