"""The warning of `execops import bank` about movements that earlier files told for the same days, and this file does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import output
from cli.bank_accounts import Reading

if TYPE_CHECKING:
    from execops.client.records import Booked, Report

_SHOWN = 3  # movements that the warning names


def unexplained(reading: Reading, report: Report) -> list[Booked]:
    """The absent movements that no row of the file doubles; none where a person said that nothing is a double."""
    if reading.doubled is None:
        return []
    return [movement for movement in report.absent if movement.external_id not in reading.doubled]


def warn(reading: Reading, report: Report) -> None:
    """Warn that these movements still count, though the bank may have changed them or taken them back."""
    from execops.money import Money

    if not report.absent:
        return
    output.note(
        f"{output.clean(reading.file.name)}: {output.style('warning', '33')}: account"
        f" {output.clean(report.account)} has {output.counted(len(report.absent), 'movement')} of the same days that this"
        " file does not tell. If the bank changed or removed a movement, the old one still counts."
    )
    for movement in report.absent[:_SHOWN]:
        amount = Money(movement.amount_minor, movement.currency)
        output.note(f"  {movement.day:%-d %b %Y}: {amount} {output.clean(movement.vendor or 'nobody named')}")
    output.note(
        "  To take the older import back: execops import list, execops import undo ID; then import this file again."
    )
