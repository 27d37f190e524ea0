"""Errors as JSON, and back: a console raises the error that the server raised, with the same words and exit code."""

from __future__ import annotations

import inspect

from execops import errors
from execops.errors import ExecOpsError
from execops.model import Json


def to_json(error: ExecOpsError) -> Json:
    """The error with its code, its words, and what it carries besides."""
    about = {name: value for name, value in vars(error).items() if name not in ("message", "hint")}
    return {"code": error.code, "detail": error.message, "hint": error.hint, "about": about}


def from_json(problem: Json) -> ExecOpsError:
    """The same error again; an error of a code that this console does not know is a plain one."""
    kind = _BY_CODE.get(str(problem.get("code")), ExecOpsError)
    error = kind.__new__(kind)
    hint = problem.get("hint")
    ExecOpsError.__init__(error, str(problem.get("detail")), hint=None if hint is None else str(hint))
    about = problem.get("about")
    own = inspect.signature(kind.__init__).parameters.keys()
    blank = {name: value for name, value in _BLANK.items() if name in own}
    vars(error).update(blank | (about if isinstance(about, dict) else {}))
    return error


def _kinds(kind: type[ExecOpsError]) -> list[type[ExecOpsError]]:
    return [kind, *(inner for child in kind.__subclasses__() for inner in _kinds(child))]


# A class that shares its parent's code comes later, and does not take its place.
_BY_CODE: dict[str, type[ExecOpsError]] = {}
for _kind in _kinds(errors.ExecOpsError):
    _BY_CODE.setdefault(_kind.code, _kind)
# The parts that an error of an older server may lack.
_BLANK: Json = {"field": None, "sentence": "", "retry_after": None, "suggestions": []}
