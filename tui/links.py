"""The page of an object in Stripe's dashboard, and the browser that shows it."""

from __future__ import annotations

import os
import sys
from urllib.parse import quote

from execops.text.patterns import Pattern

_STRIPE = "https://dashboard.stripe.com"
_PAGES = {
    "ch": "payments",
    "cus": "customers",
    "dp": "disputes",
    "du": "disputes",
    "evt": "events",
    "in": "invoices",
    "ipi": "issuing/transactions",
    "pi": "payments",
    "po": "payouts",
    "prod": "products",
    "py": "payments",
    "sub": "subscriptions",
    "sub_sched": "subscription_schedules",
    "tu": "topups",
}
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_PATIENCE = 10.0  # seconds that a browser may take to start
_OWN_ACCOUNT = "account/status"
_ID = Pattern(r"(?a:(sub_sched|[a-z]+)_\w+)")


def stripe(object_id: str, *, livemode: bool) -> str | None:
    """The page of an object, or of what Stripe's search finds by its id; None for an id that is not Stripe's."""
    match = _ID.fullmatch(object_id)
    if match is None or len(object_id) > 255:
        return None
    base = _STRIPE if livemode else f"{_STRIPE}/test"
    if match[1] == "acct":  # the company's own: events of other accounts are ignored
        return f"{base}/{_OWN_ACCOUNT}"
    page = _PAGES.get(match[1])
    return f"{base}/search?query={quote(object_id)}" if page is None else f"{base}/{page}/{object_id}"


def show(url: str) -> bool:
    """Open the page in a browser with a window of its own; False where there is none.

    A browser writes warnings to the terminal that it was started from, over the inbox: another process starts it, without
    this terminal.
    """
    if not _has_windows():
        return False  # a browser for terminals would take this one
    import subprocess

    nowhere = subprocess.DEVNULL
    try:
        process = subprocess.run(  # noqa: S603  Python itself, and an address that we made
            [sys.executable, "-I", "-c", _OPEN, url],
            stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return process.returncode == 0


def _has_windows() -> bool:
    if sys.platform == "darwin":
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
