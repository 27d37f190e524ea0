"""The parts of a table: headings part movements that are booked from those that are not."""

from __future__ import annotations

from collections.abc import Sequence

from execops.sources.bank.cells.unbooked import begins_booked, begins_pending


class Sections:
    """Knows the heading above a line: that of movements that are not booked, or another one."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = [cell.strip() for cell in header]
        self._is_pending = False
        self._may_begin = True
        self._is_heading = False  # the line above

    def part(self, *, is_header: bool = False) -> None:
        """Say that an empty line stands here, or the header: a heading may follow.

        A section above the header ends there, but for a heading right above it.
        """
        self._is_pending = self._is_pending and (self._is_heading or not is_header)
        self._may_begin = True

    def are_pending(self, cells: Sequence[str]) -> bool:
        """Whether the movements from this line on are not booked. Words alone end a section only behind an empty line."""
        heading = begins_pending(cells, may_begin=self._may_begin)
        is_header = [cell.strip() for cell in cells] == self._header
        if heading or (heading is False and self._may_begin) or begins_booked(cells):
            self._is_pending = bool(heading)
        elif is_header and not self._is_heading:
            self._is_pending = False  # a second table without a heading
        self._is_heading = bool(heading)
        self._may_begin = is_header
        return self._is_pending
