"""A malformed address of a Postgres is refused, and no error quotes its password."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.db.conninfo import parameters
from execops.errors import UnavailableError
from execops.settings import Secret

P = "s3cr3tW0rd"
MALFORMED = [
    f"postgresql://u:{P}@127.0.0.1:port/db",
    f"postgresql://u:{P}@127.0.0.1:99999/db",
    f"postgres://u:{P}@@h.invalid/db",
    f"postgresql://u:x@{P}@h.invalid/db",
    f"postgresql://u:{P}@h.invalid:5432:5/db",
    f"postgresql//u:{P}@h/db",
    f"postgresql:/u:{P}@h/db",
    f"mysql://u:{P}@h/db",
    f"postgresql+psycopg://u:{P}@h/db",
    f"u:{P}@h/db",
    f"host=h.invalid password={P} user",
    f"host=h.invalid password='{P}",
    f"password=a {P}",
    f"password={P} hots=x",
    f"postgresql://u:{P}%zz@h/db",
    f"postgresql://u:{P}/2@h.invalid/db",
    f"postgresql://u:{P}@[::1/db",
    f"postgresql://u:x@h.invalid/db?pasword={P}",
    f"  postgresql://u:{P}@h.invalid/db",
    f'"postgresql://u:{P}@h.invalid/db"',
    P,
    f"host={P}@h.invalid",
    f"host=h port=1 password={P} connect_timeout=abc",
    f"host=h port={P}",
    f"postgresql://u:\udcff{P}@h:x/db",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_address_is_refused_unquoted(text: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        parameters(Secret(text))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert P not in f"{caught.value} {caught.value.hint}"
    assert P not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:p%40ss@h:5432/db?sslmode=require",
        "postgres://h/db",
        "postgresql:///db?host=/var/run/postgresql",
        "host=a,b port=5432,5433 dbname=x",
        "postgresql://u@[::1]:5432/db",
        "host=::1",
        "",
        "dbname=x connect_timeout=3",
    ],
)
def test_a_sound_address_is_taken(text: str) -> None:
    parameters(Secret(text))


@given(st.text(st.sampled_from("postgresql:/@?#%&='\" ,[]u1.\\é\x00"), max_size=40), st.integers(0, 40))
def test_no_address_breaks_the_check_or_shows_the_password(text: str, place: int) -> None:
    try:
        shown = str(parameters(Secret(f"{text[:place]}{P}{text[place:]}")).get("port"))
    except UnavailableError as exc:
        shown = f"{exc} {exc.hint}"
    assert P not in shown
