"""Fixtures of the tests with processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.own_postgres import Template, make_template


@pytest.fixture(scope="session")
def postgres_template(shared_folder: Path) -> Template:
    """The folder of a stopped server with a migrated database, to copy."""
    return asyncio.run(make_template(shared_folder / "template"))
