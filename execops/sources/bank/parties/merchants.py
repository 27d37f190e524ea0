"""The merchant whom a payment service pays: `PayPal Europe S.a.r.l.`, whose text says `Ihr Einkauf bei JetBrains s.r.o.`"""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.sources.bank.parties.purposes import to_words

# Services that stand as the payee in the place of the merchant.
_SERVICE = re.compile(
    r"^(?:paypal|gocardless|mollie|stg mollie|stichting mollie|adyen|klarna|buckaroo|stichting derdengelden|pay nl|multisafepay|payone|bill com)\b"
)
_BEHIND = r"(?=\s*(?:[,;]|\s(?:EREF|MREF|CRED|ABBUCHUNG|End-to-End|Mandat|Gl[äa]ubiger|KREF|SVWZ|\d{6,})|$))"
_BOUGHT = re.compile(
    rf"\b(?:Ihr Einkauf bei|im Auftrag von|your purchase (?:at|from)|votre achat (?:chez|sur)|su compra en)\s+(?P<name>[^\W_].*?){_BEHIND}",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"^(?P<name>\S.*\S) via (?:Mollie|Adyen|Buckaroo|Pay\.nl|MultiSafepay|Stripe|Klarna|PayPal)\b.*$",
    re.IGNORECASE,
)
_LONGEST = 60  # characters of a merchant's name


def merchant(payee: str, texts: Sequence[str]) -> str:
    """The merchant's name as a text behind the payment service writes it, or before its `via Mollie`; empty without one."""
    if (before := _VIA.match(payee)) is not None:
        return before["name"]
    service = payee or next(iter(texts), "")
    if not _SERVICE.match(to_words(service)):
        return ""
    bought = next(filter(None, map(_BOUGHT.search, texts)), None)
    return bought["name"].strip() if bought is not None and len(bought["name"]) <= _LONGEST else ""
