"""Words that the plays about spending share."""

from __future__ import annotations

# What a payment is for that follows a contract or a law: nobody caps or cancels it.
KINDS = {
    "payroll": "payroll",
    "tax": "tax",
    "social": "social security",
    "pension": "pensions",
    "rent": "rent",
    "loan": "a loan",
}
