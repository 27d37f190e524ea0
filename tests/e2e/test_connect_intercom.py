"""`execops connect intercom` as a person runs it, with right and wrong input; a fake plays Intercom."""

from __future__ import annotations

from execops.context import Context
from tests.e2e.test_cli import Cli, cli  # noqa: F401
from tests.e2e.test_connect_first import stored
from tests.fake_intercom import TOKEN, fake_intercom

SECRET = "8f14e45f-never-shown"


async def test_token_secret_and_source_are_stored_and_never_shown(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with fake_intercom() as (_, url):
        ours = Cli({**cli.env, "EXECOPS_INTERCOM_API_BASE": url})
        ran = await ours("connect", "intercom", "--token", "-", "--secret", "-", stdin=f"{TOKEN}\n{SECRET}\n")
        assert ran.code == 0, ran.err
        assert "✓ replies are written in the name of Support at Acme" in ran.err
        assert not {TOKEN, SECRET} & set((ran.out + ran.err).split())
        assert stored(ctx) == {
            "intercom_access_token": TOKEN,
            "intercom_admin": "7",
            "intercom_client_secrets": SECRET,
            "sources": "stripe,intercom",
        }
        ran = await ours(
            "connect", "intercom", "--url", "https://ops.example.com"
        )  # again, with nothing to type
        assert ran.code == 0, ran.err
        assert "https://ops.example.com/ingest/intercom" in ran.err
        assert "conversation.user.replied" in ran.err
        assert "the token stored before is kept" in ran.err
        assert stored(ctx)["sources"] == "stripe,intercom"


async def test_what_cannot_be_used_is_not_stored(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with fake_intercom() as (_, url):
        ours = Cli({**cli.env, "EXECOPS_INTERCOM_API_BASE": url})
        ran = await ours("connect", "intercom", "--token", "-", stdin="wrong\n")
        assert (ran.code, ran.out) == (6, "")
        assert "Intercom refused it (401)" in ran.err
        assert "Nothing was stored." in ran.err
        for local in ("http://ops.example.com", "https://127.0.0.1:8000"):
            ran = await ours("connect", "intercom", "--url", local)
            assert ran.code == 2
            assert "it needs a public address" in ran.err
    assert stored(ctx) == {}
