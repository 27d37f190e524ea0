"""A bank's text tells that money was lent, invested or granted; a like name, a sale or a repayment does not."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.parties.financing import is_financing
from execops.sources.bank.statement import Row, read
from tests.unit.test_bank import UTC

IN_A_TEXT = [
    "Convertible loan agreement", "Loan 2026-04", "Director's loan", "Loan from the parent company", "SAFE", "Post-money SAFE",
    "Seed round, second tranche", "Series A", "Equity", "Angel investment", "Innovation grant 101", "Capital contribution",
    "Wandeldarlehen 2", "Gesellschafterdarlehen", "Kapitalerhöhung", "Einzahlung Stammkapital", "Kredit 4411", "Zuschuss Digital",
    "Prêt n° 33", "Apport en compte courant d'associé", "Augmentation de capital", "Subvention région", "Levée de fonds",
    "Préstamo participativo", "Ampliación de capital", "Aportación de socios", "Subvención 2026",
    "Finanziamento soci", "Aumento di capitale", "Erogazione mutuo", "Contributo a fondo perduto",
    "Lening tranche 1", "Kapitaalstorting", "Subsidie", "Empréstimo", "Aumento de capital", "Suprimentos de sócios",
]  # fmt: skip
WITH_A_PAYEE = [
    ("KfW", "Auszahlung 99"), ("Bpifrance Financement", "Virement"), ("Capchase Inc", ""), ("Meyer Holding", "Investment"),
    ("Grant Meyer", "Grant Meyer convertible note"),
]  # fmt: skip
NO_FINANCING = [
    ("Loan Star Media", "Retainer"), ("Loan Star Media", ""), ("", "LOAN STAR MEDIA"), ("Orchard", "Payment for seed data"),
    ("Grant Thornton", "Audit workshop"), ("", "HUGH GRANT"), ("", "BRIGHT EQUITY"), ("", "PINE INVESTMENT"),
    ("Orchard", "Loan calculator"), ("Orchard", "Equity research"), ("Orchard", "Grant management"), ("Safe & Sound", "Safe box"),
    ("Sparkasse", "Zinsen Darlehen 12"), ("Orchard", "Loan repayment"), ("Orchard", "Loan interest"), ("KfW", "Rechnung 8"),
    ("Orchard", "Invoice 7 convertible note"), ("Orchard", "INV-0007 share capital"), ("Pret A Manger", "Catering"),
    ("", "ACH CREDIT ORCHARD"), ("Orchard", "Credit note 4"), ("Orchard", "Ausgleich Forderung 12"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize("text", IN_A_TEXT)
def test_a_text_tells_of_financing(text: str) -> None:
    assert is_financing("Meyer Holding", text)
    assert is_financing("", text.upper())
    assert is_financing("Meyer Holding", "4711", text), "in the cell for the category"


@pytest.mark.parametrize(("payee", "text"), WITH_A_PAYEE)
def test_a_payee_tells_of_financing(payee: str, text: str) -> None:
    assert is_financing(payee, text)


@pytest.mark.parametrize(("payee", "text"), NO_FINANCING)
def test_a_like_name_a_sale_and_a_repayment_are_no_financing(payee: str, text: str) -> None:
    assert not is_financing(payee, text)


def test_every_entry_of_the_file_counts() -> None:
    text = (files("execops.sources.bank.parties") / "financing.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    for phrase in (*entries["phrases"], *entries["words"], *entries["heads"]):
        assert is_financing("Meyer Holding", phrase), phrase
    for lender in (*entries["lenders"], *entries["short_lenders"]):
        assert is_financing(lender, "Payment"), lender
    for word in entries["after"]:
        assert is_financing("Meyer Holding", f"loan {word} x"), word
    for word in entries["sales"]:
        assert not is_financing("Meyer Holding", f"share capital {word}"), word
    assert set(entries["in_names"]) <= set(entries["heads"])


def test_only_money_that_comes_in_is_financing() -> None:
    lines = [
        "Date,Payee,Description,Category,Amount\n",
        "2026-11-02,Meyer Holding,Convertible loan,,150000.00\n",
        "2026-11-03,Meyer Holding,Convertible loan,,-5000.00\n",
        "2026-11-04,Meyer Holding,Tranche 2,Loan,70000.00\n",
        "2026-11-05,Darlehen Meyer,,,70000.00\n",
        "2026-11-06,Loan Star Media,,,900.00\n",
    ]
    rows = list(read(lines, survey(lines, Options()), account="main", currency="EUR", zone=UTC))
    purposes = [row.purpose if isinstance(row, Row) else row for row in rows]
    assert purposes == ["financing", "loan", "financing", "financing", "loan"]


@pytest.mark.parametrize(
    ("payee", "text"),
    [
        ("", "HUGH GRANT 12345"),
        ("", "WIRE FROM HUGH GRANT REF 1234"),
        ("", "Blue Equity payment 4411"),
        ("Seed Capital GmbH", "Order 12"),
        ("Share Capital Media", "Hosting August"),
        ("Capital Social SL", "Servicios agosto"),
        ("IBB Hotel", "Übernachtung"),
        ("ILB Helios GmbH", "Lieferung 4"),
    ],
)
def test_a_payees_name_decides_nothing_alone(payee: str, text: str) -> None:
    assert not is_financing(payee, text)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("STRIPE PAYOUT Grant Payment LLC", "payout"),
        ("ORIG CO NAME:STRIPE IND NAME:BLUE EQUITY PAYMENT ST-12", "payout"),
        ("STRIPE TRANSFER SEED CAPITAL LLC ST-A1", "payout"),
        ("STRIPE CAPITAL LOAN ADVANCE", "financing"),
    ],
)
def test_a_payout_and_an_own_transfer_stay_what_they_are(text: str, purpose: str) -> None:
    lines = ["Date,Description,Amount\n", f"2026-11-02,{text},150000.00\n"]
    [row] = read(lines, survey(lines, Options(sign="minus")), account="main", currency="EUR", zone=UTC)
    assert isinstance(row, Row)
    assert row.purpose == purpose
