"""Check that a metric's SQL is one plain SELECT that only reads what a metric may read.

Parsed conservatively: what is not known to be harmless is refused. Functions and tables are allowed by name, so that
a metric that needs a further one says so here. The database refuses writes by itself; this refuses them earlier,
with the file and the reason.
"""

from __future__ import annotations

import re

TABLES = frozenset(
    """audit_log balances events executions mrr_changes openings proposals_effective recoveries
    rollup_events rollup_kinds rollup_mrr rollup_parties snapshots transactions vendor_categories verdicts""".split()  # noqa: SIM905
)
FUNCTIONS = frozenset(
    """abs array_agg bool_or canvas_balances canvas_balances_at canvas_bucket canvas_buckets canvas_currencies
    canvas_events_known canvas_grid canvas_known canvas_months canvas_moves canvas_mrr_backfilled canvas_mrr_in_part canvas_party_moves canvas_party_totals canvas_stripe_known
    canvas_webhooks_known
    canvas_unknown canvas_without_balance ceil
    coalesce count date_part date_trunc dense_rank extract first_value floor generate_series
    greatest invoice_recoveries lag last_value lead least length lower make_interval max min mode nullif
    percentile_cont rank round row_number runway_by_currency split_part starts_with string_agg sum to_char to_jsonb upper vendor_category""".split()  # noqa: SIM905
)
# Words that may stand before a parenthesis without calling anything.
_BEFORE_PARENTHESIS = frozenset(
    """all and any array as between by case distinct else except exists filter from group having in
    intersect interval is join lateral materialized not numeric on or order over partition row
    select then union using values when where with within""".split()  # noqa: SIM905
)
_FORBIDDEN = frozenset(
    """abort alter analyze call checkpoint close cluster comment commit copy create current_catalog
    current_date current_role current_schema current_time current_timestamp current_user deallocate
    declare delete discard do drop execute explain fetch grant import insert into listen load
    localtime localtimestamp lock merge move notify prepare reassign refresh reindex release reset
    returning revoke rollback savepoint security session_user set show table tablesample
    truncate unlisten update user vacuum""".split()  # noqa: SIM905
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_TOKEN = re.compile(
    r"\s+|--[^\n]*|(?P<text>'(?:[^'\\]|'')*')|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>::|<=|>=|<>|!=|->>|->|@>|\|\||/(?!\*)|[-+*=<>().,\[\]])"
)
_CLAUSE_ENDS = frozenset(
    """except fetch group having intersect limit offset on order select union using where window""".split()  # noqa: SIM905
)


def placeholders(body: str) -> set[str]:
    """The parameters that a statement binds."""
    return set(_PLACEHOLDER.findall(body))


def fault(body: str) -> str | None:
    """Why this is not one plain SELECT over the tables of the canvas; None where it is."""
    bare = _PLACEHOLDER.sub(" 0 ", body)
    if "%" in bare:
        return "a % that is no %(parameter)s"
    try:
        tokens = _tokens(bare)
    except ValueError as exc:
        return str(exc)
    if not tokens or tokens[0] not in {"select", "with"}:
        return "it is not one SELECT"
    if "with" in tokens[1:]:
        return "WITH stands only at its beginning"
    for word in tokens:
        if word in _FORBIDDEN:
            return f"the word {word} has no place in a metric"
        if word.startswith("pg_"):
            return f"{word} is Postgres's own"
    return _faulty_call(tokens) or _faulty_relation(tokens)


def _tokens(text: str) -> list[str]:
    """Words in lower case, signs, and `''` for every literal."""
    tokens: list[str] = []
    place = depth = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"the character {text[place]!r} has no place in a metric")
        place = match.end()
        if match["text"]:
            if tokens and (tokens[-1] in {"e", "u", "b", "x", "n"} or tokens[-1] == "''"):
                raise ValueError("only plain 'strings'")
            tokens.append("''")
        elif match["word"]:
            tokens.append(match["word"].lower())
        elif match["number"]:
            tokens.append("0")
        elif match["sign"]:
            depth += {"(": 1, ")": -1}.get(match["sign"], 0)
            if depth < 0:
                break
            tokens.append(match["sign"])
    if depth:
        raise ValueError("the parentheses do not match")
    return tokens


def _word(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"


def _common_tables(tokens: list[str]) -> set[str]:
    """Names that the statement's own WITH gives: `NAME as (` and `NAME as materialized (`."""
    names: set[str] = set()
    depth = 0
    for at, (name, following, third) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        depth += {"(": 1, ")": -1}.get(name, 0)
        if depth:
            continue
        if name == "select":
            break
        after = tokens[at + 3] if at + 3 < len(tokens) else ""
        opens = third == "(" or (third == "materialized" and after == "(")
        if following == "as" and opens and _word(name):
            names.add(name)
    return names


def _faulty_call(tokens: list[str]) -> str | None:
    named = _common_tables(tokens)
    for before, name, following in zip(["", *tokens[:-1]], tokens, [*tokens[1:], ""], strict=True):
        if following != "(" or not _word(name) or name in _BEFORE_PARENTHESIS or name in named:
            continue
        if before == "as":  # the columns of an alias
            continue
        if before == "." or name not in FUNCTIONS:
            return f"the function {name} is not among those a metric may call"
    return None


def _faulty_relation(tokens: list[str]) -> str | None:
    """Every FROM and JOIN names a table of the canvas, an earlier part of the statement, or a function."""
    relations = TABLES | _common_tables(tokens)
    callers: list[str] = []  # what stands before each open parenthesis
    in_from: list[bool] = [False]  # for each open parenthesis: are we among the relations of a FROM?
    expects = False
    for at, word in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        if word == "(":
            callers.append(before)
            in_from.append(False)
            expects = False
        elif word == ")":
            callers.pop()
            in_from.pop()
        elif word == "from" and before != "distinct" and not (callers and callers[-1] == "extract"):
            in_from[-1] = expects = True
        elif word == "from" and before == "distinct" and (at < 2 or tokens[at - 2] not in {"is", "not"}):
            return "DISTINCT before FROM"
        elif word == "join":
            expects = True
        elif word in _CLAUSE_ENDS:
            in_from[-1] = word in {"on", "using"} and in_from[-1]
        elif word == "," and in_from[-1]:
            return "relations are joined, not listed with commas"
        elif expects and word != "lateral":
            expects = False
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            if following == ".":
                return f"the schema {word} is named"
            if word not in relations and not (following == "(" and word in FUNCTIONS):
                return f"the table {word} is not among those a metric may read"
    return None
