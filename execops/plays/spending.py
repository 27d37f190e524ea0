"""Words that the plays about spending share."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.sources.bank.parties.purposes import name_words

# The purposes of payments that follow a contract or a law: nobody caps or cancels one.
KINDS = {
    "payroll": "payroll",
    "tax": "tax",
    "social": "social security",
    "pension": "pensions",
    "rent": "rent",
    "loan": "a loan",
}
# Words that tell one account of a company from another.
_ACCOUNTS = frozenset(
    [
        "account",
        "ahorro",
        "ahorros",
        "business",
        "cash",
        "chequing",
        "checking",
        "current",
        "deposit",
        "epargne",
        "festgeld",
        "festgeldkonto",
        "giro",
        "girokonto",
        "konto",
        "livret",
        "main",
        "market",
        "money",
        "operating",
        "payroll",
        "primary",
        "reserve",
        "saving",
        "savings",
        "sparkonto",
        "tagesgeld",
        "tagesgeldkonto",
        "tax",
        "treasury",
        "transfer",
        "umbuchung",
        "uebertrag",
        "ubertrag",
        "to",
        "from",
    ]
)


def is_own(facts: Facts, payee: str) -> bool:
    """Whether a payee is the company itself: its name, with no more than a word for an account behind it."""
    company, words = name_words(facts.org["company_name"] or ""), name_words(payee)
    count = len(company)
    return bool(company) and words[:count] == company and _ACCOUNTS.issuperset(words[count:])
