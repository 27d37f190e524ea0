"""Every error ExecOps raises on purpose.

ExecOpsError
├── InvalidInputError            what was given cannot be used
│   ├── InvalidDeliveryError     a webhook body that is no event
│   │   ├── SignatureError       a delivery that its sender did not sign, or not now
│   │   └── DeliveryTooLargeError
│   └── InvalidPayloadError      a payload its action type does not accept
├── NotFoundError
├── NotAllowedError              the operator, or a policy, does not allow it
│   └── UnauthenticatedError     nobody is known by this token
├── ConflictError                somebody, or something, was faster
├── UnavailableError             it may work later
│   ├── DatabaseUnavailableError
│   └── NotConfiguredError       a setting is missing
├── RefusedError                 the catalogue does not answer this
├── CatalogueError               a metric's file cannot be used: refused at start
├── BusyError                    another job holds the thread: try again shortly
└── AdapterError                 an outside call that did not succeed
    ├── NotAcceptedError         provably not accepted: may be tried again
    ├── RejectedError            refused for good
    └── AmbiguousError           may or may not have happened: reconcile

Each class carries a stable `code`, the exit status of the command line and the HTTP status, so that each
face turns an error into its output in one place.
"""

from __future__ import annotations

from typing import ClassVar


class ExecOpsError(Exception):
    """Base of all errors raised on purpose: a sentence for the person, and what to do next."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInputError(ExecOpsError):
    """What was given cannot be used; nothing was changed."""

    code, exit_status, http_status = "invalid_input", 2, 400


class InvalidDeliveryError(InvalidInputError):
    """A webhook body that is no event; nothing was stored."""

    code = "invalid_delivery"


class SignatureError(InvalidDeliveryError):
    """The delivery was not signed by its sender, or not within the tolerance."""

    code = "invalid_signature"


class DeliveryTooLargeError(InvalidDeliveryError):
    """The delivery exceeds the size accepted."""

    code, http_status = "delivery_too_large", 413


class InvalidPayloadError(InvalidInputError):
    """The action's schema does not accept this payload; `field` is the one to put right."""

    code = "invalid_payload"

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class NotFoundError(ExecOpsError):
    """There is no such thing."""

    code, exit_status, http_status = "not_found", 3, 404


class NotAllowedError(ExecOpsError):
    """The operator's role, or a policy, does not allow it; nothing was changed."""

    code, exit_status, http_status = "not_allowed", 4, 403


class UnauthenticatedError(NotAllowedError):
    """No enabled operator is known by this token."""

    code, http_status = "unauthenticated", 401


class ConflictError(ExecOpsError):
    """The thing changed since it was seen, or was decided already; nothing was changed by this call."""

    code, exit_status, http_status = "conflict", 5, 409


class UnavailableError(ExecOpsError):
    """Something needed is not there now; it may be later."""

    code, exit_status, http_status = "unavailable", 6, 503


class DatabaseUnavailableError(UnavailableError):
    """Postgres does not answer."""

    code = "database_unavailable"


class NotConfiguredError(UnavailableError):
    """A setting that this needs is missing."""

    code = "not_configured"


class RefusedError(ExecOpsError):
    """The catalogue has no answer to this question."""

    code, exit_status, http_status = "refused", 7, 422


class CatalogueError(ExecOpsError):
    """A metric's file cannot be used; the message names the file and the reason."""

    code = "catalogue"


class BusyError(ExecOpsError):
    """Another job works on the same thread; the caller tries again shortly."""

    code, http_status = "busy", 503


class AdapterError(ExecOpsError):
    """An outside call that did not succeed."""

    code, http_status = "adapter", 502


class NotAcceptedError(AdapterError):
    """The other side provably did not accept it, so a further attempt cannot double it.

    `retry_after` is the other side's own wish, in seconds.
    """

    code = "not_accepted"

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class RejectedError(AdapterError):
    """The other side refused it for good; a further attempt would be refused too."""

    code = "rejected_by_adapter"


class AmbiguousError(AdapterError):
    """It may or may not have happened (a timeout after sending began, a 5xx); it must be reconciled."""

    code = "ambiguous"
