"""The words in the column of the sign for money that goes out, and for money that comes in, as `headers.plain` writes them."""

from __future__ import annotations

OUT = frozenset(
    [
        "af", "ausgabe", "ausgaben", "depense", "depenses", "expense", "expenses", "gasto", "spesa", "uitgave", "utgifter", "wydatki", "outflow", "ausgang", "belastung", "borc", "cargo", "charge", "d", "dare", "db", "dbit", "debe",
        "debet", "debetas", "debets", "debit", "debito", "deebet", "dr", "egreso", "fee", "fees", "charges", "purchase", "withdrawals", "auszahlung", "abbuchung", "retiro", "retrait", "prelievo", "saque", "uttag", "opname", "gider", "iesire", "lastschrift", "meno",
        "menot", "minus", "money", "money out", "obciazenie", "obciazeniowa", "odchozi", "out",
        "outgoing", "paid", "paid out", "s", "saida", "salida", "soll", "sortie", "sorties",
        "terheles", "uit", "uscita", "uscite", "ut", "utgaende", "utgift", "vydaj", "winien",
        "withdrawal", "wn", "wydatek", "wyplata", "zahlungsausgang", "χρεωση", "χ", "дебет", "дт", "расход", "支出", "支払い", "出金", "借", "借方", "출금", "חובה", "مدين",
    ]
)  # fmt: skip
IN = frozenset(
    [
        "einnahme", "einnahmen", "recette", "recettes", "income", "inflow", "inkomster", "inkomsten", "przychod",
        "abono", "alacak", "deposits", "einzahlung", "deposito", "versement", "versamento", "insattning", "storting", "avere", "bij", "c", "cr", "crdt", "credit", "credito", "deposit",
        "eingang", "entrada", "entrata", "entrate", "entree", "entrees", "gelir", "gutschrift", "h",
        "haben", "haber", "in", "incoming", "ingreso", "inkommande", "inkomst", "intrare", "jovairas",
        "k", "kredit", "kreditas", "kredits", "kreedit", "kt", "ma", "money in", "paid in", "plus", "prichozi", "prijem",
        "tulo", "tulot", "uznanie", "uznaniowa", "wplata", "wplyw", "zahlungseingang", "πιστωση",
        "π", "кредит", "кт", "приход", "收入", "入金", "贷", "贷方", "입금", "זכות", "دائن",
    ]
)  # fmt: skip
