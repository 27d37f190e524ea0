"""The figures of a run, and the table that shows them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A measure of ours beside that of a library; `against` and `theirs` are None where the budget is absolute."""

    name: str
    against: str | None
    unit: str
    ours: float
    theirs: float | None
    budget: float  # for the ratio; where there is none, for `ours`, in the unit
    at_least: bool  # True: the budget is a floor; False: a ceiling
    samples: int
    bound: float | None = (
        None  # the ratio that any design with the same guarantees comes to, measured in the same run
    )

    @property
    def ratio(self) -> float | None:
        """Ours to theirs."""
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the ratio, or where there is none our own measure, keeps to the budget."""
        measured = self.ours if self.ratio is None else self.ratio
        return measured >= self.budget if self.at_least else measured <= self.budget


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def print_table(figures: Sequence[Figure]) -> None:
    """Print a row for each figure: ours, theirs, their ratio, and whether the budget holds."""
    rows = [("what", "ours", "against", "theirs", "ratio", "bound", "budget", "holds")]
    rows += [
        (
            figure.name,
            f"{figure.ours:,.1f} {figure.unit}",
            figure.against or "",
            "" if figure.theirs is None else f"{figure.theirs:,.1f} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            "" if figure.bound is None else f"{figure.bound:.2f}",
            f"{'≥' if figure.at_least else '≤'} {figure.budget:g}"
            + f" {figure.unit}" * (figure.ratio is None),
            "yes" if figure.holds else "NO",
        )
        for figure in figures
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
