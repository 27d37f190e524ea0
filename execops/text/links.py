"""Links in the words of strangers: what a mail program or a chat would make a link of, and how it is made none."""

from __future__ import annotations

import re
import unicodedata

# Full stops that browsers read as the dot of a host.
_STOPS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024", "."))
# A scheme with its slashes, in any of the ways that browsers take, or the name of a site.
_URL = re.compile(
    r"(?:(?<![a-z0-9])[a-z][a-z0-9+.-]{1,30}:[/\\]{1,3}|(?<![\w@.])www\d{0,3}\.)[^\s<>\"]*", re.IGNORECASE
)
_SCHEME = re.compile(r"(?:(?<![a-z0-9])[a-z][a-z0-9+.-]{1,30}:[/\\]+)", re.IGNORECASE)
# Letters with full stops are a name ("E.ON", "J.Smith"), where no path follows.
_SITE = re.compile(
    r"(?<![\w@.\-])(?![A-Z]\.[A-Z][^\s/]*(?:\s|$))(?:[\w-]{1,63}\.){1,200}[^\W\d_]{2,63}(?![\w@]|\.\w|-\w)"
)
_ADDRESS = re.compile(r"\S@\S|(?:mailto|tel|sms|javascript|data):\S", re.IGNORECASE)
_PAGE = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9._~/-]{0,500}")
_DOT = re.compile(r"[.\u3002\uff0e\uff61\u2024](?=[^\W_])")


def has_link(text: str) -> bool:
    """Whether a program that shows this text may make a link of a part: an address of a page, a site, a mail address."""
    folded = unicodedata.normalize("NFKC", text).translate(_STOPS)
    return any(pattern.search(folded) for pattern in (_URL, _SITE, _ADDRESS))


def page(url: object) -> str | None:
    """The address of a page over https, without a user, a port, a query or a fragment; None for any other value."""
    return url if isinstance(url, str) and _PAGE.fullmatch(url) else None


def unlinked(text: str) -> str:
    """The text whose addresses of pages are no links: without the scheme, the dots in brackets (`evil[.]example/pay`)."""
    if "/" not in text and "\\" not in text and "www" not in text.casefold() and text.isascii():
        return text
    return _URL.sub(lambda url: _broken(_SCHEME.sub("", url[0])), _folded(text, _URL))


def without_sites(text: str) -> str:
    """The text of `unlinked`, in which the bare name of a site (`evil.example`) is no link either. Mail addresses stay."""
    text = _folded(unlinked(text), _SITE)
    return _SITE.sub(lambda site: _broken(site[0]), text)


def _broken(url: str) -> str:
    return _DOT.sub("[.]", url)


def _folded(text: str, pattern: re.Pattern[str]) -> str:
    """The text as it is written; as a program may read it where only then it has a link."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_STOPS)
    return folded if pattern.search(folded) and not pattern.search(text) else text
