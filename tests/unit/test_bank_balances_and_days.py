"""Kinds of statements: pending rows without a balance, days and balances of several columns, amounts in three columns."""

from __future__ import annotations

import re
from datetime import date

import pytest

from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.reading import Statement
from execops.sources.bank.statement import LeftOut, Problem
from tests.unit.test_bank_files import read


def statement(text: str) -> Statement:
    result = read(text.encode())
    assert [line for line in result.lines if isinstance(line, Problem)] == []
    return result


def amounts(text: str) -> list[int]:
    return [row.amount.minor for row in statement(text).rows]


def closing(text: str) -> list[tuple[int, str]]:
    return [(balance.amount.minor, balance.amount.currency) for balance in statement(text).closing]


PENDING_NEWEST_FIRST = """Transaction Date,Description,Amount,Running Balance
04/02/2026,FIGMA,-15.00,
04/01/2026,GITHUB,-21.00,
03/31/2026,STRIPE,100.00,890.00
03/30/2026,RENT,-200.00,790.00
03/27/2026,SLACK,-30.00,990.00
03/26/2026,ZOOM,-20.00,1020.00
"""
PENDING_OLDEST_FIRST = """Bogføringsdato;Tekst;Beløb;Saldo
02.03.2026;Husleje;-1.000,00;9.000,00
05.03.2026;Stripe;2.000,00;11.000,00
09.03.2026;Hetzner;-100,00;10.900,00
10.03.2026;Telia;-200,00;10.700,00
12.03.2026;Figma;-50,00;10.650,00
12.03.2026;GitHub;-20,00;
"""


@pytest.mark.parametrize(
    ("text", "left_out", "balance"),
    [(PENDING_NEWEST_FIRST, [2, 3], 89000), (PENDING_OLDEST_FIRST, [7], 1065000)],
)
def test_rows_at_the_newest_end_without_a_balance_are_pending(
    text: str, left_out: list[int], balance: int
) -> None:
    lines = statement(text).lines
    assert [line for line in lines if isinstance(line, LeftOut)] == [
        LeftOut(number, "pending") for number in left_out
    ]
    assert closing(text) == [(balance, "USD")]


@pytest.mark.parametrize(
    "text",
    [
        # The balance stands beside the last movement of a day: in the first line of the day, or in its last one.
        (
            "Date,Description,Amount,Balance\n31/03/2026,Hetzner,-10.00,890.00\n31/03/2026,Stripe,100.00,\n"
            "30/03/2026,Rent,-200.00,800.00\n30/03/2026,Figma,-50.00,\n27/03/2026,Slack,-30.00,1050.00\n"
            "26/03/2026,Zoom,-20.00,1080.00\n"
        ),
        (
            "Date,Description,Amount,Balance\n31/03/2026,Hetzner,-10.00,\n31/03/2026,Stripe,100.00,890.00\n"
            "30/03/2026,Rent,-200.00,800.00\n27/03/2026,Slack,-30.00,1000.00\n26/03/2026,Zoom,-20.00,1030.00\n"
            "25/03/2026,Zoom,-20.00,1050.00\n"
        ),
        # The file's closing balance counts the first line.
        (
            "Closing balance,,,880.00\nDate,Description,Amount,Balance\n31/03/2026,Hetzner,-10.00,\n"
            "31/03/2026,Stripe,100.00,890.00\n30/03/2026,Rent,-200.00,790.00\n27/03/2026,Slack,-30.00,990.00\n"
            "26/03/2026,Zoom,-20.00,1020.00\n25/03/2026,Zoom,-20.00,1040.00\n"
        ),
        # Two balances prove no order.
        (
            "Date,Description,Amount,Balance\n31/03/2026,Hetzner,-10.00,\n30/03/2026,Stripe,100.00,890.00\n"
            "27/03/2026,Rent,-200.00,790.00\n"
        ),
    ],
    ids=["day's first line", "day's last line", "closing counts them", "too few"],
)
def test_rows_without_a_balance_are_booked_where_it_may_stand_once_a_day(text: str) -> None:
    assert len(amounts(text)) == sum("2026" in line for line in text.splitlines())


@pytest.mark.parametrize(
    "header",
    [
        "Valuta;Datum;Omschrijving;Bedrag",
        "Wertstellung;Tag;Text;Betrag",
        "Valör;Tarih;Açıklama;Tutar",
        "Datum valuty;Datum;Popis;Částka",
        "Data waluty;Data operacji;Opis;Kwota",
        "Értéknap;Könyvelés dátuma;Közlemény;Összeg",
        "Arvopäivä;Kirjauspäivä;Saaja;Määrä",
        "Data valor;Data mov.;Descrição;Montante",
        "Fecha valor;Fecha;Concepto;Importe",
        "Date de valeur;Date;Libellé;Montant",
        "Valutadag;Bokföringsdag;Text;Belopp",
        "Data valuta;Data;Descrizione;Importo",
        "Value date;Date;Description;Amount",
    ],
)
def test_the_day_of_booking_comes_before_the_value_day(header: str) -> None:
    table = f"{header}\n13.03.2026;16.03.2026;HETZNER;-10,00\n15.03.2026;17.03.2026;STRIPE;50,00\n"
    for text in (table, _with_days_swapped(table)):
        assert [row.day for row in statement(text).rows] == [date(2026, 3, 16), date(2026, 3, 17)]
        assert amounts(text) == [-1000, 5000]


def _with_days_swapped(table: str) -> str:
    rows = [line.split(";") for line in table.splitlines()]
    return "".join(";".join([row[1], row[0], *row[2:]]) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("above", "header"),
    [
        ("Saldo contabile al 31/03/2026;1.033,00\nSaldo disponibile al 31/03/2026;1.500,00", "Data;Descrizione;Importo"),
        ("Solde disponible au 31/03/2026;1.500,00\nSolde comptable au 31/03/2026;1.033,00", "Date;Libellé;Montant"),
        ("Saldo disponible;1.500,00\nSaldo contable;1.033,00", "Fecha;Concepto;Importe"),
        ("Saldo disponível;1.500,00\nSaldo contabilístico;1.033,00", "Data;Descrição;Montante"),
        ("Verfügbarer Saldo;1.500,00\nKontostand am 31.03.2026;1.033,00", "Datum;Text;Betrag"),
        ("Bokfört saldo;1.033,00;Tillgängligt belopp;1.500,00", "Bokföringsdag;Text;Belopp"),
        ("Beschikbaar saldo;1.500,00\nBoekhoudkundig saldo;1.033,00", "Datum;Omschrijving;Bedrag"),
        ("Available balance;1.500,00\nLedger balance;1.033,00", "Date;Description;Amount"),
    ],
)  # fmt: skip
def test_the_booked_balance_counts_before_the_one_that_may_be_spent(above: str, header: str) -> None:
    table = f"{header}\n16.03.2026;HETZNER;-10,00\n17.03.2026;STRIPE;50,00\n"
    assert closing(f"{above}\n{table}") == [(103300, "USD")]
    assert closing(f"{table}{above}\n") == [(103300, "USD")]


def test_the_balance_that_may_be_spent_counts_where_no_other_is_told() -> None:
    text = "Saldo disponible;1.500,00\nFecha;Concepto;Importe\n16/03/2026;HETZNER;-10,00\n"
    assert closing(text) == [(150000, "USD")]


def test_a_told_balance_has_the_currency_of_the_rows() -> None:
    text = "Saldo contable;;1.033,00;\nFecha;Concepto;Importe;Divisa\n16/03/2026;HETZNER;-10,00;EUR\n"
    assert closing(text) == [(103300, "EUR")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # what came back, with the fee of the other bank beside it
            (
                "Buchungstag;Empfänger;Betrag;Soll;Haben;Währung\n02.03.2026;A GmbH;;-10,00;;EUR\n"
                "03.03.2026;B GmbH;;;50,00;EUR\n04.03.2026;C GmbH;-238,00;-241,51;;EUR\n"
            ),
            [-1000, 5000, -24151],
        ),
        (  # the amount is what has neither
            (
                "Buchungstag;Empfänger;Betrag;Soll;Haben;Währung\n02.03.2026;A GmbH;;-10,00;;EUR\n"
                "03.03.2026;B GmbH;;;50,00;EUR\n04.03.2026;C GmbH;-7,00;;;EUR\n05.03.2026;D GmbH;;-20,00;;EUR\n"
            ),
            [-1000, 5000, -700, -2000],
        ),
        (  # the balances prove the amount
            (
                "Buchungstag;Empfänger;Betrag;Soll;Haben;Saldo\n02.03.2026;A GmbH;;-10,00;;990,00\n"
                "03.03.2026;B GmbH;;;50,00;1.040,00\n04.03.2026;C GmbH;-241,51;-238,00;;798,49\n"
                "05.03.2026;D GmbH;;-20,00;;778,49\n"
            ),
            [-1000, 5000, -24151, -2000],
        ),
        (  # the amount is in all rows
            "Datum;Naam;Bedrag;Credit;Debet\n02-03-2026;A BV;-10,00;;-10,00\n03-03-2026;B BV;50,00;50,00;\n",
            [-1000, 5000],
        ),
    ],
    ids=["fee", "complement", "proven", "all"],
)
def test_debits_and_credits_count_where_the_amount_is_left_empty(text: str, expected: list[int]) -> None:
    assert amounts(text) == expected


BALTIC = [
    (
        '"Klienta konts";"Ieraksta tips";"Datums";"Saņēmējs/Maksātājs";"Informācija saņēmējam";"Summa";"Valūta";"Debets/Kredīts"',
        ("Sākuma atlikums", "Apgrozījums", "Beigu atlikums", "Pārskaitījums uz krājkontu"),
    ),
    (
        '"Sąskaitos Nr.";"";"Data";"Gavėjas";"Paaiškinimai";"Suma";"Valiuta";"D/K"',
        ("Likutis pradžiai", "Apyvarta", "Likutis pabaigai", "Pervedimas į taupomąją sąskaitą"),
    ),
    (
        '"Kliendi konto";"Reatüüp";"Kuupäev";"Saaja/Maksja";"Selgitus";"Summa";"Valuuta";"Deebet/Kreedit"',
        ("Algsaldo", "Käive", "Lõppsaldo", "Kogumiskontole"),
    ),
]


@pytest.mark.parametrize(("header", "words"), BALTIC, ids=["Latvian", "Lithuanian", "Estonian"])
def test_statements_of_the_baltic_states_are_read(header: str, words: tuple[str, str, str, str]) -> None:
    opening, turnover, ending, saved = words
    own = "LV54HABA0551000000088 | HABALV22 | Kestrel Apps"
    rows = [
        ("01.03.2026", "", opening, "1000,00", "K"),
        ("02.03.2026", "LV54HABA0551000000099 | HABALV22 | Biroju Nams", "118", "100,00", "D"),
        ("03.03.2026", "IE29AIBK93115212345678 | AIBKIE2D | STRIPE TECHNOLOGY EUROPE LTD", "D4", "500,00", "K"),
        ("04.03.2026", own, saved, "200,00", "D"),
        ("31.03.2026", "", turnover, "300,00", "D"),
        ("31.03.2026", "", turnover, "500,00", "K"),
        ("31.03.2026", "", ending, "1200,00", "K"),
    ]  # fmt: skip
    table = [
        f'"LV12HABA0551000000001";"20";"{day}";"{party}";"{text}";"{amount}";"EUR";"{side}"'
        for day, party, text, amount, side in rows
    ]
    text = "\n".join([header, *table, ""])
    movements = statement(text).rows
    assert [row.amount.minor for row in movements] == [-10000, 50000, -20000]
    assert [row.vendor for row in movements][:2] == ["Biroju Nams", "Stripe"]
    assert [row.transfer for row in movements] == [False, False, True]
    assert closing(text) == [(120000, "EUR")]


POSTED = """Posting Date,Transaction Date,Description,Debit,Credit
5-Jan,2026-01-02,UBER TRIP,18.20,
2-Jan,2025-12-31,GITHUB INC,21.00,
31-Dec,2025-12-29,STAPLES RETURN,,40.00
"""
GEBUCHT = """Buchungstag;Wertstellung;Beschreibung;Betrag
02/03;27.02.2026;Lastschrift Telekom;-39,00
05/03;05.03.2026;Gutschrift Ahornwerk AG;500,00
"""


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (POSTED, [date(2026, 1, 5), date(2026, 1, 2), date(2025, 12, 31)]),
        (GEBUCHT, [date(2026, 3, 2), date(2026, 3, 5)]),
        (  # the month stands first in the days beside them
            "Date,Posted,Description,Amount\n12/30/2025,02-Jan,AWS,-100.00\n01/05/2026,07-Jan,SLACK,-20.00\n",
            [date(2026, 1, 2), date(2026, 1, 7)],
        ),
    ],
)
def test_days_of_posting_without_a_year_take_it_from_the_day_beside_them(text: str, days: list[date]) -> None:
    assert [row.day for row in statement(text).rows] == days


INDONESIA = """{period}
Tgl. Trans.;Uraian;Tipe;Nominal;Saldo
{first};TRANSFER KE GEDUNG PT;DB;1.000.000,00;9.000.000,00
{second};TRANSFER DARI MITRA PT;CR;2.500.000,00;11.500.000,00
"""


@pytest.mark.parametrize(
    ("period", "first", "second"),
    [
        ("Periode;01-Apr-2026 s/d 30-Apr-2026", "02-Apr", "09-Apr"),
        ("Periode;01/04/2026 - 30/04/2026", "'02/04", "'09/04"),
    ],
)
def test_days_without_a_year_below_names_that_begin_as_those_of_days(
    period: str, first: str, second: str
) -> None:
    text = INDONESIA.format(period=period, first=first, second=second)
    assert [(row.day, row.amount.minor) for row in statement(text).rows] == [
        (date(2026, 4, 2), -100000000),
        (date(2026, 4, 9), 250000000),
    ]


def test_a_column_of_posting_that_holds_no_day_leaves_the_day_of_the_purchase() -> None:
    rows = statement(re.sub(r"(?m)^\d+-[A-Z]\w+", "yes", POSTED)).rows
    assert [row.day for row in rows] == [date(2026, 1, 2), date(2025, 12, 31), date(2025, 12, 29)]


OVERLAP = """Date,Description,Amount,Balance
02/03/2026,TESCO STORES,-10.00,990.00
03/03/2026,COSTA COFFEE,-4.00,986.00
03/03/2026,COSTA COFFEE,-4.00,982.00
19/03/2026,ACME LTD INV 7,500.00,1482.00
3/3/2026,Costa Coffee,-4,986
3/3/2026,Costa Coffee,-4,982
19/3/2026,ACME LTD INV 7,500,1482
22/3/2026,GITHUB INC,-21,1461
"""


def test_the_second_of_two_overlapping_downloads_is_left_out_and_said_where_balances_prove_it() -> None:
    read_file = statement(OVERLAP)
    assert [row.amount.minor for row in read_file.rows] == [-1000, -400, -400, 50000, -2100]
    reasons = [(line.line, line.reason) for line in read_file.lines if isinstance(line, LeftOut)]
    assert reasons == [(6, "told twice"), (7, "told twice"), (8, "told twice")]
    assert [balance.amount.minor for balance in read_file.closing] == [146100]


def without_balance(text: str) -> str:
    return "".join(f"{line.rpartition(',')[0]}\n" for line in text.splitlines())


def test_overlapping_downloads_without_balances_are_asked_about() -> None:
    text = without_balance(OVERLAP)
    with pytest.raises(DoubtError, match=r"^The 3 movements from line 6 on stand above once more") as doubt:
        read(text.encode())
    assert doubt.value.option == "balance_is_checked"
    assert len(read(text.encode(), balance_is_checked=False).rows) == 8


# the older download below the newer one, one whole download within the other, and a last day that was not over
@pytest.mark.parametrize("order", [(5, 6, 7, 8, 1, 2, 3, 4), (2, 3, 4, 1, 2, 3, 4), (1, 2, 4, 5, 6, 7, 8)])
def test_overlapping_downloads_are_asked_about_in_any_order(order: tuple[int, ...]) -> None:
    lines = without_balance(OVERLAP).splitlines(keepends=True)
    with pytest.raises(DoubtError, match="stand above once more"):
        read("".join([lines[0], *(lines[at] for at in order)]).encode())


PAIRS = """Date,Payee,Amount
2026-03-20,Gusto,-2000.00
2026-03-15,Blue Bottle,-4.75
2026-03-15,Blue Bottle,-4.75
2026-03-02,Gusto,-2000.00
2026-03-02,Acme Inc,900.00
2026-03-02,Gusto,-2000.00
2026-03-02,Acme Inc,900.00
"""


def test_equal_movements_of_two_accounts_all_count() -> None:
    lines = ["2026-03-02,Rent,-900.00", "2026-03-30,Licence,-9.00", "2026-03-31,Monthly fee,-5.00"]
    accounts = [f"1111,{line}" for line in lines] + [f"2222,{line}" for line in lines[1:]]
    assert len(statement("\n".join(["Account,Date,Description,Amount", *accounts, ""])).rows) == 5


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (PAIRS, 7),
        # the same coffee on the way back alone: one kind of movement proves no second download
        (PAIRS + "2026-03-15,Blue Bottle,-4.75\n2026-03-15,Blue Bottle,-4.75\n", 9),
        # a part of the days that both have differs
        (
            PAIRS
            + "2026-03-15,Blue Bottle,-4.75\n2026-03-15,Blue Bottle,-4.75\n2026-03-02,Other Inc,-1.00\n",
            10,
        ),
    ],
)
def test_true_pairs_of_equal_movements_all_count(text: str, count: int) -> None:
    assert len(statement(text).rows) == count
