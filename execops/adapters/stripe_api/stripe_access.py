"""Whether the key may perform the actions at Stripe, found out without a change."""

from __future__ import annotations

import re

from execops.adapters.stripe_api import stripe_errors
from execops.adapters.stripe_api.stripe_calls import Stripe
from execops.errors import NotConfiguredError
from execops.model import Json
from execops.settings import Settings

_MODE = re.compile(r"[rs]k_(live|test)_")
_NOBODY = "execops_doctor"  # no object of any account has this id
_PROBES: dict[str, Json] = {
    "/v1/refunds": {"charge": f"ch_{_NOBODY}"},
    f"/v1/disputes/du_{_NOBODY}/close": {},
    f"/v1/invoices/in_{_NOBODY}/void": {},
}
PERMISSIONS = [stripe_errors.permission(path) for path in _PROBES]  # those that an action may need


async def missing_permissions(settings: Settings) -> list[str]:
    """The permissions that the key lacks.

    Stripe checks them before it looks for the object, so a request about an object that does not exist tells of them.
    Raises NotConfiguredError for a key of the other mode, NotAcceptedError, and RejectedError where the key is missing or
    unknown.
    """
    mode = _MODE.match(settings.stripe_write_key.reveal()) if settings.stripe_write_key else None
    if mode and mode[1] != settings.stripe_mode:
        raise NotConfiguredError(
            f"EXECOPS_STRIPE_WRITE_KEY is of {mode[1]} mode, and EXECOPS_STRIPE_MODE is {settings.stripe_mode}.",
            hint="Use a key of the mode that EXECOPS_STRIPE_MODE names.",
        )
    async with Stripe(settings).calls() as calls:
        return [
            stripe_errors.permission(path)
            for path, params in _PROBES.items()
            if not await calls.may(path, **params)
        ]
