"""Which way money went and how much of it, where a file tells it by the side of books, by words, by its unit or its script."""

from __future__ import annotations

import pytest

from execops.errors import InvalidInputError
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.doubts import DoubtError
from tests.unit.test_bank_books import amounts, left_out
from tests.unit.test_bank_copied_tables import balances
from tests.unit.test_bank_files import read

NOMINAL = """{title}
N/C:,1200,Name:,Bank Current Account
No,Type,Date,Account,Details,Value,Debit,Credit
1,BP,02/03/2026,1200,Rent,900.00,,900.00
2,BR,14/03/2026,1200,Stripe payout,1560.00,1560.00,
3,BP,19/03/2026,1200,Vodafone,72.60,,72.60
"""


def test_an_amount_that_repeats_the_sides_of_books_leaves_the_way_to_them() -> None:
    assert amounts(NOMINAL.format(title="Nominal Activity")) == [-90000, 156000, -7260]


def test_sides_without_a_title_are_asked_about() -> None:
    with pytest.raises(DoubtError, match="The words contradict") as raised:
        read(NOMINAL.format(title="Report").encode())
    assert raised.value.option == "sign"


SIDES = """Kestrel Apps Private Limited
Account Transactions
{basis}
Date,Account,Transaction Details,Transaction Type,{names}
03/02/2026,HDFC,Anand Traders,Journal,{first}
05/02/2026,HDFC,Koramangala Offices LLP,Journal,{second}
27/02/2026,HDFC,Printing of Feb,Journal,{third}
"""


@pytest.mark.parametrize(
    ("names", "first", "second", "third"),
    [
        ("Debit (INR),Credit (INR)", '"2,45,810.50",', ',"62,000.00"', ',"1,42,300.00"'),
        ("Amount (INR)", '"2,45,810.50 Dr"', '"62,000.00 Cr"', '"1,42,300.00 Cr"'),
        ("Dr/Cr,Amount (INR)", 'Dr,"2,45,810.50"', 'Cr,"62,000.00"', 'Cr,"1,42,300.00"'),
    ],
)
@pytest.mark.parametrize("basis", ["Basis : Accrual", "Cash Basis", "Report Type: Accrual (Paid & Unpaid)"])
def test_a_report_that_tells_its_method_of_accounting_is_of_books(
    basis: str, names: str, first: str, second: str, third: str
) -> None:
    text = SIDES.format(basis=basis, names=names, first=first, second=second, third=third)
    assert amounts(text) == [24581050, -6200000, -14230000]
    # A bank says the opposite with the same sides.
    of_bank = SIDES.format(basis="Statement", names=names, first=first, second=second, third=third)
    assert amounts(of_bank) == [-24581050, 6200000, 14230000]


OPENS = """Date,Details,Debit,Credit
01/03/2026,Opening Balance,5000.00,
12/03/2026,{party},1000.00,
19/03/2026,Office supplies,,150.00
31/03/2026,Closing Balance,5850.00,
"""


def test_an_opening_balance_among_the_debits_is_money_where_a_payout_is_there_too() -> None:
    assert amounts(OPENS.format(party="Stripe payout")) == [100000, -15000]
    assert balances(OPENS.format(party="Stripe payout")) == [585000]


def test_an_opening_balance_among_the_debits_is_asked_about_where_nothing_else_tells() -> None:
    text = OPENS.format(party="Beta Ltd").encode()
    with pytest.raises(DoubtError, match="may be money or a debt") as raised:
        read(text)
    assert raised.value.option == "sign"
    for sign, right, balance in (("plus", [100000, -15000], 585000), ("minus", [-100000, 15000], -585000)):
        statement = read(text, sign=sign)
        assert [row.amount.minor for row in statement.rows] == right
        assert [closing.amount.minor for closing in statement.closing] == [balance]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("date,name,amount,type", ["Stripe,-900.00,income", "AWS,52.10,regular", "Linear,49.00,regular"]),
        ("date,name,amount,type", ["Beta,-900.00,Deposit", "Gamma,-52.10,Withdrawal", "Delta,-9.00,Withdrawal"]),
        ("date,name,amount,type", ["Beta,-900.00,Income", "Gamma,52.10,Expense", "Delta,9.00,Expense"]),
        ("date,merchant,billed amount,billed currency", ["AWS,48.00,EUR", "Lufthansa,300.00,EUR", "Zoom refund,-11.70,EUR"]),
    ],
)  # fmt: skip
def test_signs_that_the_words_contradict_are_asked_about(header: str, rows: list[str]) -> None:
    text = "\n".join([header, *(f"2026-03-{day},{row}" for day, row in zip((20, 21, 22), rows, strict=True))])
    with pytest.raises(DoubtError) as raised:
        read(text.encode())
    assert raised.value.option == "sign"
    turned = read(text.encode(), sign="plus").rows
    straight = read(text.encode(), sign="minus").rows
    assert [-row.amount.minor for row in turned] == [row.amount.minor for row in straight]


@pytest.mark.parametrize(
    "name", ["amount_in_cents", "Amount (pence)", "Betrag in Cent", "montant en centimes", "amount_minor"]
)
def test_cents_are_read_as_cents(name: str) -> None:
    text = f"date,description,{name}\n2026-03-02,Rent,-50000\n2026-03-16,Stripe payout,90000\n2026-03-20,Fee,-350\n"
    assert amounts(text) == [-50000, 90000, -350]
    whole = text.replace("50000", "500.00").replace("90000", "900.00").replace("350", "3.50")
    assert amounts(whole) == [-50000, 90000, -350]  # a fraction says that the name is wrong


@pytest.mark.parametrize("title", ["Beträge in TEUR", "Figures in thousands", "en milliers d'euros"])
def test_amounts_in_thousands_are_refused(title: str) -> None:
    with pytest.raises(InvalidInputError, match="rounded to thousands"):
        read(f"{title}\nDate,Text,Amount\n2026-03-02,Rent,-5.2\n2026-03-16,Client,90.4\n".encode())


def days(text: str) -> list[str]:
    return [row.day.isoformat() for row in read(text.encode()).rows]


def test_a_year_of_two_digits_may_stand_first() -> None:
    text = "Date,Description,Amount\n26/03/02,Rent,-500.00\n26/03/09,Client,900.00\n26/03/20,Fee,-5.00\n"
    assert days(text) == ["2026-03-02", "2026-03-09", "2026-03-20"]
    assert days(text.replace("26/03/02", "02/03/26").replace("26/03/09", "09/03/26").replace("26/03/20", "20/03/26")) == [
        "2026-03-02",
        "2026-03-09",
        "2026-03-20",
    ]  # fmt: skip
    # Years of one place and days of many: an account of twenty years, or the wrong order; so the future decides.
    assert days("Datum;Text;Betrag\n02.03.19;Miete;-500,00\n09.03.22;Kunde;900,00\n") == [
        "2019-03-02",
        "2022-03-09",
    ]


def test_one_day_that_may_begin_with_the_year_is_asked_about() -> None:
    with pytest.raises(DoubtError, match="begin with the year") as raised:
        read(b"Date,Description,Amount\n26/03/02,Rent,-500.00\n26/03/02,Client,900.00\n")
    assert raised.value.values == ("YY/MM/DD", "DD/MM/YY")
    rows = read(
        b"Date,Description,Amount\n26/03/02,Rent,-500.00\n26/03/02,Client,900.00\n", date_format="YY/MM/DD"
    ).rows
    assert {row.day.isoformat() for row in rows} == {"2026-03-02"}


@pytest.mark.parametrize(
    ("header", "opening", "closing", "total", "code"),
    [
        ("תאריך,תיאור,חובה,זכות,יתרה בש\"\"ח", "יתרת פתיחה", "יתרת סגירה", "סה\"\"כ", "ILS"),
        ("Дата,Описание,Расход,Приход,\"Остаток, руб.\"", "Входящий остаток", "Исходящий остаток", "Итого", "RUB"),
        ("日期,摘要,支出,收入,余额(人民币)", "期初余额", "期末余额", "合计", "CNY"),
        ("日付,摘要,お支払金額,お預り金額,残高(円)", "前月繰越", "次月繰越", "合計", "JPY"),
    ],
)  # fmt: skip
def test_balances_sums_and_currencies_of_other_scripts(
    header: str, opening: str, closing: str, total: str, code: str
) -> None:
    if '""' in header:
        *rest, last = header.split(",")
        header = ",".join([*rest, f'"{last}"'])
    text = f"""{header}
2026-03-01,"{opening}",,20000,20000
2026-03-02,A,4500,,15500
2026-03-16,B,,9000,24500
,"{total}",4500,9000,
2026-03-31,"{closing}",,24500,24500
"""
    statement = read(text.encode())
    assert [(int(row.amount.major), row.amount.currency) for row in statement.rows] == [
        (-4500, code),
        (9000, code),
    ]
    assert [closing.amount.major for closing in statement.closing] == [24500]
    assert [reason for _, reason in left_out(text)] == ["opening balance", "total", "closing balance"]


@pytest.mark.parametrize(
    "status", ["В обработке", "处理中", "保留中", "취소", "בהמתנה", "معلق", "Σε εκκρεμότητα", "laukiama"]
)
def test_a_status_of_another_script_or_language_says_that_nothing_moved(status: str) -> None:
    text = f"Date,Status,Description,Amount\n2026-03-02,ok,Rent,-500.00\n2026-03-16,ok,B,900.00\n2026-03-20,{status},C,-3.00\n"
    assert amounts(text) == [-50000, 90000]
    assert amounts(text.replace(status, "offen?")) == [-50000, 90000, -300]  # somebody asks


def test_units_of_other_scripts_stand_beside_amounts() -> None:
    hebrew = 'תאריך,תיאור,סכום\n02/03/2026,שכירות,"-4,500.00 ש""ח"\n16/03/2026,STRIPE,"9,000.00 ש""ח"\n'
    russian = "Дата;Описание;Сумма\n02.03.2026;Аренда;-45 000,00 руб.\n16.03.2026;Оплата;90 000,00 руб.\n"
    for text, minors, code in ((hebrew, [-450000, 900000], "ILS"), (russian, [-4500000, 9000000], "RUB")):
        assert [(row.amount.minor, row.amount.currency) for row in read(text.encode()).rows] == [
            (minor, code) for minor in minors
        ]


def test_the_name_of_each_account_tells_its_currency() -> None:
    text = """Account Transactions
Report Type: Accrual

ACCOUNT NUMBER,DATE,DESCRIPTION,DEBIT,CREDIT,BALANCE
,RBC Chequing (CAD),,,,
,Starting Balance,,,,"$5,000.00"
,2026-03-02,Stripe payout,"$1,000.00",,"$6,000.00"
,2026-03-13,Rideau office,,$150.00,"$5,850.00"
,Totals and Ending Balance,,"$1,000.00",$150.00,"$5,850.00"
"""
    more = """,RBC US Business (USD),,,,
,Starting Balance,,,,$300.00
,2026-03-05,Acme Inc payment,$200.00,,$500.00
,2026-03-16,GitHub,,$40.00,$460.00
,Totals and Ending Balance,,$200.00,$40.00,$460.00
"""
    canadian = [(100000, "CAD"), (-15000, "CAD")]
    for file, right in ((text, canadian), (text + more, [*canadian, (20000, "USD"), (-4000, "USD")])):
        assert [(row.amount.minor, row.amount.currency) for row in read(file.encode()).rows] == right


def test_the_amount_in_the_currency_of_the_account_counts() -> None:
    text = "Date,Description,Amount,Currency,Amount in account currency,Account currency\n2026-03-02,AWS,-52.10,USD,-48.00,EUR\n2026-03-09,Beta,900.00,EUR,900.00,EUR\n"
    assert [(row.amount.minor, row.amount.currency) for row in read(text.encode()).rows] == [
        (-4800, "EUR"),
        (90000, "EUR"),
    ]


def test_an_amount_with_its_tax_counts_where_the_numbers_say_so() -> None:
    text = "Datum;Text;Netto;USt;Brutto\n02.03.2026;Miete;-500,00;-95,00;-595,00\n16.03.2026;Kunde;1000,00;190,00;1190,00\n"
    assert amounts(text) == [-59500, 119000]
    assert amounts(text.replace("1190,00", "1191,00")) == [-50000, 100000]


def test_a_void_transaction_of_a_journal_is_no_movement() -> None:
    text = """Date,Transaction ID,Description,Commodity/Currency,Full Account Name,Account Name,Amount Num.
02/03/2026,a1,Liffey,CURRENCY::EUR,Assets:AIB Current Account,AIB Current Account,-984.00
02/03/2026,a1,Liffey,CURRENCY::EUR,Expenses:Rent,Rent,984.00
11/03/2026,a2,Office,CURRENCY::EUR,Assets:AIB Current Account,AIB Current Account,0.00
11/03/2026,a2,Office,CURRENCY::EUR,Expenses:Office,Office,0.00
14/03/2026,a3,Dunne,CURRENCY::EUR,Assets:AIB Current Account,AIB Current Account,"2,337.00"
14/03/2026,a3,Dunne,CURRENCY::EUR,Assets:Accounts Receivable,Accounts Receivable,"-2,337.00"
"""
    assert amounts(text) == [-98400, 233700]


def currencies(text: str, **options: str) -> list[str]:
    return [row.amount.currency for row in read(text.encode(), **options).rows]


def test_signs_may_stand_in_the_column_of_currencies() -> None:
    text = "Date,Description,Amount,Currency\n2026-03-02,Rent,-500.00,€\n2026-03-16,Stripe,900.00,£\n2026-03-20,Fee,-3.50,Euro\n"
    assert currencies(text) == ["EUR", "GBP", "EUR"]


@pytest.mark.parametrize(
    ("header", "sign", "code"),
    [
        ("Datum;Text;Belopp", "kr", "SEK"),
        ("Dato;Tekst;Beløb", "kr.", "DKK"),
        ("Dato;Forklaring;Beløp", "kr", "NOK"),
        ("日付;摘要;金額;残高", "¥", "JPY"),
        ("交易日期;摘要;金额", "¥", "CNY"),
    ],
)
def test_the_language_of_the_header_tells_the_currency_of_a_sign(header: str, sign: str, code: str) -> None:
    amount = "{0}5000 {1}" if sign != "¥" else "{0}{1}5000"
    rows = [
        f"2026-03-{day};{text};{amount.format(minus, sign)}"
        for day, text, minus in (("12", "Rent", "-"), ("16", "Stripe", ""))
    ]
    assert currencies("\n".join([header, *rows])) == [code, code]


def test_a_sign_of_several_currencies_is_asked_about() -> None:
    text = 'Date,Narration,Withdrawal,Deposit\n02-Mar-2026,Rent,"Rs. 45,000.00",\n16-Mar-2026,Stripe,,Rs. 90.50\n'
    with pytest.raises(DoubtError, match="may stand for INR, PKR") as raised:
        read(text.encode())
    assert (raised.value.option, raised.value.values[0]) == ("currency", "INR")
    assert currencies(text, currency="INR") == ["INR", "INR"]
    assert [row.amount.minor for row in read(text.encode(), currency="INR").rows] == [-4500000, 9050]


def test_of_two_amounts_with_one_name_the_one_in_the_same_currency_counts() -> None:
    text = "Datum;Text;Betrag;Währung;Betrag;Währung\n02.03.2026;AWS;-52,10;USD;-48,00;EUR\n09.03.2026;Kunde;900,00;EUR;900,00;EUR\n"
    assert [(row.amount.minor, row.amount.currency) for row in read(text.encode()).rows] == [
        (-4800, "EUR"),
        (90000, "EUR"),
    ]


LOST = [("02.03.2026", "4.823,00", "5.823,00"), ("04.03.2026", "-41250", "5.410,50"), ("06.03.2026", "-1.450,00", "3.960,50"), ("13.03.2026", "-995", "3.950,55")]  # fmt: skip


def test_balances_prove_where_amounts_lost_their_decimal_mark() -> None:
    text = "\n".join(
        ["Tarih;Açıklama;Tutar;Bakiye", *(f"{day};Ürün;{amount};{balance}" for day, amount, balance in LOST)]
    )
    assert amounts(text) == [482300, -41250, -145000, -995]


def test_lost_decimal_marks_that_no_balance_proves_are_refused() -> None:
    text = "\n".join(["Tarih;Açıklama;Tutar", *(f"{day};Ürün;{amount}" for day, amount, _ in LOST)])
    with pytest.raises(InvalidInputError, match="took their decimal mark away"):
        read(text.encode())
    # a person writes so: no large number lacks its groups
    assert amounts(text.replace("-41250", "-412")) == [482300, -41200, -145000, -99500]


@pytest.mark.parametrize("minus", "‐‑‒—﹣－˗")
def test_a_minus_of_any_kind_is_one(minus: str) -> None:
    text = f"Date;Description;Amount\n02/03/2026;A {minus}5;{minus}12,50\n13/03/2026;B;500,00\n"
    assert amounts(text) == [-1250, 50000]
    assert read(text.encode()).rows[0].description == f"A {minus}5"  # a text stays as it is


@pytest.mark.parametrize(
    ("line", "minor"),
    [
        ("٢٢/٠٣/٢٠٢٦;أ;-١٢٫٥٠", -1250),
        ("２２/０３/２０２６;あ;－１，２３４．５０", -123450),
        ("22/03/2569;ก;-1`234.50", -123450),
        ("22/03/2026;A;-1?234.50", -123450),
        ("22/03/2026;A;-1Â 234.50", -123450),
        ("22/03/2026;A;-Rp1,234.50", -123450),
    ],
)
def test_digits_and_groups_of_other_scripts_are_read(line: str, minor: int) -> None:
    statement = read(f"Date;Description;Amount\n{line}\n".encode())
    assert [(row.day.isoformat(), row.amount.minor) for row in statement.rows] == [("2026-03-22", minor)]
    assert statement.rows[0].amount.currency == ("IDR" if "Rp" in line else "USD")


def test_a_line_below_the_names_tells_the_currency_of_the_columns() -> None:
    statement = read(
        b"Datum;Popis;Castka;Zustatek\n;;CZK;CZK\n02.03.2026;A;-5,00;95,00\n03.03.2026;B;5,00;100,00\n"
    )
    assert {row.amount.currency for row in statement.rows} == {"CZK"}


def test_codes_below_a_damaged_name_are_the_currencies() -> None:
    text = "Datum;Text;W?hrung;Betrag\n" + "".join(
        f"0{day}.03.2026;A;{code};-1,00\n" for day, code in enumerate(("EUR", "USD", "EUR", "EUR"), start=1)
    )
    assert [row.amount.currency for row in read(text.encode()).rows] == ["EUR", "USD", "EUR", "EUR"]


def test_a_table_made_of_camt_has_its_signs_codes_and_status() -> None:
    text = "BookgDt;Sts;CdtDbtInd;Amt;Ccy;RltdPties.Nm\n2026-03-01;OPBD;CRDT;100.00;CHF;\n" + "".join(
        f"2026-03-0{day};{status};{side};{amount};CHF;Shop {day}\n"
        for day, status, side, amount in (
            (2, "BOOK", "DBIT", "30.00"),
            (3, "BOOK", "CRDT", "5.00"),
            (4, "PDNG", "DBIT", "9.00"),
        )
    )
    text += "2026-03-31;CLBD;CRDT;75.00;CHF;\n"
    assert amounts(text) == [-3000, 500]
    assert balances(text) == [7500]
    assert left_out(text)[1] == (5, "pdng")


@pytest.mark.parametrize(
    ("amounts", "minor"),
    [
        (("12,500.00 DB", "48,215.00 CR"), [-1250000, 4821500]),
        (("12.500,00 Soll", "48.215,00 Haben"), [-1250000, 4821500]),
        (("12,500.00 Debit", "48,215.00 Credit"), [-1250000, 4821500]),
        (("12.500,00 Wn", "48.215,00 Ma"), [-1250000, 4821500]),
        (("12.500,00 D", "48.215,00 K"), [-1250000, 4821500]),
    ],
)
def test_words_behind_amounts_tell_their_sides(amounts: tuple[str, str], minor: list[int]) -> None:
    text = f"Date;Description;Amount\n2026-03-02;Globex;{amounts[0]}\n2026-03-03;Initech;{amounts[1]}\n"
    assert [row.amount.minor for row in read(text.encode()).rows] == minor


def test_a_letter_behind_a_number_without_decimals_is_no_side() -> None:
    assert not looks_like_amount("100K")


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("Account,TEMBUSU APPS SDN BHD\nCurrency,MYR", "MYR"),
        ("Account,TEMBUSU APPS SDN BHD", "USD"),
        ("Transfers to ALL accounts\nCcy,THB", "THB"),
        ("Kode Mata Uang :,Rp", "IDR"),
        ("Currency,RM", "MYR"),
    ],
)
def test_a_currency_in_a_cell_of_its_own_counts_before_words_that_look_like_one(
    above: str, code: str
) -> None:
    text = f"{above}\n\nDate,Description,Amount\n2026-03-02,Globex,-5.00\n2026-03-03,Initech,-6.00\n"
    assert {row.amount.currency for row in read(text.encode()).rows} == {code}
