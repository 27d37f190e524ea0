"""Bank statements: amounts, dates, columns and lines as banks write them. A cell that may mean two things is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.errors import InvalidDeliveryError, InvalidInputError, NotFoundError
from execops.money import Money, decimals
from execops.settings import load_settings
from execops.sources import bank, get_source
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import UnreadableError, decimal_mark, read_amount
from execops.sources.bank.cells.dates import date_format, order_of, read_date
from execops.sources.bank.closing import Closing
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.files.encodings import detect_encoding
from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.parties import party_tagger, vendors
from execops.sources.bank.parties.purposes import half
from execops.sources.bank.parties.transfers import is_own, says_own
from execops.sources.bank.parties.vendors import vendor
from execops.sources.bank.reading import read_file
from execops.sources.bank.statement import LeftOut, Problem, Row, read
from tests.facts import NOW
from tests.unit.test_plays_finance import event

UTC = ZoneInfo("UTC")


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def parse(text: str, options: Options | None = None, account: str = "main") -> list[Row | Problem | LeftOut]:
    layout = survey(lines(text), options or Options())
    return list(read(lines(text), layout, account=account, currency="USD", zone=UTC))


def rows(text: str, options: Options | None = None) -> list[Row]:
    parsed = parse(text, options)
    assert all(isinstance(line, Row) for line in parsed), parsed
    return [line for line in parsed if isinstance(line, Row)]


# Amounts


@pytest.mark.parametrize(
    ("cell", "decimal", "minor"),
    [
        ("12", ".", 1200),
        ("12.5", ".", 1250),
        ("-12.50", ".", -1250),
        ("−12.50", ".", -1250),
        ("12.50-", ".", -1250),
        ("(12.50)", ".", -1250),
        ("($12.50)", ".", -1250),
        ("-$1,234.56", ".", -123456),
        ("$-1,234.56", ".", -123456),
        ("USD 1,234.56", ".", 123456),
        ("1,234.56 USD", ".", 123456),
        ("1,234,567.89", ".", 123456789),
        ("12,34,567.89", ".", 123456789),
        ("+.50", ".", 50),
        ("12.50 DR", ".", -1250),
        ("12.50 CR", ".", 1250),
        ("12.5000", ".", 1250),
        ("1.234,56", ",", 123456),
        ("1 234,56", ",", 123456),
        ("1\u00a0234,56", ",", 123456),
        ("1\u202f234,56-", ",", -123456),
        ("1'234.56", ".", 123456),
        ("1’234.56", ".", 123456),
        ("-12,5 S", ",", None),
        ("12,50 S", ",", -1250),
        ("12,50 H", ",", 1250),
        ("1.234", ",", 123400),
        ("1,234", ".", 123400),
        ("1.234", ".", None),
        ("1,234", ",", None),
        ("12.50", ",", None),
        ("12,50", ".", None),
        ("1,23,45", ".", None),
        ("1.234.56", ".", None),
        ("€12.50", ".", None),
        ("12.50 EUR", ".", None),
        ("(12.50", ".", None),
        ("--12.50", ".", None),
        ("-(12.50)", ".", None),
        ("12.505", ".", None),
        ("twelve", ".", None),
        ("", ".", None),
        ("9" * 30, ".", None),
        ("9" * 5000, ".", None),
    ],
)
def test_an_amount_is_read_or_refused(cell: str, decimal: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(UnreadableError):
            read_amount(cell, "USD", decimal)
    else:
        assert read_amount(cell, "USD", decimal) == Money(minor, "USD")


def test_amounts_of_currencies_without_and_with_three_decimals() -> None:
    assert read_amount("1,234", "JPY", ".") == Money(1234, "JPY")
    assert read_amount("1.250", "KWD", ".") == Money(1250, "KWD")
    with pytest.raises(UnreadableError):
        read_amount("12.50", "JPY", ".")


def written(amount: Money, decimal: str, group: str, sign: Callable[[str], str]) -> str:
    digits = f"{abs(amount.major):,.{decimals(amount.currency)}f}"
    text = digits.replace(",", "G").replace(".", decimal).replace("G", group)
    return sign(text) if amount.minor < 0 else text


@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    style=st.sampled_from(
        [(".", ","), (",", "."), (",", " "), (".", "'"), (".", ""), (",", ""), (",", "\u202f")]
    ),
    sign=st.sampled_from([lambda t: f"-{t}", lambda t: f"{t}-", lambda t: f"({t})", lambda t: f"{t} DR"]),
)
def test_amounts_round_trip(
    minor: int, currency: str, style: tuple[str, str], sign: Callable[[str], str]
) -> None:
    amount = Money(minor, currency)
    cell = written(amount, style[0], style[1], sign)
    assert read_amount(cell, currency, style[0]) == amount
    assert decimal_mark(cell) in {style[0], "?,", "?.", None}


@given(cell=st.text(max_size=30))
def test_any_text_is_an_amount_or_refused(cell: str) -> None:
    decimal_mark(cell)
    for mark in ".,":
        try:
            amount = read_amount(cell, "USD", mark)
        except UnreadableError:
            continue
        assert isinstance(amount.minor, int)


@given(cell=st.text("0123456789.,'- ()", max_size=14))
def test_no_digit_is_lost(cell: str) -> None:
    try:
        amount = read_amount(cell, "USD", ".")
    except UnreadableError:
        return
    digits = Decimal("".join(character for character in cell if character in "0123456789."))
    assert abs(amount.major) == digits


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("12", None), ("12.50", "."), ("12,50", ","), ("1,234.56", "."), ("1.234,56", ","), ("1,234", "?,"),
        ("1.234", "?."), ("0.234", "."), ("1234,567", ","), ("1.234.567", ","), ("1 234,567", ","), ("x", None),
    ],
)  # fmt: skip
def test_a_cell_proves_a_decimal_mark_or_nothing(cell: str, mark: str | None) -> None:
    assert decimal_mark(cell) == mark


# Dates


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-10-03", None, date(2026, 10, 3)),
        ("2026/10/03", None, date(2026, 10, 3)),
        ("20261003", None, date(2026, 10, 3)),
        ("2026-10-03 23:59:59", None, date(2026, 10, 3)),
        ("2026-10-03T23:30:00Z", None, date(2026, 10, 3)),
        ("03.10.2026", None, date(2026, 10, 3)),
        ("03.10.26", "mdy", date(2026, 10, 3)),
        ("3.10.2026", None, date(2026, 10, 3)),
        ("03/10/2026", "dmy", date(2026, 10, 3)),
        ("03/10/2026", "mdy", date(2026, 3, 10)),
        ("3/10/26 14:05", "mdy", date(2026, 3, 10)),
        ("03-10-2026", "dmy", date(2026, 10, 3)),
        ("3 Oct 2026", None, date(2026, 10, 3)),
        ("Oct 3, 2026", None, date(2026, 10, 3)),
        ("October 3rd, 2026", None, date(2026, 10, 3)),
        ("03-Oct-26", None, date(2026, 10, 3)),
        ("3. Okt. 2026", None, date(2026, 10, 3)),
        ("3 März 2026", None, date(2026, 3, 3)),
        ("3 févr. 2026", None, date(2026, 2, 3)),
        ("3 août 2026", None, date(2026, 8, 3)),
        ("3 de enero de 2026", None, date(2026, 1, 3)),
        ("29/02/2028", "dmy", date(2028, 2, 29)),
        ("29/02/2027", "dmy", None),
        ("31/13/2026", "dmy", None),
        ("3 jui 2026", None, None),
        ("0001-01-01", None, None),
        ("soon", None, None),
        ("", None, None),
    ],
)
def test_a_date_is_read_or_refused(cell: str, order: str | None, day: date | None) -> None:
    if day is None:
        with pytest.raises(UnreadableError):
            read_date(cell, order, UTC)
    else:
        assert read_date(cell, order, UTC) == day


def test_a_moment_is_of_the_day_it_is_in_the_companys_zone() -> None:
    assert read_date("2026-10-31T23:30:00Z", None, ZoneInfo("Europe/Berlin")) == date(2026, 11, 1)
    assert read_date("2026-11-01T00:30:00+00:00", None, ZoneInfo("America/New_York")) == date(2026, 10, 31)


@given(
    day=st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    fmt=st.sampled_from(["YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "%d %b %Y", "YYYYMMDD"]),
)
def test_dates_round_trip(day: date, fmt: str) -> None:
    code = date_format(fmt)
    cell = day.strftime(code)
    assert read_date(cell, None, UTC, code) == day
    order = {"DD/MM/YYYY": "dmy", "MM/DD/YYYY": "mdy"}.get(fmt)
    assert read_date(cell, order, UTC) == day
    assert order_of(cell) in {order, "?", None}


@pytest.mark.parametrize("fmt", ["nonsense", "%d", "MM/YYYY", "%Q", "%"])
def test_a_date_format_names_day_month_and_year(fmt: str) -> None:
    with pytest.raises(UnreadableError):
        date_format(fmt)


@given(cell=st.text(max_size=30))
def test_any_text_is_a_date_or_refused(cell: str) -> None:
    order_of(cell)
    for order in (None, "dmy", "mdy"):
        try:
            day = read_date(cell, order, UTC)
        except UnreadableError:
            continue
        assert 1970 <= day.year < 2200


# Files


ENGLISH = """Date,Description,Amount,Balance
10/31/2026,AWS EMEA,-120.50,1000.00
10/30/2026,"Stripe
payout",500.00,1120.50
"""
GERMAN = """"Konto";"DE12 3456"
"Zeitraum";"Oktober 2026"

"Buchungstag";"Valuta";"Beguenstigter/Zahlungspflichtiger";"Verwendungszweck";"Betrag (EUR)";"Saldo (EUR)"
"30.10.2026";"30.10.2026";"Kunde AG";"Rechnung 7";"1.120,50";"2.120,50"
"31.10.2026";"31.10.2026";"Hetzner Online GmbH";"R 5";"-120,50";"2.000,00"
"""
FRENCH = """Date opération\tLibellé\tDébit\tCrédit
31/10/2026\tPRLV SEPA OVH SAS\t-1 234,56\t
30/10/2026\tVIR CLIENT\t\t1\u202f000,00
"""
SPANISH = """Fecha;Concepto;Importe;Saldo;Divisa
31/10/2026;COMPRA TARJETA MERCADONA;-12,50;87,50;EUR
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENGLISH, [("2026-10-31", "-$120.50"), ("2026-10-30", "$500.00")]),
        (GERMAN, [("2026-10-30", "€1,120.50"), ("2026-10-31", "-€120.50")]),
        (FRENCH, [("2026-10-31", "-$1,234.56"), ("2026-10-30", "$1,000.00")]),
        (SPANISH, [("2026-10-31", "-€12.50")]),
    ],
)
def test_exports_are_understood_from_their_header(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(row.day.isoformat(), str(row.amount)) for row in rows(text)] == expected


def test_the_layout_says_how_a_file_is_written() -> None:
    layout = survey(lines(GERMAN), Options())
    assert (layout.header_line, layout.delimiter, layout.decimal, layout.currency) == (4, ";", ",", "EUR")
    assert (layout.records, layout.date_order) == (2, None)
    assert layout.named() == {
        "date": "Buchungstag",
        "amount": "Betrag (EUR)",
        "description": "Verwendungszweck",
        "payee": "Beguenstigter/Zahlungspflichtiger",
        "balance": "Saldo (EUR)",
    }


def test_the_payee_is_the_vendor_and_the_lines_are_those_of_the_file() -> None:
    assert [row.vendor for row in rows(GERMAN)] == ["Kunde AG", "Hetzner"]
    assert [row.line for row in rows(ENGLISH)] == [2, 3]


@pytest.mark.parametrize("name", ["Wann", "1"])
def test_a_person_names_columns_by_name_or_number(name: str) -> None:
    text = "Wann;Date;Was;Amount;Wieviel\n2026-10-31;x;AWS;y;-5.00\n"
    columns = {"date": name, "amount": "Wieviel", "description": "was"}
    [row] = rows(text, Options(columns=columns))
    assert (row.day, row.amount, row.vendor) == (date(2026, 10, 31), Money(-500, "USD"), "AWS")
    with pytest.raises(InvalidInputError, match="No line has the columns"):
        parse(text, Options(columns=columns | {"amount": "Nirgends"}))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Date,Amount\n01/02/2026,1.50\n03/04/2026,2.50\n", "--date-format"),
        ("Date,Amount\n13/02/2026,1.50\n03/14/2026,2.50\n", "--date-format"),
        ("Date;Amount\n2026-01-02;-1,234\n", "--decimal"),
        ("Date,Amount\n2026-01-02,-1.234\n", "--decimal"),
        ("Date,Amount\n2026-01-02,1.50\n2026-01-03,2.50\n", "--sign"),
        ("Date,Amount,Fee\n2026-01-02,-1.50,0.20\n", "--fee"),
        (
            "Date,Amount,Balance\n2026-01-02,-1.50,8.50\n2026-01-03,-1.50,7.00\n2026-01-04,-1.50,5.00\n",
            "--no-balance-check",
        ),
        ('Date,Amount\n2026-01-02,"1,50"\n2026-01-02,1.50\n', "--decimal"),
        ("Wann,Wieviel\n2026-01-02,1.50\n", "--date COL"),
    ],
)
def test_an_open_question_of_a_file_is_asked_with_its_option(text: str, hint: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse(text)
    assert hint in (refused.value.hint or "")


def test_one_clear_date_or_amount_decides_for_the_whole_file() -> None:
    text = 'Date,Amount\n01/02/2026,"-1,234"\n14/02/2026,"-5,678.90"\n'
    assert [(row.day, row.amount.minor) for row in rows(text)] == [
        (date(2026, 2, 1), -123400),
        (date(2026, 2, 14), -567890),
    ]
    us = rows("Date,Amount\n01/02/2026,-1.00\n02/14/2026,2.00\n")
    assert us[0].day == date(2026, 1, 2)
    chosen = rows("Date,Amount\n01/02/2026,-1.00\n", Options(date_format="MM/DD/YYYY"))
    assert chosen[0].day == date(2026, 1, 2)
    german = rows('Date,Amount\n2026-01-02,"-1.234"\n', Options(decimal=","))
    assert german[0].amount == Money(-123400, "USD")


def test_an_empty_file_and_one_without_lines() -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        parse("")
    assert parse("Date,Amount\n") == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("soon,AWS,-5.00", "'soon' is not a date"),
        (",AWS,-5.00", "there is no date"),
        ("2026-10-31,AWS,five", "'five' is not an amount"),
        ("2026-10-31,AWS, Inc,-5.00", "it has 4 fields, but the header has 3"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_kept(line: str, why: str) -> None:
    text = f"Date,Description,Amount\n2026-10-30,Before,-1.00\n{line}\n2026-11-01,After,-2.00\n"
    first, bad, last = parse(text)
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert isinstance(bad, Problem)
    assert bad.line == 3
    assert why in bad.reason


def test_a_quotation_mark_left_open_loses_no_line_silently() -> None:
    filler = "".join(f"2026-10-{day:02},Vendor {day},-1.00\n" for day in range(1, 29))
    text = f'Date,Description,Amount\n2026-10-30,"Open,-1.00\n{filler}'
    [bad] = parse(text)
    assert isinstance(bad, Problem)
    assert bad.line == 2
    assert "to line 30" in bad.reason
    huge = text + "2026-11-01,Vendor,-1.00\n" * 10_000
    parsed = parse(huge)
    assert isinstance(parsed[0], Problem)
    assert "quotation mark" in parsed[0].reason
    assert len([line for line in parsed if isinstance(line, Row)]) > 1000


@pytest.mark.parametrize(
    "line", ["2026-10-31,AWS,", "2026-10-31", "Printed on 31 October,,", ",Urs Brunner 4210.05,"]
)
def test_a_line_without_an_amount_is_no_movement(line: str) -> None:
    text = f"Date,Description,Amount\n2026-10-30,Before,-1.00\n{line}\n2026-11-01,After,-2.00\n"
    assert parse(text)[1] == LeftOut(3, "no amount")


def test_a_line_of_words_alone_continues_the_one_above() -> None:
    text = "Date,Description,Amount\n2026-10-30,GIRO - SALARY,-1.00\n,NUR AISYAH BTE RAHMAN,\n,SALARY NOV,\n2026-11-01,After,-2.00\n"
    first, *details, last = parse(text)
    assert details == [LeftOut(3, "continues the line above"), LeftOut(4, "continues the line above")]
    assert isinstance(first, Row)
    assert first.description == "GIRO - SALARY"
    assert isinstance(last, Row)
    assert last.vendor == "After"


@pytest.mark.parametrize(
    ("above", "closing"),
    [
        ("Solde au 28/11/2026 7 456,14 €", "7456.14"),
        ("Saldo iniziale: 9.282,29 Saldo finale: 9.278,29", "9278.29"),
        ("Laatste saldo;8.168,96 EUR", "8168.96"),
        ("Solde (EUROS)   ;3724,44", "3724.44"),
    ],
)
def test_a_balance_among_words_above_the_table_is_told(above: str, closing: str) -> None:
    text = f"{above}\nDate;Libellé;Montant (EUR)\n02/11/2026;AWS;-1,50\n13/11/2026;GitHub;-2,50\n"
    balances = read_file(
        text.encode(), Options(), account="main", books="EUR", zone=ZoneInfo("UTC"), today=date(2026, 11, 28)
    ).closing
    assert [str(balance.amount.major) for balance in balances] == [closing]


def test_a_whole_chain_of_balances_outweighs_the_name_of_a_column() -> None:
    text = "Date,Text,Credit Amount,Balance\n" + "".join(
        f"2026-11-0{day},Rent,-{day}.00,{100 - sum(range(1, day + 1))}.00\n" for day in (1, 2, 3, 4)
    )
    assert [row.amount.minor for row in parse(text) if isinstance(row, Row)] == [-100, -200, -300, -400]


def test_a_party_with_both_signs_is_asked_about() -> None:
    text = "Date,Merchant,Amount\n2026-11-01,Loom,89.00\n2026-11-02,Motel,48.00\n2026-11-03,Loom,-35.00\n"
    with pytest.raises(DoubtError, match="with a minus and without"):
        parse(text)


def test_what_is_left_after_a_fee_is_found_by_its_sums() -> None:
    text = "Date,Text,Amount,Fee,Kept\n2026-11-01,A,100.00,-2.50,97.50\n2026-11-02,B,50.00,-1.50,48.50\n2026-11-03,C,-9.00,0.00,-9.00\n"
    assert [row.amount.minor for row in parse(text) if isinstance(row, Row)] == [9750, 4850, -900]


@pytest.mark.parametrize(("cell", "minor"), [("1.0e5", 10_000_000), ("-2.5e3", -250_000)])
def test_a_programs_exponent_is_an_amount(cell: str, minor: int) -> None:
    assert read_amount(cell, "USD", ".").minor == minor


def test_an_exponent_loses_no_decimal() -> None:
    assert read_amount("1.2345e1", "KWD", ".").minor == 12_345
    assert read_amount("1.2e4", "JPY", ".").minor == 12_000
    with pytest.raises(UnreadableError, match="more decimals than USD"):
        read_amount("1.23456e2", "USD", ".")


@pytest.mark.parametrize("cell", ["1.2E+05", "1E5", "1.234567e3x", "1.0e99", "12e3"])
def test_a_spreadsheets_exponent_is_none(cell: str) -> None:
    with pytest.raises(UnreadableError):
        read_amount(cell, "USD", ".")


def test_japanese_and_central_european_files_are_read() -> None:
    japanese = '"日付","お引出金額","お預入金額","お取引内容","残高"\n"2026.11.02","440","","振込手数料　カタカナ","1,000"\n'
    assert detect_encoding([japanese.encode("cp932")]) == "cp932"
    assert detect_encoding(["Właściciel;Opłata;Każdy".encode("cp1250")]) == "cp1250"
    assert detect_encoding(["~20Płatność kartą~32SPÓŁKA JAWNA".encode("cp852")]) == "cp852"
    assert detect_encoding(["CAFÉ—BERLIN, ACME—PARIS".encode("cp1252")]) == "cp1252"
    assert detect_encoding(["BIAŁA PODLASKA".encode("cp852")]) == "cp852"
    assert detect_encoding(["Grüße aus Köln, «Café» à Genève ¥ † ©".encode("cp1252")]) == "cp1252"
    assert detect_encoding(["Müller & Söhne; Œuvre; 5 m³; ¿Qué?; £12".encode("cp1252")]) == "cp1252"
    assert headers.candidates(["日付", "お引出金額", "残高"]).keys() == {"date", "debit", "balance"}


def test_pending_lines_are_left_out() -> None:
    text = "Date,Description,Amount,State\n2026-10-30,A,-1.00,COMPLETED\n2026-10-30,B,-1.00,PENDING\n"
    done, waiting = parse(text)
    assert isinstance(done, Row)
    assert waiting == LeftOut(3, "pending")


def test_debit_and_credit_columns() -> None:
    text = "Date,Paid out,Paid in\n2026-10-30,5.00,\n2026-10-30,-5.00,0.00\n2026-10-30,,7.00\n2026-10-30,0.00,7.00\n"
    assert [row.amount.minor for row in rows(text)] == [
        -500,
        500,
        700,
        700,
    ]  # a debit below zero is money back
    minus = "Date,Debit,Credit\n2026-10-30,-5.00,\n2026-10-30,-4.00,\n2026-10-30,3.00,\n"
    assert [row.amount.minor for row in rows(minus)] == [-500, -400, 300]
    [both] = parse("Date,Debit,Credit\n2026-10-30,5.00,7.00\n")
    assert isinstance(both, Problem)


def test_a_column_that_says_debit_or_credit_gives_the_sign() -> None:
    text = "Buchungstag;Umsatz;Soll/Haben\n30.10.2026;5,00;S\n30.10.2026;5,00;H\n30.10.2026;5,00;?\n30.10.2026;-5,00;H\n"
    out, came_in, unclear, contrary = parse(text)
    assert isinstance(out, Row)
    assert isinstance(came_in, Row)
    assert (out.amount.minor, came_in.amount.minor) == (-500, 500)
    assert isinstance(unclear, Problem)
    assert isinstance(contrary, Problem)


def test_an_amount_with_a_code_is_in_that_currency() -> None:
    text = "Date,Description,Amount\n2026-10-30,A,-1.00\n2026-10-31,B,-5.00 EUR\n"
    assert [str(row.amount) for row in rows(text)] == ["-$1.00", "-€5.00"]


def test_each_row_has_its_own_currency_where_there_is_a_column() -> None:
    text = "Date,Amount,Currency\n2026-10-30,-1.00,eur\n2026-10-30,1.00,\n2026-10-30,1.00,bitcoin\n2026-10-30,1.00,EUR\n"
    eur, default, bad, _ = parse(text)
    assert isinstance(eur, Row)
    assert isinstance(default, Row)
    assert (eur.amount, default.amount) == (Money(-100, "EUR"), Money(100, "USD"))
    assert isinstance(bad, Problem)


# Identity


def test_rows_that_are_alike_are_counted_and_keep_their_ids_in_a_longer_file() -> None:
    coffee = "2026-10-30,Coffee,-3.00\n"
    short = rows("Date,Description,Amount\n" + coffee * 2)
    longer = rows("Date,Description,Amount\n2026-10-29,Tea,-3.00\n" + coffee * 3 + "2026-10-31,Tea,-3.00\n")
    ids = [row.external_id for row in longer]
    assert len(set(ids)) == 5
    assert [row.external_id for row in short] == ids[1:3]


def test_an_id_depends_on_what_the_row_says_and_on_the_account() -> None:
    head = "Date,Description,Amount\n"
    (one,) = rows(f"{head}2026-10-30,Coffee  Bar,-3.00\n")
    (same,) = rows('Booking date;Details;Amount\n30.10.2026;"COFFEE BAR";-3.00\n')
    assert one.external_id == same.external_id
    others: list[list[Row] | list[Row | Problem | LeftOut]] = [
        rows(f"{head}2026-10-31,Coffee Bar,-3.00\n"),
        rows(f"{head}2026-10-30,Coffee Bar,-3.01\n"),
        rows(f"{head}2026-10-30,Tea Bar,-3.00\n"),
        rows(f"{head}2026-10-30,Coffee Bar,-3.00\n", Options(currency="EUR")),
        parse(f"{head}2026-10-30,Coffee Bar,-3.00\n", account="other"),
    ]
    assert one.external_id not in {row.external_id for [row] in others if isinstance(row, Row)}


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


@given(
    days=st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), cells, st.integers(-(10**9), 10**9)),
        max_size=20,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    german=st.booleans(),
)
def test_files_round_trip(days: list[tuple[date, str, int]], delimiter: str, german: bool) -> None:
    written_to = io.StringIO(newline="")
    writer = csv.writer(written_to, delimiter=delimiter)
    writer.writerow(["Date", "Description", "Amount"])
    for day, text, minor in days:
        mark, group = (",", ".") if german else (".", ",")
        writer.writerow(
            [
                f"{day:%d.%m.%Y}" if german else day.isoformat(),
                text,
                written(Money(minor, "USD"), mark, group, lambda t: f"-{t}"),
            ]
        )
    read_back = rows(written_to.getvalue(), Options(decimal="," if german else ".", sign="minus"))
    assert [(row.day, row.amount.minor) for row in read_back] == [(day, minor) for day, _, minor in days]
    assert len({row.external_id for row in read_back}) == len(days)


# Balances


def closing(text: str) -> list[tuple[Money, date, int]]:
    end = Closing()
    for row in rows(text):
        end.add(row)
    return end.balances()


HEAD = "Date,Description,Amount,Balance\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "2026-10-30,A,-1.00,9.00\n2026-10-31,B,-2.00,7.00\n2026-10-31,C,-3.00,4.00\n",
        HEAD + "2026-10-31,C,-3.00,4.00\n2026-10-31,B,-2.00,7.00\n2026-10-30,A,-1.00,9.00\n",
    ],
)
def test_the_closing_balance_is_after_the_latest_row_however_it_is_sorted(text: str) -> None:
    assert closing(text) == [(Money(400, "USD"), date(2026, 10, 31), 2)]


def test_the_order_of_a_single_day_shows_in_its_sums() -> None:
    up = "2026-10-31,A,-1.00,9.00\n2026-10-31,B,-2.00,7.00\n2026-10-31,C,-3.00,4.00\n"
    assert closing(HEAD + up) == [(Money(400, "USD"), date(2026, 10, 31), 3)]
    down = "".join(reversed(up.splitlines(keepends=True)))
    assert closing(HEAD + down) == [(Money(400, "USD"), date(2026, 10, 31), 3)]


def test_a_balance_for_each_currency_and_none_without_a_column() -> None:
    text = "Date,Amount,Balance,Currency\n2026-10-31,-1.00,5.00,USD\n2026-10-30,1.00,6.00,EUR\n"
    assert [(str(balance), day.day) for balance, day, _ in closing(text)] == [("€6.00", 30), ("$5.00", 31)]
    assert closing("Date,Amount\n2026-10-31,-1.00\n") == []


# Vendors and transfers


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GITHUB, INC.", "GitHub"),
        ("POS PURCHASE STARBUCKS STORE 01234 SEATTLE WA", "Starbucks"),
        ("AMAZON WEB SERVICES AWS.AMAZON.CO WA", "Amazon Web Services"),
        ("SQ *BLUE BOTTLE COFFEE", "BLUE BOTTLE COFFEE"),
        ("PAYPAL *SPOTIFY", "Spotify"),
        ("DIGITALOCEAN.COM XXXX1234", "DigitalOcean"),
        ("CB NETFLIX.COM 12/10/2026", "Netflix"),
        ("PRLV SEPA OVH SAS REF:ABC123", "OVH SAS"),
        ("Kartenzahlung REWE 2026-10-12T09:15", "REWE"),
        ("COMPRA TARJETA 1234 MERCADONA", "Mercadona"),
        ("Hetzner Online GmbH 0912345678", "Hetzner"),
        ("7-ELEVEN 33021", "7-Eleven"),
        ("37signals", "37signals"),
        ("1Password", "1Password"),
        ("3M", "3M"),
        ("123456789", None),  # an account, perhaps
        ("", None),
        ("   ", None),
    ],
)
def test_a_vendor_keeps_its_name_and_loses_the_banks_words(text: str, name: str | None) -> None:
    assert vendors.of("", text) == name


REFERENCES = [
    "R0031755213", "K8812004", "RE-2026-0451", "RG2026-451", "INV-00077", "INV00077", "Invoice 12", "Invoice no. 2026-7",
    "Rechnung 4711", "Rechnung Nr. 4711", "Rechnung vom 03.11.2026", "Rechnung November 2026", "Facture n° 2026-118",
    "Facture du 03/11/2026", "Factura 2026/118", "Fattura n. 118/2026", "Fatura 2026/33", "Factuurnr 2026118",
    "2026/10/0451", "2026-RE-118", "AR-2026-0032", "Kd-Nr 4410", "Kd.-Nr.: 4410", "Kundennummer: K-4410", "N° client 4410",
    "Nº cliente 4410", "Klantnummer 4410", "Customer No. 4410", "Vertragskonto 700441", "Account 44107", "Order 112-334455-77",
    "*9Z8Y7X", " *9Z8Y7X", "* 9Z8Y7X", "9Z8Y7X21", "x4410", "XXXX4410", "03.11.2026", "03.11.", "11/2026", "2026-11", "3 Nov 2026",
    "03NOV26", "Nov 3", "Q4 2026", "KW 45", "20261103", "Mandat HZ-4410-AB", "Mandatsref. M-0044107", "MREF+HZ4410",
    "Gläubiger-ID DE98ZZZ09999999999", "EREF+2026AB", "REF: AB12", "#4410", "(R0031755213)", "[INV-00077]", "sub_1NaB2c",
    "INV-2026-00077 / Kd-Nr 4410",
]  # fmt: skip
NAMES = [
    "3M", "1Password", "Studio 54", "7-Eleven", "Office 365", "Microsoft 365", "Hetzner", "Hetzner Cloud", "1&1 Telecom GmbH", "O2",
    "Route 66 Diner", "Motel 6", "Century 21", "Level 3", "Form3", "Check24", "Auth0", "S3 Storage", "M365 Ltd", "24/7 Fitness",
    "4711 Parfum", "Sparkasse 1822", "1822direkt", "Customer 360 Ltd", "RE/MAX", "Order Desk", "March Capital", "Oct 8",
    "Chanel No 5", "Dr. No", "H2O Wireless", "99designs", "N26", "Unit 4", "Zone 2020", "20th Century Studios", "Account Smart",
]  # fmt: skip


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("name", ["Nordlicht Hosting GmbH", "Studio 54", "1Password"])
def test_a_reference_behind_a_vendor_makes_no_new_vendor(name: str, reference: str) -> None:
    blank = "" if reference.startswith("*") else " "
    assert vendor(f"{name}{blank}{reference}") == name
    assert vendor(f"{name}{blank}{reference}".upper()) == name.upper()


@pytest.mark.parametrize(
    "reference", ["RE-2026-0451", "INV-00077", "R0031755213", "2026/10/0451", "Kd-Nr 4410"]
)
def test_a_reference_before_a_vendor_makes_no_new_vendor(reference: str) -> None:
    assert vendor(f"{reference} Nordlicht Hosting GmbH") == "Nordlicht Hosting GmbH"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_keeps_its_digits(name: str) -> None:
    assert vendor(name) == name
    assert vendor(f"{name} R0031755213") == name


@given(text=st.text(max_size=120))
def test_a_vendor_is_short_clean_and_stays_what_it_is(text: str) -> None:
    name = vendor(text)
    if name is not None:
        assert 0 < len(name) <= 100
        assert "\n" not in name


@pytest.mark.parametrize(
    ("text", "label", "own", "perhaps"),
    [
        ("STRIPE PAYOUT ST-123", None, False, "payout"),
        ("Stripe Payments Europe", None, False, "payout"),
        ("ストライプジャパン", None, False, "payout"),
        ("STRIPE FEES", None, False, None),
        ("Stripes Cafe", None, False, None),
        ("To savings", "Transfer", True, "transfer"),
        ("Hetzner", "Bank transfer", False, "transfer"),
        ("Transfer to Mercury Savings", None, True, None),
        ("ONLINE TRANSFER TO NKEM INC MARKET RATE SAVINGS XXXXXX2210", None, True, None),
        ("Übertrag auf Tagesgeldkonto", None, True, None),
        ("To savings", "internal transfer", True, None),
        ("To savings", "ACCT_XFER", True, None),
        ("Sparen", "Umbuchung", True, None),
        ("Virement", "Virement interne", True, None),
        ("Fournisseur", "Virement", False, None),
        ("Lieferant", "Überweisung", False, None),
        ("Wire", "Wire transfer fee", False, None),
        ("Savings Bank Charges", None, False, None),
    ],
)
def test_transfers_between_own_accounts(text: str, label: str | None, own: bool, perhaps: str | None) -> None:
    """A label of the bank proves a transfer, and so does a text that names savings; other labels tell where to look."""
    assert (is_own(label) or says_own(text), half(text, label)) == (own, perhaps)


# Encodings


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"plain", "utf-8"),
        ("Müller €".encode(), "utf-8"),
        ("Müller €".encode("utf-8-sig"), "utf-8-sig"),
        ("Müller €".encode("utf-16"), "utf-16"),
        ("Müller €".encode("cp1252"), "cp1252"),
        (b"M\xfcller \x81", "latin-1"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_shows_in_the_bytes(data: bytes, encoding: str) -> None:
    assert detect_encoding([data]) == encoding
    if encoding in {"utf-8", "cp1252"}:
        assert detect_encoding([data[at : at + 1] for at in range(len(data))]) == encoding


# The source


def test_nothing_of_a_bank_comes_over_http() -> None:
    settings = load_settings({}, {})
    source = get_source("bank")
    now = datetime.fromisoformat(NOW)
    with pytest.raises(NotFoundError):
        source.verify(settings, {}, b"{}", now)
    with pytest.raises(InvalidDeliveryError):
        source.normalise(settings, {}, now)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "rows",
                    "balances",
                    "id",
                    "at",
                    "amount_minor",
                    "currency",
                    "as_of",
                    "account",
                    "kind",
                    "vendor",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(
    payload=st.dictionaries(
        st.sampled_from(["rows", "balances", "currency", "account", "vendor"]), json_values
    )
)
def test_reading_never_raises(payload: dict[str, object]) -> None:
    now = datetime.fromisoformat(NOW)
    for type_ in (bank.TRANSACTIONS, bank.BALANCE, "bank.else"):
        bank.read(event(type_, now, payload, "bank"))


@pytest.mark.parametrize(
    "name",
    [
        "Next Gen 3 Robotics",
        "Work Out 24 GmbH",
        "Jet Set 21",
        "Order 6666 Ltd",
        "Client 1000 Inc",
        "Konto 3000 GmbH",
    ],
)
def test_a_name_that_looks_like_a_reference_stays_whole(name: str) -> None:
    assert vendor(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ben: Giulia Ferrero Cau: Stipendio novembre 2026", "Giulia Ferrero"),
        (
            "Ord: STRIPE PAYMENTS EUROPE LTD Ben: Lambda Studio S.r.l. Info-Cli: STRIPE J6K1",
            "STRIPE PAYMENTS EUROPE LTD",
        ),
        ("GIRO BANK EMPFÄNGER: NADINE WÜTHRICH MITTEILUNGEN: LOHN", "NADINE WÜTHRICH"),
        ("Nazwa i adres odbiorcy: URZĄD SKARBOWY Tytuł: VAT 10/2026", "URZĄD SKARBOWY"),
        ("Tytuł: OPŁATA ZA PROWADZENIE RACHUNKU", ""),
        ("Rent: studio in the yard", "Rent: studio in the yard"),
        ("NOTE: A CAFE", ""),
    ],
)
def test_the_party_stands_behind_its_label(text: str, name: str) -> None:
    assert vendors.named(party_tagger.run(text, party_tagger.TEXT).words) == vendors.named(name)


def test_a_dash_in_a_column_of_money_is_nothing() -> None:
    text = "Fecha|Texto|Depósitos|Retiros|Saldo\n2026-11-03|A|-|$10.00|$90.00\n2026-11-04|B|$5.00|-|$95.00\n2026-11-05|C|-|$1.00|$94.00\n2026-11-06|D|-|$1.00|$93.00\n"
    assert [row.amount.minor for row in parse(text) if isinstance(row, Row)] == [-1000, 500, -100, -100]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_single_day_whose_balances_turn_the_signs_is_asked_about(sign: str) -> None:
    """A card's charges with balances after them, or payments with balances before them: nothing tells which."""
    back = 0 if sign else 1
    text = "Date,Text,Amount,Balance\n" + "".join(
        f"2026-11-05,Rent,{sign}{n}.00,{100 - sum(range(n + back))}.00\n" for n in (1, 2, 3, 4)
    )
    with pytest.raises(DoubtError, match="signs turned"):
        parse(text)


@pytest.mark.parametrize("days", [(1, 2, 3, 4), (1, 3, 2, 4), (2, 3, 1, 2), (1, 1, 1, 2)])
@pytest.mark.parametrize("newest_first", [False, True])
def test_balances_before_each_movement_turn_no_sign(days: tuple[int, ...], *, newest_first: bool) -> None:
    """Read from the last line to the first, such balances fit the movements with their signs turned; the dates forbid it."""
    lines = [f"2026-11-0{day},Rent,-{n}.00,{100 - sum(range(n))}.00\n" for n, day in enumerate(days, 1)]
    text = "Date,Text,Amount,Balance\n" + "".join(reversed(lines) if newest_first else lines)
    minors = [row.amount.minor for row in parse(text) if isinstance(row, Row)]
    assert sorted(minors) == [-400, -300, -200, -100]
