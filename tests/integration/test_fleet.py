"""The databases of a fleet: migrated in one go, where some are new, some are not reached, and one breaks off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execops.db.migrate import migration_names
from execops.errors import InvalidInputError, NotConfiguredError
from execops.settings import Settings, load_settings
from execops.settings.fleet import members
from jobs import fleet
from tests.databases import TEMPLATE
from tests.integration.test_migrate import NewDatabase, command, new_database, query, query_none
from tests.own_postgres import free_port

__all__ = ["new_database"]

PASSWORD = "Geheimnis"
LATEST = migration_names()[-1]


def with_password(url: str) -> str:
    return url.replace("//postgres@", f"//postgres:{PASSWORD}@")


async def test_one_that_fails_stops_no_other(new_database: NewDatabase, tmp_path: Path) -> None:
    broken, delta = await new_database(), await new_database()
    current, newer = [await new_database(template=TEMPLATE) for _ in range(2)]
    await query_none(broken, "create table action_proposals (mine text)")
    await query_none(
        newer, "insert into _yoyo_migration (migration_hash, migration_id) values ('f', '9999_later')"
    )
    listed = {
        "broken": broken,
        "away": f"postgresql://postgres@127.0.0.1:{free_port()}/execops",
        "newer": newer,
        "current": current,
        "odd": "postgresql://postgres@host:port/execops",
        "delta": delta,
    }
    file = tmp_path / "fleet"
    file.write_text(
        "# ours\n\n" + "".join(f"{name} = {with_password(url)}\n" for name, url in listed.items())
    )
    config = tmp_path / "config.toml"
    config.write_text(f"databases = {json.dumps(str(file))}\n")

    code, out, err = await command("", tmp_path, "db", "status", "--fleet")
    assert (code, out) == (6, "")
    assert f"delta  no migration  {len(migration_names())} migrations missing" in err
    assert f"current  {LATEST}  up to date" in err
    assert "1 of 6 databases up to date." in err

    code, out, err = await command("", tmp_path, "db", "migrate", "--fleet")
    assert code == 6
    tokens = dict(line.split("\t") for line in out.splitlines())
    assert sorted(tokens) == ["delta"]
    assert all(token.startswith("execops_") for token in tokens.values())
    assert sorted(line.partition(" of 6  ")[0] for line in err.splitlines() if " of 6  " in line) == list(
        "123456"
    )
    assert f"current  {LATEST}  up to date" in err
    assert f"delta  {LATEST}  applied {len(migration_names()) + 2}" in err
    assert (
        'broken  0005_events  failed: A migration broke off: relation "action_proposals" already exists'
        in err
    )
    assert "newer  9999_later  failed: Another version of ExecOps" in err
    assert "away  no migration  failed: Postgres does not answer" in err
    assert "2 of 6 databases up to date." in err
    summary = err.splitlines()[-1]
    assert "broken (0005_events)" in summary
    assert "newer (9999_later)" in summary
    assert all(name not in summary for name in ("current", "delta"))
    assert PASSWORD not in out + err
    assert await query(delta, "select count(*) from operators") == [(1,)]

    # The obstacle is gone, and the same command goes on with it.
    await query_none(broken, "drop table action_proposals")
    await query_none(newer, "delete from _yoyo_migration where migration_hash = 'f'")
    file.write_text(
        "".join(f"{name} = {url}\n" for name, url in listed.items() if name not in {"away", "odd"})
    )
    code, out, err = await command("", tmp_path, "db", "migrate", "--fleet", "--json")
    assert code == 0
    ended = {line["name"]: line for line in map(json.loads, out.splitlines())}
    assert {name: line["version"] for name, line in ended.items()} == dict.fromkeys(ended, LATEST)
    assert [name for name, line in ended.items() if line["founder_token"]] == ["broken"]
    assert ended["broken"]["applied"][0] == "0006_proposals"
    assert ended["delta"]["applied"] == []


async def test_a_turn_that_is_ended_leaves_the_rest(new_database: NewDatabase, tmp_path: Path) -> None:
    first, second = await new_database(template=TEMPLATE), await new_database()
    settings = of(tmp_path, f"first = {first}; second = {second}")
    outcomes = fleet.migrate(settings)
    assert (await anext(outcomes)).name == "first"
    await outcomes.aclose()
    assert [outcome.good async for outcome in fleet.look(settings)] == [True, False]
    assert [outcome.good async for outcome in fleet.migrate(settings)] == [True, True]


def of(home: Path, databases: str) -> Settings:
    return load_settings({"home": home, "databases": databases}, {})


@pytest.mark.parametrize(
    ("databases", "words"),
    [
        ("a = postgresql://u:Geheimnis@h/a; a = postgresql://u@h/b", "names a twice"),
        (
            "a = postgresql://u:Geheimnis@h/a; b = postgresql://u:Geheimnis@h/a",
            "a and b of EXECOPS_DATABASES",
        ),
        ("a postgresql://u:Geheimnis@h/a", "Entry 1"),
        ("a = postgresql://u@h/a\nb = mysql://u:Geheimnis@h/a", "Entry 2"),
        ("no such file", "cannot be read .FileNotFoundError"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path: Path, databases: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words) as caught:
        members(of(tmp_path, databases))
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"


def test_a_list_that_names_none(tmp_path: Path) -> None:
    with pytest.raises(NotConfiguredError):
        members(load_settings({"home": tmp_path}, {}))
    (tmp_path / "fleet").write_text("# nobody yet\n")
    with pytest.raises(InvalidInputError, match="names no database"):
        members(of(tmp_path, str(tmp_path / "fleet")))
