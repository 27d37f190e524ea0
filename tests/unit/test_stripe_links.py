"""Links of Stripe's objects: only a page of Stripe's own reaches a draft."""

from __future__ import annotations

import pytest

from execops.sources.stripe.fields import link

PAGE = "/i/acct_1/test_YWNjdF8x,LDM0Mjk3NjEz0200wpYOWgBE?s=ap"


@pytest.mark.parametrize(
    "url",
    [
        f"https://invoice.stripe.com{PAGE}",
        f"https://stripe.com{PAGE}",
        f"https://a-1.pay.stripe.com{PAGE}",
        f"https://invoice.stripe.com:443{PAGE}",
        "https://invoice.stripe.com",
        "https://invoice.stripe.com?s=1",
        "https://invoice.stripe.com#pay",
        "https://invoice.stripe.com/i/a%40b@c",
        f"  https://invoice.stripe.com{PAGE}\n",
    ],
)
def test_a_page_of_stripes_own_is_kept(url: str) -> None:
    assert link({"url": url}, "url") == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        f"http://invoice.stripe.com{PAGE}",
        f"HTTP://invoice.stripe.com{PAGE}",
        f"//invoice.stripe.com{PAGE}",
        f"https:/invoice.stripe.com{PAGE}",
        f"https:///invoice.stripe.com{PAGE}",
        f"https:invoice.stripe.com{PAGE}",
        "javascript://invoice.stripe.com/%0aalert(1)",
        f"https://stripe.com.evil.example{PAGE}",
        f"https://evilstripe.com{PAGE}",
        f"https://invoice-stripe.com{PAGE}",
        f"https://stripe.co{PAGE}",
        f"https://stripe.community{PAGE}",
        f"https://stripe.com-pay.example{PAGE}",
        f"https://pay.example/stripe.com{PAGE}",
        f"https://pay.example?https://stripe.com{PAGE}",
        f"https://pay.example#.stripe.com{PAGE}",
        f"https://stripe.com@evil.example{PAGE}",
        f"https://user@invoice.stripe.com{PAGE}",
        f"https://user:word@invoice.stripe.com{PAGE}",
        f"https://:@invoice.stripe.com{PAGE}",
        f"https://@invoice.stripe.com{PAGE}",
        f"https://evil.example%40invoice.stripe.com{PAGE}",
        f"https://invoice.stripe.com:8443{PAGE}",
        f"https://invoice.stripe.com:0443{PAGE}",
        f"https://invoice.stripe.com:{PAGE}",
        f"https://invoice.stripe.com:80{PAGE}",
        f"https://evil.example\\.stripe.com{PAGE}",
        f"https://evil.example\\@invoice.stripe.com{PAGE}",
        f"https://invoice.stripe.com\\@evil.example{PAGE}",
        f"https:\\\\invoice.stripe.com{PAGE}",
        f"https://invoice.stripe.com\\{PAGE}",
        f"https://invoice.stripe.com./{PAGE}",
        f"https://.stripe.com{PAGE}",
        f"https://invoice..stripe.com{PAGE}",
        f"https://-a.stripe.com{PAGE}",
        f"https://a_b.stripe.com{PAGE}",
        f"https://invoice%2estripe.com{PAGE}",
        f"https://invoice.stripe%2ecom{PAGE}",
        f"https://evil.example%2f.stripe.com{PAGE}",
        f"https://evil.example%23.stripe.com{PAGE}",
        f"https://evil.example%00.stripe.com{PAGE}",
        f"https://invoice.ѕtripe.com{PAGE}",  # a Cyrillic letter
        f"https://invoice.stripe.c\u043em{PAGE}",
        f"https://invoice.\u017ftripe.com{PAGE}",  # a long s, which browsers read as s
        f"https://invoice.stri\u00adpe.com{PAGE}",  # a soft hyphen, which browsers drop
        f"https://invoice.stripe\u3002com{PAGE}",  # an ideographic full stop, which browsers read as a dot
        f"https://invoice.stripe\uff0ecom{PAGE}",
        f"https://evil.example\uff0f.stripe.com{PAGE}",  # a wide slash, which browsers read as a slash
        f"https://evil.example\u2100.stripe.com{PAGE}",  # a/c, which browsers read as a slash
        f"https://xn--tripe-2of.com{PAGE}",
        f"https://invo\tice.stripe.com{PAGE}",
        f"https://evil.example\t.stripe.com{PAGE}",
        f"https://evil.example\n.stripe.com{PAGE}",
        f"https://invoice.stripe.com{PAGE}\nBcc: a@b.example",
        f"https://invoice.stripe.com{PAGE} https://evil.example",
        f"https://invoice.stripe.com{PAGE}\u202e",
        "https://invoice.stripe.com/<b>",
        'https://invoice.stripe.com/"onclick="x',
        "https://invoice.stripe.com/`x`",
        "https://invoice.stripe.com/{email}",
        "https://invoice.stripe.com/i|x",
        "https://invoice.stripe.com/%",
        "https://invoice.stripe.com/%zz",
        "https://invoice.stripe.com/é",
        "https://[::1]/.stripe.com",
        "https://127.0.0.1/stripe.com",
        "",
        None,
        7,
        ["https://invoice.stripe.com/i"],
    ],
)
def test_any_other_link_is_dropped(url: object) -> None:
    assert link({"url": url}, "url") is None
