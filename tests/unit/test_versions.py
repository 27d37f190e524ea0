"""The exact versions: one set for work on the project, and the image's own with the hash of each file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-build.lock"]
NOT_ON_THIS_SYSTEM = {"colorama", "httpx2-jsfetch"}  # of Windows and of browsers


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """The version and the hashes of each package, by its name."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    packages: dict[str, tuple[str, list[str]]] = {}
    for line in text.splitlines():
        requirement, *hashes = line.split(" --hash=")
        parsed = Requirement(requirement.strip())
        [pin] = parsed.specifier
        assert pin.operator == "==", line
        packages[canonicalize_name(parsed.name)] = (pin.version, [text.strip() for text in hashes])
    return packages


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_of_the_image_has_its_hash_and_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()
    for package, (_, hashes) in locked(name).items():
        assert hashes, package
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", text) for text in hashes), package


def test_the_image_has_the_versions_that_the_tests_ran_with() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    tested: dict[str, str] = {
        canonicalize_name(line.partition("==")[0]): line.partition("==")[2] for line in text.splitlines()
    }
    versions = {package: version for package, (version, _) in locked("requirements.lock").items()}
    assert versions.keys() - tested.keys() == NOT_ON_THIS_SYSTEM
    differing = {
        package: (version, tested[package])
        for package, version in versions.items()
        if package not in NOT_ON_THIS_SYSTEM and tested[package].partition(";")[0].strip() != version
    }
    assert differing == {}
