"""Banks that nobody has described: what their balances, codes and words prove, in any language, and what a cut file must not hide."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts.layout import Options
from execops.sources.bank.reading import Statement, read_file
from execops.sources.bank.statement import Problem
from tests.unit.test_bank_books import amounts, left_out
from tests.unit.test_bank_copied_tables import balances
from tests.unit.test_bank_files import read

MOVED = [
    ("2026-10-01", -145000, "Rent", 855000),
    ("2026-10-02", 331075, "Stripe", 1186075),
    ("2026-10-13", -8990, "Zoom", 1177085),
    ("2026-10-15", -6413, "Staples", 1170672),
    ("2026-10-30", 540000, "Acme", 1710672),
]
AMOUNTS = [minor for _, minor, _, _ in MOVED]
CLOSING = [1710672]


def major(minor: int) -> str:
    return f"{minor / 100:.2f}"


def table(header: str, line: str, *, separator: str = ",") -> str:
    """A table of these movements; `line` has the names of its cells."""
    lines = [
        line.format(
            day=day,
            dmy="/".join(reversed(day.split("-"))),
            text=text,
            amount=major(minor),
            bare=major(abs(minor)),
            debit=major(-minor) if minor < 0 else "",
            credit=major(minor) if minor > 0 else "",
            balance=major(balance),
        ).replace("|", separator)
        for day, minor, text, balance in MOVED
    ]
    return "\n".join([header.replace("|", separator), *lines, ""])


def by_side(header: str, line: str, out: str, into: str) -> str:
    """A table with a word for the way of each movement in place of `WAY`."""
    head, *lines = table(header, line).splitlines()
    ways = [out if minor < 0 else into for _, minor, _, _ in MOVED]
    return "\n".join([head, *(text.replace("WAY", way) for text, way in zip(lines, ways, strict=True)), ""])


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Xan|Yel|Zor|Wim|Qat", "{dmy}|{text}|{debit}|{credit}|{balance}"),
        ("Xan|Yel|Wim|Zor|Qat", "{dmy}|{text}|{credit}|{debit}|{balance}"),
        ("Xan|Zor|Qat|Yel", "{dmy}|{amount}|{balance}|{text}"),
        ("Xan|Qat|Zor|Yel", "{dmy}|{balance}|{amount}|{text}"),
        ("التاريخ|الوصف|مدين|دائن|الرصيد", "{dmy}|{text}|{debit}|{credit}|{balance}"),
        ("วันที่|รายการ|ถอนเงิน|ฝากเงิน|ยอดคงเหลือ", "{dmy}|{text}|{debit}|{credit}|{balance}"),
        ("Dagsetning|Texti|Upphæð|Staða", "{dmy}|{text}|{amount}|{balance}"),
    ],
)
def test_balances_prove_columns_whatever_their_names(header: str, line: str) -> None:
    for text in (table(header, line), reversed_table(table(header, line))):
        assert sorted(amounts(text)) == sorted(AMOUNTS)
        assert balances(text) == CLOSING


def reversed_table(text: str) -> str:
    head, *lines = text.splitlines()
    return "\n".join([head, *reversed(lines), ""])


def test_balances_that_do_not_follow_prove_no_column() -> None:
    text = table("Xan|Yel|Zor|Wim|Qat", "{dmy}|{text}|{debit}|{credit}|{balance}")
    with pytest.raises(InvalidInputError, match="No line names"):
        read(text.replace("11770.85", "11770.86").encode())


def test_a_balance_under_an_unknown_name_is_told() -> None:
    assert balances(table("Date|Text|Amount|Qat", "{day}|{text}|{amount}|{balance}")) == CLOSING


@pytest.mark.parametrize(
    ("header", "out", "into"),
    [
        ("Tarih|Açıklama|Tutar|Borç/Alacak", "B", "A"),
        ("Ημερομηνία|Αιτιολογία|Ποσό|Πρόσημο ποσού", "Χ", "Π"),
        ("Date|Text|Amount|Debit/Credit", "Deb", "Cred"),
        ("Fecha|Descripción|Importe|Cargo/Abono", "-", "+"),
    ],
)
def test_a_column_that_spells_out_both_sides_tells_the_way(header: str, out: str, into: str) -> None:
    assert amounts(by_side(header, "{dmy}|{text}|{bare}|WAY", out, into)) == AMOUNTS


WAYS = by_side("Date|Text|Amount|Zzz", "{day}|{text}|{bare}|WAY", "Ara", "Ieksa")


def test_two_words_of_an_unknown_language_are_proven_by_the_balances_above() -> None:
    assert amounts(f"Opening balance,10000.00\nClosing balance,17106.72\n\n{WAYS}") == AMOUNTS
    with pytest.raises(DoubtError, match="No amount has a minus"):
        read(WAYS.encode())


@pytest.mark.parametrize("code", ["010", "015", "040", "045", "072", "100", "400"])
def test_a_line_with_the_code_of_a_balance_or_a_sum_is_no_movement(code: str) -> None:
    head, *lines = table("Date|Text|BAI Code|Amount", "{day}|{text}|455|{amount}").splitlines()
    text = "\n".join([head, f"2026-10-01,Unknown words,{code},999.99", *lines, ""])
    assert amounts(text) == AMOUNTS
    assert [line for line, _ in left_out(text)] == [2]


@pytest.mark.parametrize(
    "words",
    [
        "Opening Ledger",
        "CLOSING AVAILABLE",
        "Closing Ledger Balance",
        "Avg Closing Ledger MTD",
        "One Day Float",
    ],
)
def test_the_names_of_balances_in_treasury_reports_are_no_movements(words: str) -> None:
    head, *lines = table("Date|Description|Debit|Credit", "{day}|{text}|{debit}|{credit}").splitlines()
    text = "\n".join([head, f"2026-10-01,{words},,9999.99", *lines, ""])
    assert amounts(text) == AMOUNTS


def test_a_draft_is_a_cheque_and_pending_in_a_column_of_status_alone() -> None:
    head, *lines = table("Date|Type|Description|Amount", "{day}|Draft|{text}|{amount}").splitlines()
    assert amounts("\n".join([head, *lines, ""])) == AMOUNTS
    for name in ("Status", "Approval status"):
        assert amounts("\n".join([head.replace("Type", name), *lines, ""])) == []


UNPOSTED = "{head}\n{first}\n" + table("", "{day}|{day}|{text}|{amount}|{balance}").strip()


@pytest.mark.parametrize(
    "head", ["Posting Date|Transaction Date", "Bokföringsdatum|Köpdatum", "Cleared Date|Day"]
)
def test_a_movement_without_a_day_of_posting_is_pending(head: str) -> None:
    text = UNPOSTED.format(
        head=f"{head}|Text|Amount|Balance".replace("|", ","), first=",2026-10-31,KIOSK,-50.00,"
    )
    assert amounts(text) == AMOUNTS
    assert left_out(text) == [(2, "pending")]


def test_an_old_movement_without_a_day_of_posting_is_reported() -> None:
    head = "Posting Date,Transaction Date,Text,Amount,Balance"
    statement = read(UNPOSTED.format(head=head, first=",2026-09-02,KIOSK,-50.00,").encode())
    assert [line.line for line in statement.lines if isinstance(line, Problem)] == [2]


@pytest.mark.parametrize(
    ("word", "of_books"),
    [
        ("offen", "zugeordnet"),
        ("Pending", "Matched"),
        ("Pendiente", "Conciliado"),
        ("En attente", "Rapproché"),
    ],
)
def test_the_status_of_a_bookkeeper_says_nothing_of_the_bank(word: str, of_books: str) -> None:
    head, *lines = table("Date|Text|Amount|Status", "{day}|{text}|{amount}|STATUS").splitlines()
    mixed = [line.replace("STATUS", word if at % 2 else of_books) for at, line in enumerate(lines)]
    assert amounts("\n".join([head, *mixed, ""])) == AMOUNTS
    refused = [*mixed[:-1], mixed[-1].replace(of_books, "Declined")]
    assert amounts("\n".join([head, *refused, ""])) == AMOUNTS[:-1]
    alone = [line.replace("STATUS", word if at % 2 else "Booked") for at, line in enumerate(lines)]
    assert amounts("\n".join([head, *alone, ""])) == AMOUNTS[::2]


@pytest.mark.parametrize("name", ["Valutacode", "ISO", "", "Zzz"])
def test_one_code_in_all_lines_is_the_currency(name: str) -> None:
    statement = read(table(f"Date|Text|Amount|{name}", "{day}|{text}|{amount}|NOK").encode())
    assert {row.amount.currency for row in statement.rows} == {"NOK"}


def test_of_two_codes_the_one_beside_the_amount_is_the_currency() -> None:
    statement = read(table("Date|Text|Amount|Aaa|Bbb|Zzz", "{day}|{text}|{amount}|EUR|{amount}|USD").encode())
    assert {row.amount.currency for row in statement.rows} == {"EUR"}


def test_a_name_that_is_a_code_too_is_no_currency() -> None:
    statement = read(table("Date|Text|Amount|Owner", "{day}|{text}|{amount}|BOB").encode())
    assert {row.amount.currency for row in statement.rows} == {"USD"}


def test_the_code_of_the_other_side_is_no_currency_of_the_account() -> None:
    statement = read(table("Date|Text|Amount|Original", "{day}|{text}|{amount}|NOK").encode())
    assert {row.amount.currency for row in statement.rows} == {"USD"}


def test_the_header_of_the_sides_tells_the_currency_and_not_a_purchase() -> None:
    head, *lines = table(
        "Date|Text|Whg|Detail|Debit CHF|Credit CHF", "{day}|{text}|||{debit}|{credit}"
    ).splitlines()
    lines[2] = lines[2].replace(",Zoom,,,", ",Zoom,USD,97.10,")
    statement = read("\n".join([head, *lines, ""]).encode())
    assert [row.amount.minor for row in statement.rows] == AMOUNTS
    assert {row.amount.currency for row in statement.rows} == {"CHF"}


def of_name(name: str, text: str) -> Statement:
    return read_file(
        text.encode(),
        Options(),
        account="main",
        books="USD",
        zone=ZoneInfo("UTC"),
        today=date(2026, 11, 28),
        name=name,
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("statement_20418871_EUR_2026-03", "EUR"),
        ("Wise GBP october", "GBP"),
        ("statement_eur", "USD"),  # small letters are words
        ("EUR and CHF", "USD"),
        ("TOP ALL", "USD"),
    ],
)
def test_the_name_of_a_file_tells_the_currency_that_nothing_else_tells(name: str, code: str) -> None:
    plain = table("Date|Text|Amount", "{day}|{text}|{amount}")
    statement = of_name(name, plain)
    assert {row.amount.currency for row in statement.rows} == {code}
    assert statement.layout is not None
    assert statement.layout.is_named_by_file is (code != "USD")
    currency = of_name(name, plain.replace("Amount", "Amount (SEK)"))
    assert {row.amount.currency for row in currency.rows} == {"SEK"}


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("R8.10.1", "R8.10.2", "R8.10.13"), "2026-10-01"),
        (("令和8年10月1日", "令和8年10月2日", "令和8年10月13日"), "2026-10-01"),
        (("2026년 10월 1일", "2026년 10월 2일", "2026년 10월 13일"), "2026-10-01"),
        (("01102026", "02102026", "13102026"), "2026-10-01"),
        (("10012026", "10022026", "10132026"), "2026-10-01"),
        (("20261001", "20261002", "20261013"), "2026-10-01"),
        (
            ("Oct 1, 2026 9:00:00 AM PDT", "Oct 2, 2026 9:00:00 AM PDT", "Oct 3, 2026 9:00:00 AM PDT"),
            "2026-10-01",
        ),
        (("Jeudi 1er octobre 2026", "Vendredi 2 octobre 2026", "Lundi 5 octobre 2026"), "2026-10-01"),
    ],
)
def test_days_of_more_banks_are_read(days: tuple[str, ...], first: str) -> None:
    lines = [f'"{day}",Text {at},-1{at}.00' for at, day in enumerate(days)]
    statement = read("\n".join(["Date,Description,Amount", *lines, ""]).encode())
    assert len(statement.rows) == 3
    assert statement.rows[0].day.isoformat() == first


def test_eight_digits_that_may_be_of_either_order_are_asked_about() -> None:
    lines = ["01022026,A,-1.00", "05012026,B,-1.00", "03042026,C,-1.00"]
    with pytest.raises(DoubtError, match="day/month or month/day"):
        read("\n".join(["Date,Description,Amount", *lines, ""]).encode())


@pytest.mark.parametrize(
    "header", ["Year|Month|Day|Text|Amount", "操作日(年)|操作日(月)|操作日(日)|摘要|金額"]
)
def test_a_day_in_three_columns_is_whole(header: str) -> None:
    lines = [",".join([*day.split("-"), text, major(minor)]) for day, minor, text, _ in MOVED]
    statement = read("\n".join([header.replace("|", ","), *lines, ""]).encode())
    assert [row.day.isoformat() for row in statement.rows] == [day for day, _, _, _ in MOVED]


QUOTED = "\n".join(
    ['"Date","Text","Amount"', *(f'"{day}","{text}","{major(minor)}"' for day, minor, text, _ in MOVED)]
)


def test_a_download_that_was_cut_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="the download was cut"):
        read(QUOTED[: QUOTED.rindex("Acme") + 2].encode())
    unquoted = "\n".join(
        ["Date,Text,Amount,Note", *(f"{day},{text},{major(minor)},x" for day, minor, text, _ in MOVED)]
    )
    with pytest.raises(InvalidInputError, match="line 6"):
        read(unquoted[: unquoted.rindex("0.00,x")].encode())
    assert amounts(QUOTED) == AMOUNTS  # no line break at the end proves nothing
    assert amounts(unquoted) == AMOUNTS


def test_amounts_that_their_own_comma_cut_are_joined_in_a_few_lines() -> None:
    lines = [
        "10/01/2026,Rent,,$950.00,",
        "10/02/2026,Stripe,$3,310.75,,",
        "10/13/2026,Zoom,,$89.90,",
        "10/14/2026,AWS,,$12.00,",
    ]
    assert amounts("\n".join(["Date,Description,Credits,Debits,Balance", *lines, ""])) == [
        -95000,
        331075,
        -8990,
        -1200,
    ]


ACCOUNTS = "Date,From account,To account,Amount\n2026-10-01,Main,Rent,5.00\n2026-10-02,Stripe,Main,7.00\n2026-10-03,Main,Savings,2.00\n"


def test_the_account_that_money_leaves_tells_the_sign() -> None:
    assert amounts(ACCOUNTS) == [-500, 700, -200]
    with pytest.raises(DoubtError, match="No amount has a minus"):
        read(ACCOUNTS.replace("2026-10-03,Main", "2026-10-03,Other").encode())


def test_a_balance_below_its_name_alone_is_told() -> None:
    lines = [
        line
        for day, minor, text, _ in MOVED
        for line in (f"{int(day[8:])} octobre 2026", text, f"{major(minor)} €".replace(".", ","))
    ]
    page = "\n".join(["Solde au 31/10/2026", "17 106,72 €", "", *lines, ""])
    assert (amounts(page), balances(page)) == (AMOUNTS, CLOSING)


@pytest.mark.parametrize("encoding", ["gb18030", "cp949", "big5", "cp1253", "cp874", "iso8859-2"])
def test_scripts_of_one_country_are_read_in_its_own_encoding(encoding: str) -> None:
    header = {
        "gb18030": "记账日期|对手信息|交易金额|余额",
        "cp949": "거래일자|적요|거래금액|거래후잔액",
        "big5": "日期|摘要|金額|餘額",
        "cp1253": "Ημερομηνία|Περιγραφή|Ποσό|Υπόλοιπο",
        "cp874": "วันที่|รายการ|จำนวนเงิน|ยอดคงเหลือ",
        "iso8859-2": "Data księgowania|Tytuł|Kwota|Saldo po operacji",
    }[encoding]
    statement = read(table(header, "{day}|{text}|{amount}|{balance}").encode(encoding))
    assert [row.amount.minor for row in statement.rows] == AMOUNTS
    assert [closing.amount.minor for closing in statement.closing] == CLOSING


def test_a_void_movement_of_nothing_is_left_out() -> None:
    text = "Date,Description,Amount\n2026-10-01,Rent,-5.00\n2026-10-02,Voided - duplicate,0.00\n2026-10-03,Zoom,-1.00\n"
    assert amounts(text) == [-500, -100]
    assert left_out(text) == [(3, "void")]


OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261001<TRNAMT>{first}<FITID>1<MEMO>PÃO SÃO BENTO</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261002<TRNAMT>{second}<FITID>2<MEMO>STRIPE</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}<DTASOF>20261002</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


@pytest.mark.parametrize(
    ("first", "second", "balance"),
    [
        ("-2.450,00", "9.871,12", "26.300,71"),
        ("-2,450.00", "9,871.12", "26,300.71"),
        ("-2450,00", "9871,12", "26300,71"),
    ],
)
def test_ofx_of_a_converter_is_read_with_its_decimal_mark_and_in_utf_8(
    first: str, second: str, balance: str
) -> None:
    statement = read(OFX.format(first=first, second=second, balance=balance).encode())
    assert [row.amount.minor for row in statement.rows] == [-245000, 987112]
    assert "SÃO" in statement.rows[0].description
    assert [closing.amount.minor for closing in statement.closing] == [2630071]


def test_days_that_a_spreadsheet_swapped_are_mended_in_a_known_format_too() -> None:
    lines = [
        "DEBIT,10/30/2026,FEE,-15.00,FEE,19252.06,,",
        "DEBIT,10/13/2026,AWS,-25.00,FEE,19267.06,,",
        "DEBIT,2026-12-10,X,-1.00,FEE,19292.06,,",
        "DEBIT,2026-07-10,Y,-1.00,FEE,19293.06,,",
    ]
    statement = read(
        "\n".join(
            ["Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #", *lines, ""]
        ).encode()
    )
    assert statement.layout is not None
    assert (statement.layout.format, statement.layout.swapped_days) == ("Chase, checking", 2)
    assert [row.day.isoformat() for row in statement.rows] == [
        "2026-10-30",
        "2026-10-13",
        "2026-10-12",
        "2026-10-07",
    ]
