"""Balances and sums among the lines of a table are told, and never booked; names of columns in many languages."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts.layout import Options
from execops.sources.bank.reading import Statement, read_file
from execops.sources.bank.statement import LeftOut, Problem

MOVEMENTS = "02.03.2026;GITHUB INC;-20,00\n13.03.2026;STRIPE PAYMENTS;500,00\n"
LCL = "02.03.2026;-20,00;Carte;GITHUB INC;0;Divers\n13.03.2026;500,00;Virement;STRIPE PAYMENTS;0;Divers\n"
WITH_BALANCES = "02.03.2026;GITHUB INC;-20,00;980,00\n13.03.2026;STRIPE PAYMENTS;500,00;1480,00\n"


def read(text: str) -> Statement:
    return read_file(
        text.encode(),
        Options(),
        account="main",
        books="EUR",
        zone=ZoneInfo("UTC"),
        today=date(2026, 11, 28),
    )


def booked(statement: Statement) -> list[int]:
    assert [line for line in statement.lines if isinstance(line, Problem)] == []
    return [row.amount.minor for row in statement.rows]


def closing(statement: Statement) -> list[tuple[int, date | None]]:
    return [(balance.amount.minor, balance.day) for balance in statement.closing]


@pytest.mark.parametrize(
    ("text", "balance"),
    [
        # LCL: a day, an amount and an account, at the end or at both ends, in either order.
        (f"{LCL}31.03.2026;1480,00;;01882 044718K\n", 148000),
        (f"{LCL}31.03.2026;1480,00;;01882 044718K;;\n", 148000),
        (f"{LCL}31.03.2026;1480,00\n", 148000),
        (f"01.03.2026;1000,00;;;0;\n{LCL}31.03.2026;1480,00;;;0;\n", 148000),
        (
            "31.03.2026;1480,00;;01882 044718K\n13.03.2026;500,00;Virement;STRIPE;0;\n02.03.2026;-20,00;Carte;GITHUB;0;\n",
            148000,
        ),
        (f"01.03.2026;Anfangssaldo;1000,00\n{MOVEMENTS}31.03.2026;Endsaldo;1480,00\n", 148000),
        (f"{MOVEMENTS}31.03.2026;SOLDE AU 31.03.2026;1480,00\n", 148000),
        (f"Konto;DE12500105170648489890\nInhaber;Kestrel GmbH\n\n{MOVEMENTS}", None),
        (f"{MOVEMENTS}Summe;;480,00\n", None),
        (f"01.03.2026;SALDO ANTERIOR;;1000,00\n{WITH_BALANCES}31.03.2026;SALDO FINAL;;1480,00\n", 148000),
    ],
)
def test_a_table_without_a_header_books_no_balance(text: str, balance: int | None) -> None:
    statement = read(text)
    assert sorted(booked(statement)) == [-2000, 50000]
    assert [amount for amount, _ in closing(statement)] == ([] if balance is None else [balance])


def test_a_balance_before_the_movements_is_none_at_their_end() -> None:
    statement = read(f"01.03.2026;1000,00;;01882 044718K\n{LCL}")
    assert (booked(statement), closing(statement)) == ([-2000, 50000], [])


def test_a_table_without_a_header_does_not_add_up_silently() -> None:
    with pytest.raises(InvalidInputError, match="is missing"):
        read(f"01.03.2026;1000,00\n{LCL}31.03.2026;1490,00\n")


@pytest.mark.parametrize(
    "line",
    ["14.03.2026;;-45,00\n", "14.03.2026;;45,00\n"],
)
def test_a_movement_without_words_is_booked(line: str) -> None:
    """A cheque at the end has as many cells as the others, or its balance follows."""
    assert len(booked(read(f"{MOVEMENTS}{line}"))) == 3
    assert booked(read(f"{WITH_BALANCES}14.03.2026;;-45,00;1435,00\n"))[-1] == -4500


def test_movements_below_a_heading_of_pending_ones_are_left_out() -> None:
    header = "Date;Text;Amount\n"
    pending = (
        "Pending transactions\n"
        + header
        + "28.03.2026;AMAZON;-10,00\nand more words;;\n29.03.2026;ETSY;-9,00\n"
    )
    statement = read(f"{pending}\nPosted transactions\n{header}{MOVEMENTS}")
    assert booked(statement) == [-2000, 50000]
    assert booked(read(f"{header}{MOVEMENTS}\nVorgemerkte Umsätze\n28.03.2026;AMAZON;-10,00\n")) == [
        -2000,
        50000,
    ]
    assert booked(read(f"Vorgemerkte Umsätze sind nicht Teil dieser Liste.\n{header}{MOVEMENTS}")) == [
        -2000,
        50000,
    ]


def test_a_balance_between_movements_is_that_of_a_page() -> None:
    page = "Balance carried forward;;1005,00\nBalance brought forward;;1005,00\n"
    first, second = MOVEMENTS.splitlines(keepends=True)
    text = f"Opening balance;;1000,00\nDate;Text;Amount\n{first}{page}{second}Closing balance;;1480,00\n"
    assert booked(read(text)) == [-2000, 50000]
    assert closing(read(text)) == [(148000, None)]


def test_an_amount_that_the_delimiter_cut_is_whole() -> None:
    text = (
        "Current Balance: $1,480.00\n\nDate,Text,Amount\n02/03/2026,GITHUB,-20.00\n13/03/2026,STRIPE,500.00\n"
    )
    assert closing(read(text)) == [(148000, None)]


def test_names_that_nobody_knows_are_no_table_without_a_header() -> None:
    with pytest.raises(InvalidInputError, match="No line names a column"):
        read(
            f"Xen;Yam;Zup;Wop\n{MOVEMENTS.replace(';-20,00', ';-20,00;3,00').replace(';500,00', ';500,00;4,00')}"
        )


@pytest.mark.parametrize(
    "line",
    [
        "31.03.2026;TOTAL DES OPERATIONS;480,00",
        "31.03.2026;Closing balance;1480,00",
        "01.03.2026;Opening balance EUR;1000,00",
        "31.03.2026;Toplam;480,00",
        "31.03.2026;S A L D O;1480,00",
        "31.03.2026;SALDO DO DIA;1480,00",
        "31.03.2026;TOTAUX;480,00",
        ";Net movement;480,00",
    ],
)
def test_a_dated_sum_is_no_movement(line: str) -> None:
    statement = read(f"Datum;Text;Betrag\n{MOVEMENTS}{line}\n")
    assert booked(statement) == [-2000, 50000]
    assert isinstance(statement.lines[-1], LeftOut)


@pytest.mark.parametrize("name", ["Total Energies", "New Balance", "Balance Studios", "Saldo Coaching"])
def test_a_name_that_begins_like_a_sum_is_a_party(name: str) -> None:
    assert booked(read(f"Datum;Text;Betrag\n{MOVEMENTS}14.03.2026;{name};-9,00\n"))[-1] == -900


def test_sums_below_their_names_are_told() -> None:
    """The block below an Indian bank's table: its numbers stand under the columns of the movements."""
    summary = (
        "STATEMENT SUMMARY :-;;;\nOpening Balance;Debits;Credits;Closing Bal\n1000,00;20,00;500,00;1480,00\n"
    )
    statement = read(f"Date;Narration;Amount\n{MOVEMENTS}\n{summary}")
    assert booked(statement) == [-2000, 50000]
    assert closing(statement) == [(148000, None)]
    with pytest.raises(InvalidInputError, match="is missing"):
        read(f"Date;Narration;Amount\n{MOVEMENTS}\n{summary.replace('1480', '1490')}")


@pytest.mark.parametrize(
    ("above", "balances"),
    [
        ("Compte courant;****4471;31/03/2026;;1480,00\n", [(148000, date(2026, 3, 31))]),
        ("Compte courant;****4471;01/03/2026;;1000,00\n", []),
        ("Export vom 31.03.2026;;;;1480,00\n", []),
    ],
)
def test_an_account_with_a_day_and_an_amount_tells_its_balance(
    above: str, balances: list[tuple[int, date]]
) -> None:
    assert closing(read(f"{above}Date;Libellé;Montant\n{MOVEMENTS}")) == balances


@pytest.mark.parametrize(
    ("first", "last", "is_right"),
    [
        ("1480,00", "1480,00", True),  # Postbank tells the balance at the end twice
        ("1000,00", "1480,00", True),  # Deutsche Bank tells the one before
        ("1100,00", "1480,00", False),
    ],
)
def test_the_last_balance_may_be_that_at_either_end(first: str, last: str, is_right: bool) -> None:
    text = f"Letzter Kontostand;;{first}\nDatum;Text;Betrag\n{MOVEMENTS}Kontostand;31.03.2026;{last}\n"
    if is_right:
        assert closing(read(text)) == [(148000, date(2026, 3, 31))]
    else:
        with pytest.raises(InvalidInputError, match="is missing"):
            read(text)


def test_a_balance_that_is_owed_is_negative() -> None:
    text = (
        "Date;Libellé;Débit;Crédit\n01/03/2026;SOLDE CREDITEUR AU 28/02/2026;;100,00\n02/03/2026;PRLV OVH;220,00;\n"
        "13/03/2026;VIR STRIPE;;50,00\n31/03/2026;SOLDE DEBITEUR AU 31/03/2026;70,00;\n"
    )
    assert booked(read(text)) == [-22000, 5000]
    assert closing(read(text)) == [(-7000, date(2026, 3, 31))]
    with pytest.raises(InvalidInputError, match="is missing"):
        read(text.replace(";70,00", ";80,00"))


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("DDía\tConcepto / Referencia\tcargo\tAbono\tSaldo", "EUR"),
        ("FECHA\tDESCRIPCIÓN\tCARGO\tABONO\tSALDO", "EUR"),
        ("Fecha\tGlosa\tEgresos\tIngresos\tSaldo contable", "EUR"),
        ("Tarih\tAçıklama\tBorç (TL)\tAlacak (TL)\tBakiye (TL)", "TRY"),
        ("Data\tExplicații\tDebit\tCredit\tSold", "EUR"),
        ("Könyvelés dátuma\tKözlemény\tTerhelés\tJóváírás\tEgyenleg", "EUR"),
        ("Datum\tPopis\tVýdaje\tPříjmy\tZůstatek", "EUR"),
        ("Data operacji\tTytuł\tWypłaty\tWpłaty\tSaldo po operacji", "EUR"),
        ("Pvm\tSelitys\tMenot\tTulot\tSaldo", "EUR"),
        ("Bokføringsdag\tTekst\tUtgifter\tInntekt\tSaldo", "EUR"),
        ("Data mov.\tDescrição do movimento\tSaídas\tEntradas\tSaldo contabilístico", "EUR"),
        ("Giorno\tCausale\tUscite\tEntrate\tSaldo", "EUR"),
    ],
)
def test_columns_of_money_out_and_in_are_known_by_their_names(header: str, currency: str) -> None:
    lines = ["02-03-2026\tTELMEX\t899.00\t\t9,101.00", "20-03-2026\tSTRIPE\t\t12,000.50\t21,101.50"]
    statement = read("\n".join([header, *lines]))
    assert [(row.amount.minor, row.amount.currency) for row in statement.rows] == [
        (-89900, currency),
        (1200050, currency),
    ]
    assert statement.closing[0].amount.minor == 2110150


def test_a_footer_hides_no_column() -> None:
    """The name of the balance stands in the column of credits, below as many lines as the table has."""
    text = (
        "Data mov. ;Descrição ;Débito ;Crédito ;Saldo contabilístico ;\n02-03-2026;CONTINENTE;20,00;;980,00;\n"
        "15-03-2026;STRIPE;;500,00;1.480,00;\n ; ; ;Saldo contabilístico ;1.480,00 EUR ;\n"
    )
    assert booked(read(text)) == [-2000, 50000]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31. 3. 2026", date(2026, 3, 31)),
        ("2026.03.31.", date(2026, 3, 31)),
        ("31 mag 2026", date(2026, 5, 31)),
        ("1 out. 2026", date(2026, 10, 1)),
        ("5 gru 2026", date(2026, 12, 5)),
        ("Tue 31 Mar 2026", date(2026, 3, 31)),
        ("7 maj 2026", date(2026, 5, 7)),
    ],
)
def test_days_are_read_in_many_languages(cell: str, day: date) -> None:
    assert [row.day for row in read(f"Date;Text;Amount\n{cell};GITHUB;-20,00\n").rows] == [day]


@pytest.mark.parametrize(
    ("unit", "currency"), [("TL", "TRY"), ("Kč", "CZK"), ("zł", "PLN"), ("Ft", "HUF"), ("lei", "RON")]
)
def test_a_country_s_own_sign_tells_the_currency(unit: str, currency: str) -> None:
    [row] = read(f"Date;Text;Amount\n31.03.2026;GITHUB;-20,00 {unit}\n").rows
    assert row.amount.currency == currency


def test_the_other_side_is_known_by_the_lines_that_it_fills() -> None:
    text = "Date;Text;Debit;Zup;Saldo\n02.03.2026;KPN;20,00;;980,00\n13.03.2026;STRIPE;;500,00;1480,00\n"
    assert booked(read(text)) == [-2000, 50000]


def test_an_amount_in_a_column_that_nobody_knows_is_no_line_left_out() -> None:
    text = "Date;Text;Debit;Zup\n02.03.2026;KPN;20,00;1,00\n13.03.2026;STRIPE;;500,00\n"
    assert [type(line) for line in read(text).lines][1:] == [Problem]


def test_a_column_without_a_name_is_no_side() -> None:
    statement = read("Date;Text;Debit\n02.03.2026;KPN;20,00;\n13.03.2026;STRIPE;;500,00\n")
    assert [row.amount.minor for row in statement.rows] == [-2000]
    assert isinstance(statement.lines[1], Problem)


TOTALS = "Date;Libellé;Débit;Crédit\n02/03/2026;A;{out};\n04/03/2026;B;20,00;\n05/03/2026;C;;70,00\nTotal;;50,00;70,00\n"


def test_a_told_sum_shows_an_amount_that_was_changed() -> None:
    assert booked(read(TOTALS.format(out="30,00"))) == [-3000, -2000, 7000]
    with pytest.raises(DoubtError, match="as the sum of money out") as raised:
        read(TOTALS.format(out="31,00"))
    assert raised.value.option == "balance_is_checked"
    # neither fits: the sums are of something else
    assert len(booked(read(TOTALS.format(out="31,00").replace("70,00\n", "71,00\n", 1)))) == 3


@pytest.mark.parametrize("changes", [{1: "-31.00"}, {1: "5.00", 2: "6.00", 3: "7.00", 4: "8.00", 5: "9.00"}])
def test_a_column_that_is_called_a_balance_must_follow(changes: dict[int, str]) -> None:
    lines = [
        ("-30.00", "70.00"),
        ("-20.00", "50.00"),
        ("65.00", "115.00"),
        ("-1.50", "113.50"),
        ("-2.25", "111.25"),
        ("8.75", "120.00"),
    ]
    cells = [(changes.get(at, amount), balance) for at, (amount, balance) in enumerate(lines)]
    text = "\n".join(
        f"2026-03-0{day},Shop {day},{amount},{balance}"
        for day, (amount, balance) in enumerate(cells, start=1)
    )
    assert len(booked(read("Date,Description,Amount,Other\n" + text.replace(changes[1], lines[1][0])))) == 6
    with pytest.raises(DoubtError, match="do not follow"):
        read("Date,Description,Amount,Balance\n" + text)


def test_balances_of_a_table_without_a_header_are_told_and_compared() -> None:
    text = "ALL,0,OPEN,100.00,OPEN BALANCE,\nHIST,20260302,,-30.00,PURCHASE,SHOP\nHIST,20260303,,50.00,CREDIT,ACME\nALL,0,CLOSE,{},CLOSE BALANCE,\n"
    assert closing(read(text.format("120.00"))) == [(12000, None)]
    with pytest.raises(DoubtError, match="is missing"):
        read(text.format("121.00"))


def test_movements_that_end_before_the_told_closing_balance_are_asked_about() -> None:
    table = "Datum;Text;Betrag;Saldo\n02.03.2026;A;-5,00;95,00\n03.03.2026;B;-5,00;90,00\n04.03.2026;C;-5,00;85,00\n"
    above = "Anfangssaldo;;;100,00\nEndsaldo;;;{}\n"
    assert booked(read(above.format("85,00") + table)) == [-500, -500, -500]
    with pytest.raises(DoubtError, match=r"tells €80.00 as the closing one"):
        read(above.format("80,00") + table)
