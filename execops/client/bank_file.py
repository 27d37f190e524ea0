"""Beside the Client: reading a bank's file before it is imported. It needs neither an operator nor a database."""

from execops.sources.bank.encodings import detect_encoding
from execops.sources.bank.layout import Layout, Options, survey
from execops.sources.bank.statement import read

__all__ = ["Layout", "Options", "detect_encoding", "read", "survey"]
