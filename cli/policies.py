"""`execops policies`: from which amount two operators approve, and every switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.money import Money

app = typer.Typer(
    help="Show the rules in force; say from which amount two operators approve.", no_args_is_help=True
)

Why = Annotated[
    str | None, typer.Option("--why", "--reason", "-m", help="The reason; the audit log keeps it.")
]


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show from which amount two operators approve, and what was enabled, disabled or paused, by whom and why."""

    async def command() -> None:
        async with session.client() as client:
            rule = await client.policies.rule()
            is_current = await client.policies.is_current()
            switches = await client.policies.switches()
        if as_json:
            listed = [
                {"kind": kind, "name": name} | output.jsonable(switched)
                for (kind, name), switched in switches.items()
            ]
            second = output.jsonable(rule) | {"amount": str(rule.amount) if rule.amount else None}
            output.document({"second_approval": second, "switches": listed})
            return
        value = f"from {rule.amount} on" if rule.amount else "never"
        rows = [("two approvals", value, f"{rule.since:%Y-%m-%d}", rule.decided_by, rule.why or "")]
        for (kind, name), switched in switches.items():
            if kind == "system":
                what, state = "executions", "running" if switched.allowed else "paused"
            else:
                what, state = f"{kind} {name}", "enabled" if switched.allowed else "disabled"
            rows.append((what, state, f"{switched.since:%Y-%m-%d}", switched.decided_by, switched.why or ""))
        output.table(["rule", "state", "since", "by", "why"], rows)
        if not is_current:
            output.note(
                "EXECOPS_RATES changed since: amounts are compared by the rates of that day."
                " To use today's: execops policies set --second-approval-from"
                f" {rule.amount.exact.replace(' ', '') if rule.amount else ''}"
            )

    session.run(command())


@app.command("set")
def set_(
    second_approval_from: Annotated[
        str, typer.Option(metavar="AMOUNT", help="The amount from which two approve, such as 5000USD.")
    ],
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Say from which amount two operators approve. An amount of a currency without a rate needs two as well."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.money import parse_amount

        try:
            amount = parse_amount(second_approval_from)
        except ValueError as exc:
            raise InvalidInputError(f"--second-approval-from takes {exc}; nothing was changed.") from exc
        await _put(amount, why, as_json)

    session.run(command())


@app.command()
def unset(
    second_approval_from: Annotated[  # noqa: ARG001  the rule that is unset, for there may be more one day
        bool, typer.Option("--second-approval-from", help="One approval is enough again.")
    ] = True,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Let one approval be enough for every amount."""
    session.run(_put(None, why, as_json))


async def _put(amount: Money | None, why: str | None, as_json: bool) -> None:
    async with session.client() as client:
        rule = await client.policies.set_second_approval(amount, why)
    if as_json:
        output.document(output.jsonable(rule) | {"amount": str(rule.amount) if rule.amount else None})
    elif amount is None:
        output.note("One approval is enough for every amount.")
    else:
        output.note(
            f"From {amount} on, two operators approve. ExecOps asks again, before sending, about proposals that are approved already."
        )
