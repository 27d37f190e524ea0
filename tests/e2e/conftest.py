"""Fixtures of the tests with processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.own_postgres import Template, copied, template_of_run


@pytest.fixture(scope="session")
def postgres_template(shared_folder: Path) -> Template:
    """The folder of a stopped server with a migrated database, to copy."""
    template = template_of_run()
    folder = copied(template.folder.parent, shared_folder / "template")
    return replace(template, folder=folder / "postgres")
