"""Operators and the token that the embedded default keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.errors import UnauthenticatedError
from execops.settings import Secret, load_settings
from jobs.bootstrap import local_token


@pytest.mark.parametrize("token", [None, Secret(""), Secret("execops_wrong"), Secret("\n")])
async def test_no_token_is_nobody(ctx: Context, token: Secret | None) -> None:
    with pytest.raises(UnauthenticatedError):
        await Client.login(ctx, token)


def test_an_empty_token_file_is_none(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {})
    assert local_token(settings) is None
    settings.token_file.write_text("\n")
    assert local_token(settings) is None
    settings.token_file.write_text("execops_x\n")
    assert local_token(settings) == Secret("execops_x")
