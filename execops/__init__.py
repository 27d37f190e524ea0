"""The core of ExecOps: what it knows and does, with no face and no queue of its own."""

__version__ = "0.1.0"
