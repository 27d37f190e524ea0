"""Words that the plays about spending share."""

from __future__ import annotations

# The purposes of payments that follow a contract or a law: nobody caps or cancels one.
KINDS = {
    "payroll": "payroll",
    "tax": "tax",
    "social": "social security",
    "pension": "pensions",
    "rent": "rent",
    "loan": "a loan",
}
