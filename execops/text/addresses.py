"""Mail addresses, senders with a display name, and the link to the customer portal: what is one, and how it is filled."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from msgspec import Struct

from execops.text.patterns import Pattern

EMAIL = "{email}"  # stands for the customer's address in the link to the portal
_ADDRESS = Pattern(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_MAX_ADDRESS = 254  # characters: RFC 5321, 4.5.3.1
_MAX_NAME = 200
# A display name is a phrase: words, each bare or in quotes (RFC 5322, 3.4). A bare comma or colon would begin another
# address or a group, so it needs quotes.
_NAMED = Pattern(r"(?P<name>(?:\"(?:[^\"\\]|\\.)*\"|[^\"<>()\[\]:;@\\,])*)<(?P<address>[^<>]+)>")
_URL_CHARACTERS = Pattern(r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]+")
_LOGIN_PAGE = Pattern(r"https://billing\.stripe\.com/p/login/[^?#]+")


class Mailbox(Struct, frozen=True):
    """A mail address with a display name, which may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        """The mailbox as a mail program shows it: `"Acme, Inc." <billing@acme.example>`."""
        from email.headerregistry import Address

        return str(Address(display_name=self.name, addr_spec=self.address))


def is_address(value: object) -> bool:
    """Whether this value is exactly one bare mail address, as a header can carry it."""
    if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
        return False
    return len(value) <= _MAX_ADDRESS and _is_one(value)


@lru_cache(maxsize=256)  # one mail asks four times, and the company's own addresses stand in all of them
def _is_one(value: str) -> bool:
    if not _ADDRESS.fullmatch(value):
        return False
    from email.errors import MessageError
    from email.headerregistry import Address
    from email.utils import parseaddr

    if parseaddr(value)[1] != value:
        return False
    try:
        Address(addr_spec=value)
    except (ValueError, IndexError, MessageError):
        return False
    return True


def mailbox(value: object) -> Mailbox | None:
    """The one mailbox that this text names, such as `Billing at Example <billing@example.com>`; None for any other text.

    A display name may have any printable characters. An encoded word (`=?utf-8?…`) is refused: it could hide a line
    break, or another address.
    """
    if not isinstance(value, str) or not value.isprintable():
        return None
    text = value.strip()
    if is_address(text):
        return Mailbox("", text)
    named = _NAMED.fullmatch(text)
    if named is None or "=?" in text or not is_address(named["address"]):
        return None
    words = re.sub(
        r"\"((?:[^\"\\]|\\.)*)\"", lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), named["name"]
    )
    name = " ".join(words.split())
    return Mailbox(name, named["address"]) if len(name) <= _MAX_NAME else None


def one_address(text: str) -> str:
    """A setting's mail address. Raises ValueError, which says what it takes."""
    if not is_address(text.strip()):
        raise ValueError("one mail address, such as finance@example.com")
    return text.strip()


def one_mailbox(text: str) -> str:
    """A setting's mail address, with or without a display name. Raises ValueError, which says what it takes."""
    named = mailbox(text)
    if named is None:
        raise ValueError(
            'one mail address, with or without a name, such as "Example, Inc." <billing@example.com>'
        )
    return str(named)


def portal_link(text: str) -> str:
    """A setting's link to the customer portal. Raises ValueError, which says what it takes."""
    accepted = f"an https link that stays valid, in which {EMAIL} may stand for the customer's address"
    sample = text.replace(EMAIL, "a%40b.example")
    if not _URL_CHARACTERS.fullmatch(sample):
        raise ValueError(accepted)
    try:
        url = urlsplit(sample)
        usable = url.scheme == "https" and bool(url.hostname) and "@" not in url.netloc and url.port != 0
    except ValueError:
        usable = False
    if not usable or EMAIL in text.partition("://")[2].partition("/")[0]:
        raise ValueError(accepted)
    if (url.hostname or "").endswith("stripe.com") and "/session/" in url.path:
        raise ValueError(f"{accepted}; a portal session ends within minutes, so take the login link")
    return text


def fill_portal_link(link: str, email: str | None) -> str:
    """The link to the portal for this customer. `email` is None where no address is known.

    Stripe's login page takes the address as `prefilled_email`:
    https://docs.stripe.com/customer-management/activate-no-code-customer-portal. Any other link gets the address only
    in the place of `{email}`.
    """
    encoded = quote(email or "", safe="")
    if EMAIL in link or not encoded or not _LOGIN_PAGE.match(link):
        return link.replace(EMAIL, encoded)
    page, hash_mark, fragment = link.partition("#")
    path, _, query = page.partition("?")
    parameters = [part for part in query.split("&") if part and part.partition("=")[0] != "prefilled_email"]
    return f"{path}?{'&'.join([*parameters, f'prefilled_email={encoded}'])}{hash_mark}{fragment}"
