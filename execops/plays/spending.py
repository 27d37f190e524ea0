"""Words that the plays about spending share."""

from __future__ import annotations

import re

from execops.books.facts import Facts

# The purposes of payments that follow a contract or a law: nobody caps or cancels one.
KINDS = {
    "payroll": "payroll",
    "tax": "tax",
    "social": "social security",
    "pension": "pensions",
    "rent": "rent",
    "loan": "a loan",
}
_LEGAL_FORM = re.compile(
    r"[ ,]+(?:inc|llc|ltd|limited|corp|co|plc|gmbh|ag|ug|kg|b\.?v|n\.?v|sas|sarl|s\.?r\.?l|s\.?l|s\.?a|lda|oy|ab|as|aps|kk)\.?$",
    re.IGNORECASE,
)


def is_own(facts: Facts, payee: str) -> bool:
    """Whether a payee bears the company's own name, as the other half of a transfer between own accounts does."""
    company = _LEGAL_FORM.sub("", (facts.org["company_name"] or "").strip())
    own = re.compile(rf"{re.escape(company)}(?!\w)", re.IGNORECASE)
    return bool(company) and own.match(payee) is not None
