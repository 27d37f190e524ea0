"""Words that the plays about spending share."""

from __future__ import annotations

import re

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


# Words in the names of vendors who are paid for advertising, or by usage.
_ADVERTISING = re.compile(
    r"\b(?:ads?|adwords|advertis\w*|werbung|facebk|facebook|meta platforms|instagram|tiktok|outbrain|taboola|criteo|"
    r"snapchat|pinterest)\b",
    re.IGNORECASE,
)
_USAGE = re.compile(
    r"\b(?:api|usage|aws|amazon web services|google cloud|gcp|azure|openai|anthropic|mistral|twilio|sendgrid|mailgun|cloudflare|"
    r"digitalocean|hetzner|ovh\w*|scaleway|vercel|netlify|heroku|snowflake|databricks|datadog|mongodb|cloud|hosting)\b",
    re.IGNORECASE,
)


def to_check(vendor: str) -> str:
    """The place to look at when a vendor costs more than usual, by the kind of vendor that the name tells."""
    if _ADVERTISING.search(vendor):
        return f"look at the campaigns and their daily budgets at {vendor}, and lower or stop them today."
    if _USAGE.search(vendor):
        return (
            f"look at the usage at {vendor} by key, project and day: a loop or a leaked key costs more each hour."
            " Set a limit, and revoke a key that nobody knows."
        )
    return (
        f"look at what {vendor} billed, such as more usage or more seats, and cap or cancel it before the"
        " next bill."
    )


def is_own(facts: Facts, payee: str) -> bool:
    """Whether a payee is the company itself: its name, with no more than a word for an account behind it."""
    company, words = name_words(facts.org["company_name"] or ""), name_words(payee)
    count = len(company)
    return bool(company) and words[:count] == company and _ACCOUNTS.issuperset(words[count:])
