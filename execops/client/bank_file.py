"""Beside the Client: reading a bank's file before it is imported. It needs neither an operator nor a database."""

from execops.sources.bank import statement
from execops.sources.bank.encodings import detect_encoding
from execops.sources.bank.statement import Layout, Options

__all__ = ["Layout", "Options", "detect_encoding", "statement"]
