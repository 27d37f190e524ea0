"""Workbooks (XLSX, XLS, ODS): their sheets as the records of one table.

python-calamine reads them. A workbook is a zip: what it would unpack to is added up before anything is unpacked.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta

from execops.errors import InvalidInputError
from execops.sources.bank.files.sheets import one_table

_MOST = 100 << 20  # bytes that a workbook may unpack to
_PARTS = frozenset(
    {"[Content_Types].xml", "content.xml"}
)  # of every workbook: of Office Open XML, and of OpenDocument


def workbook_records(data: bytes) -> list[tuple[int, list[str]]]:
    """The rows of a workbook's table, with their numbers: dates as ISO dates, numbers with a decimal point.

    The table is on the first sheet that has one, and goes on on the sheets of further periods. Raises InvalidInputError for a
    damaged workbook, for an archive of other files, for one that unpacks to more than a statement ever would, and for one with the tables of several accounts.
    """
    _require_workbook(data)
    from python_calamine import CalamineError, CalamineWorkbook

    sheets: list[tuple[str, list[list[str]]]] = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            cells = [[_cell(value) for value in row] for row in rows]
            if any(map(any, cells)):
                sheets.append((name, cells))
    except (CalamineError, OSError, ValueError) as exc:
        raise InvalidInputError(
            "The workbook is damaged; nothing was imported.",
            hint=f"Open it, and save it again as XLSX or CSV. {str(exc)[:120]}",
        ) from exc
    if not sheets:
        raise InvalidInputError("The workbook is empty; nothing was imported.")
    return list(enumerate(one_table(sheets), start=1))


def _require_workbook(data: bytes) -> None:
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as exc:
        raise InvalidInputError(
            "The workbook is damaged; nothing was imported.", hint=str(exc)[:120]
        ) from exc
    names = [entry.filename for entry in entries if not entry.is_dir()]
    if any(name.endswith(".iwa") for name in names):
        raise InvalidInputError(
            "It is a document of Numbers; nothing was imported.",
            hint="Export it from Numbers as CSV or XLSX.",
        )
    if not _PARTS.intersection(names):
        number = "1 file" if len(names) == 1 else f"{len(names)} files"
        raise InvalidInputError(
            f"It is an archive of {number}{f', such as {names[0][:80]}' if names else ''}; nothing was imported.",
            hint="Unpack it, and import what is inside: a folder of files is imported file by file.",
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MOST:
        raise InvalidInputError(
            f"The workbook unpacks to {unpacked >> 20} MB; nothing was imported.",
            hint="No statement is so large. Save its sheet as CSV, a year at a time.",
        )


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # Four decimals prove the point as the decimal mark; a whole number may be a date, an account, a reference.
        return str(int(value)) if value.is_integer() and abs(value) >= 1e8 else f"{value:.4f}"
    if isinstance(value, bool | int | time | timedelta):
        return str(value)
    return str(value).strip() if value is not None else ""
