"""Whether a file is of the account that it goes into: numbers, currencies, balances on the same days and beside them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from execops.client.bank_file import Doubt, Options, Statement, Traits, broken, days_of, find, read_file
from execops.sources.bank.cells.account_numbers import number_in

IBAN = "DE89370400440532013000"
HEAD = "Date,Description,Amount,Balance\n"
OCTOBER = HEAD + "2026-10-05,A,-10.00,90.00\n2026-10-20,B,-20.00,70.00\n2026-10-31,C,5.00,75.00\n"


def file(text: str, currency: str = "USD") -> Statement:
    return read_file(
        text.encode(),
        Options(),
        account="main",
        books=currency,
        zone=ZoneInfo("UTC"),
        today=date(2026, 12, 1),
    )


def doubt(text: str, *others: str) -> Doubt | None:
    files = [file(statement) for statement in others]
    traits = [Traits(number=statement.number, shape=statement.shape) for statement in files]
    return find("main", file(text), traits, [days_of(statement) for statement in files])


@pytest.mark.parametrize(
    "text",
    [
        OCTOBER,
        HEAD + "2026-11-03,D,-5.00,70.00\n",  # the next file, days later
        HEAD + "2026-11-04,E,-5.00,65.00\n2026-11-03,D,-5.00,70.00\n",  # the newest first
        HEAD + "2026-09-01,Deposit,50.00,100.00\n",  # the file before
        HEAD + "2026-10-20,B,-20.00,70.00\n2026-10-31,C,5.00,75.00\n2026-11-01,D,-1.00,74.00\n",
        HEAD
        + "2026-10-31,C,5.00,75.00\n2026-10-31,F,-3.00,72.00\n2026-11-01,D,-1.00,71.00\n",  # the whole last day
        "Date,Description,Amount\n2026-11-03,D,-5.00\n",  # no balance, and other columns
    ],
)
def test_a_file_of_the_account_is_not_doubted(text: str) -> None:
    answer = doubt(text, OCTOBER)
    assert answer is None or (answer.form_alone and "Balance" not in text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "2026-11-01,X,-5.00,500.00\n", "main has $75.00 at the end of 31 Oct 2026, and by the file it is $505.00"),
        (HEAD + "2026-11-05,X,-5.00,500.00\n", "begins on 5 Nov 2026 with $505.00"),
        (HEAD + "2026-10-07,X,-5.00,500.00\n", "at the end of 7 Oct 2026, and by the file it is $500.00"),
        (HEAD + "2026-09-01,X,-5.00,500.00\n", "the file ends on 1 Sep 2026 with $500.00, and main begins on 5 Oct 2026 with $100.00"),
        ("Date,Description,Amount,Balance (EUR)\n2026-11-01,X,-5.00,70.00\n", "it is in EUR, and main is in USD"),
    ],
)  # fmt: skip
def test_another_balance_or_currency_is_doubted(text: str, words: str) -> None:
    answer = doubt(text, OCTOBER)
    assert answer is not None
    assert words in answer.reason


def test_two_accounts_that_begin_with_nothing_are_two() -> None:
    first = HEAD + "2026-10-05,A,100.00,100.00\n2026-10-20,B,-20.00,80.00\n"
    second = HEAD + "2026-10-05,X,900.00,900.00\n2026-10-21,Y,-1.00,899.00\n"
    assert doubt(second, first) is not None
    assert doubt(first, first) is None


def test_a_file_that_follows_from_one_of_several_follows() -> None:
    november = HEAD + "2026-11-03,D,-5.00,70.00\n"
    december = HEAD + "2026-12-01,E,-5.00,65.00\n"
    assert doubt(december, OCTOBER, november) is None
    assert doubt(december, november, OCTOBER) is None
    assert doubt(december, OCTOBER) is not None
    assert broken("main", file(december), [days_of(file(OCTOBER))]) is not None
    assert broken("main", file(december), [days_of(file(november)), days_of(file(OCTOBER))]) is None


def test_an_account_without_anything_takes_every_file() -> None:
    assert find("main", file(OCTOBER), [], [[]]) is None
    assert find("main", file(HEAD.strip() + "\n2026-11-01,X,-5.00,500.00\n"), [], []) is None


@pytest.mark.parametrize(
    ("number", "second", "is_same"),
    [
        (IBAN, IBAN, True),
        (IBAN, "XXXXXX3000", True),
        ("*3000", "0532013000", True),
        ("37040044/0532013000", IBAN, True),
        (IBAN, "DE02120300000000202051", False),
        ("XXXX1111", "XXXX2222", False),
        ("Konto A", "konto a", True),
        ("Konto A", "Konto B", False),
    ],
)
def test_numbers_that_a_bank_hides_in_part_are_the_same(number: str, second: str, is_same: bool) -> None:
    statement = file("Date,Description,Amount\n2026-11-03,D,-5.00\n")
    answer = find(
        "main", replace(statement, number=number), [Traits(number=second, shape=statement.shape)], []
    )
    assert (answer is None) is is_same


def test_the_number_of_the_account_stands_above_the_table_or_in_its_column() -> None:
    assert number_in(["Kontonummer:", "DE89 3704 0044 0532 0130 00"], []) == IBAN
    assert number_in(["IBAN DE89370400440532013001"], []) is None  # its check digits are wrong
    assert number_in([IBAN, "DE02120300000000202051"], []) is None
    assert number_in([], ["12345678"] * 3) == "12345678"
    assert number_in([], ["12345678"] * 2) is None
    assert number_in([], ["2,04418E+13"] * 3) is None
    assert number_in([], ["12345678", "12345678", "99"]) is None
    assert number_in([], ["Giro"] * 3) is None


def test_the_form_of_a_file_is_its_bank_or_its_columns() -> None:
    assert file(OCTOBER).shape == "date|description|amount|balance"
    assert len(file(OCTOBER).digest) == 64
    assert file(OCTOBER).digest != file(OCTOBER + "\n").digest
