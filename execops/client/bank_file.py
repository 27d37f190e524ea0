"""Beside the Client: reading a bank's file before it is imported. It needs neither an operator nor a database."""

from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts.layout import Layout, Options, survey
from execops.sources.bank.reading import LARGEST, Statement, read_file, require_size
from execops.sources.bank.same_account import Doubt, Traits, broken, days_of, find
from execops.sources.bank.statement import LeftOut, Problem, Row, read

__all__ = [
    "LARGEST",
    "Doubt",
    "DoubtError",
    "Layout",
    "LeftOut",
    "Options",
    "Problem",
    "Row",
    "Statement",
    "Traits",
    "broken",
    "days_of",
    "find",
    "read",
    "read_file",
    "require_size",
    "survey",
]
