"""Every error that ExecOps raises on purpose.

ExecOpsError
├── InvalidInputError            the input cannot be used
│   ├── InvalidDeliveryError     the body of a webhook is not an event
│   │   ├── SignatureError       the sender did not sign the delivery
│   │   │   └── StaleSignatureError  the sender signed it too long ago, or one of the two clocks is wrong
│   │   └── DeliveryTooLargeError
│   └── InvalidPayloadError      the action type does not accept the payload
├── NotFoundError
├── NotAllowedError              the operator's role, or a policy, does not allow it
│   ├── UnauthenticatedError     no enabled operator has this token
│   └── TooManyAttemptsError     too many wrong tokens came from there
├── ConflictError                another person or process was faster
│   ├── RecentContactError       the customer was written to lately; a person has to say that a further message may go
│   ├── AlreadyApprovedError     this operator approved it; another one has to approve it too
│   └── ConfirmationNeededError  the action cannot be taken back; a person has to say once more that it is to be done
├── UnavailableError             it may work later
│   ├── DatabaseUnavailableError
│   │   └── DiskFullError
│   └── NotConfiguredError       a setting is missing
├── RefusedError                 the catalogue cannot answer the question
├── CatalogueError               the file of a metric cannot be used; the process does not start
├── BusyError                    another job holds the thread; try again shortly
│   └── LockedError              another session of the database holds what this needs
└── AdapterError                 an outside call did not succeed
    ├── NotAcceptedError         the other side certainly did not accept it; try again
    ├── RejectedError            the other side refused it for good
    └── AmbiguousError           it may or may not have happened; reconcile

Each class carries a stable `code`, the exit status of the command line and the HTTP status. Each face therefore
turns every error into its output in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class ExecOpsError(Exception):
    """The base of all errors that ExecOps raises on purpose.

    `message` tells a person what happened and what was kept; `hint` tells them what to do next.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInputError(ExecOpsError):
    """The input cannot be used; nothing was changed."""

    code, exit_status, http_status = "invalid_input", 2, 400


class InvalidDeliveryError(InvalidInputError):
    """The body of a webhook is not an event; nothing was stored."""

    code = "invalid_delivery"


class SignatureError(InvalidDeliveryError):
    """The sender did not sign the delivery; nothing was stored."""

    code = "invalid_signature"


class StaleSignatureError(SignatureError):
    """The sender signed the delivery, but not within the tolerance; nothing was stored."""

    code = "stale_signature"


class DeliveryTooLargeError(InvalidDeliveryError):
    """The delivery is larger than the server accepts; nothing was stored."""

    code, http_status = "delivery_too_large", 413


class InvalidPayloadError(InvalidInputError):
    """The action type does not accept this payload; `field` names the field to correct."""

    code = "invalid_payload"

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class NotFoundError(ExecOpsError):
    """The object that the caller named does not exist."""

    code, exit_status, http_status = "not_found", 3, 404


class NotAllowedError(ExecOpsError):
    """The operator's role, or a policy, does not allow it; nothing was changed."""

    code, exit_status, http_status = "not_allowed", 4, 403


class UnauthenticatedError(NotAllowedError):
    """No enabled operator has this token; nothing was changed."""

    code, http_status = "unauthenticated", 401


class TooManyAttemptsError(NotAllowedError):
    """Too many wrong tokens came from one address, or from all together; the next one may come after `retry_after` seconds."""

    code, http_status = "too_many_attempts", 429

    def __init__(self, message: str, *, retry_after: float, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ConflictError(ExecOpsError):
    """The object changed since the caller saw it, or was decided already; this call changed nothing."""

    code, exit_status, http_status = "conflict", 5, 409


class AlreadyApprovedError(ConflictError):
    """This operator has approved the version already, and another operator has to; nothing was changed."""

    code = "already_approved"


class RecentContactError(ConflictError):
    """The customer was written to lately, and nobody said yet that a further message may go out; nothing was changed.

    `sentence` says what was sent, when, and by which proposal.
    """

    code = "recent_contact"

    def __init__(self, sentence: str, *, hint: str | None = None) -> None:
        super().__init__(f"{sentence} Nothing was changed.", hint=hint)
        self.sentence = sentence


class ConfirmationNeededError(ConflictError):
    """The action cannot be taken back once it is done, and nobody said a second time that it is to be; nothing was changed.

    `sentence` says what would be done, with the amount and the object.
    """

    code = "confirmation_needed"

    def __init__(self, sentence: str, *, hint: str | None = None) -> None:
        super().__init__(f"{sentence} Nothing was changed.", hint=hint)
        self.sentence = sentence


class UnavailableError(ExecOpsError):
    """A service that the call needs is not available now; it may be later."""

    code, exit_status, http_status = "unavailable", 6, 503


class DatabaseUnavailableError(UnavailableError):
    """Postgres does not answer, or refuses the connection."""

    code = "database_unavailable"


class DiskFullError(DatabaseUnavailableError):
    """The disk of Postgres has no room left; nothing was changed."""

    code = "disk_full"


class DeadlockError(UnavailableError):
    """Postgres ended this transaction, because it and another one waited for each other; nothing was changed."""

    code = "deadlock"


class NotConfiguredError(UnavailableError):
    """A setting that the call needs is missing or cannot be used."""

    code = "not_configured"


class RefusedError(ExecOpsError):
    """The catalogue cannot answer this question; `suggestions` are near ones that it can, as JSON."""

    code, exit_status, http_status = "refused", 7, 422

    def __init__(
        self, message: str, *, hint: str | None = None, suggestions: Sequence[Mapping[str, object]] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.suggestions = [dict(suggestion) for suggestion in suggestions]


class CatalogueError(ExecOpsError):
    """The file of a metric cannot be used; the message names the file and the reason."""

    code = "catalogue"


class BusyError(ExecOpsError):
    """Another job works on the same thread; the caller has to try again shortly."""

    code, exit_status, http_status = "busy", 6, 503


class LockedError(BusyError):
    """Another session of the database has held a lock for too long; nothing was changed, and the caller may try again."""

    code = "locked"


class AdapterError(ExecOpsError):
    """An outside call did not succeed."""

    code, http_status = "adapter", 502


class NotAcceptedError(AdapterError):
    """The other side certainly did not accept the action, so another attempt cannot repeat it.

    `retry_after` is the pause in seconds that the other side asks for.
    """

    code = "not_accepted"

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class RejectedError(AdapterError):
    """The other side refused the action for good; it would refuse another attempt too."""

    code = "rejected_by_adapter"


class AmbiguousError(AdapterError):
    """The action may or may not have happened (a timeout after sending began, a 5xx); it must be reconciled."""

    code = "ambiguous"
