"""Beside the Client: reading a bank's file before it is imported. It needs neither an operator nor a database."""

from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layout import Layout, Options, survey
from execops.sources.bank.reading import Statement, read_file, require_size
from execops.sources.bank.statement import LeftOut, Problem, Row, read

__all__ = [
    "DoubtError",
    "Layout",
    "LeftOut",
    "Options",
    "Problem",
    "Row",
    "Statement",
    "read",
    "read_file",
    "require_size",
    "survey",
]
