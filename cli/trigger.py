"""`execops trigger`: a locally signed fixture, sent to the running server as Stripe would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.demo import stripe_events

if TYPE_CHECKING:
    from execops.settings import Settings

app = typer.Typer(help="Send a signed test event to the running server.", no_args_is_help=True)


@app.command()
def stripe(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help=f"One of: {', '.join(stripe_events.EVENTS)}.")],
    name: Annotated[str, typer.Option(help="The customer's name.")] = "Globex",
    email: Annotated[str, typer.Option(help="The customer's address.")] = "billing@globex.example",
    amount: Annotated[int, typer.Option(min=0, help="In minor units: 4900 is 49.00.")] = 120_000,
    currency: Annotated[str, typer.Option()] = "usd",
    attempt: Annotated[int, typer.Option(min=1, help="How often the charge has failed.")] = 3,
    customer: Annotated[str | None, typer.Option(help="Customer id; a new one unless given.")] = None,
    invoice: Annotated[str | None, typer.Option(help="Invoice id; a new one unless given.")] = None,
    url: Annotated[
        str | None, typer.Option(help="The server; where `execops up` listens unless given.")
    ] = None,
) -> None:
    """Send one event, such as invoice.payment_failed, and print the server's answer as JSON."""

    async def command() -> None:
        from execops.errors import InvalidInputError

        if type_ not in stripe_events.EVENTS:
            raise InvalidInputError(
                f"There is no fixture for {type_!r}.", hint=f"One of: {', '.join(stripe_events.EVENTS)}"
            )
        settings = session.settings()
        given = {"customer": customer, "invoice": invoice}
        subject = stripe_events.Subject.fresh(
            name=name,
            email=email,
            amount=amount,
            currency=currency,
            attempt=attempt,
            **{key: value for key, value in given.items() if value},
        )
        payload = stripe_events.event(
            type_, stripe_events.EVENTS[type_](subject), livemode=settings.stripe_mode == "live"
        )
        answer = await send(settings, url or f"http://{settings.host}:{settings.port}", payload)
        output.document(answer | {"customer": subject.customer, "invoice": subject.invoice})

    session.run(command())


async def send(settings: Settings, url: str, payload: stripe_events.Object) -> dict[str, object]:
    """Post one signed delivery. Raises UnavailableError, NotConfiguredError, InvalidInputError."""
    import httpx

    from execops.client.signing import sign
    from execops.errors import InvalidInputError, NotConfiguredError, UnavailableError

    if not settings.stripe_webhook_secrets:
        raise NotConfiguredError(
            "There is no secret to sign with.",
            hint="Set STRIPE_WEBHOOK_SECRET to the same value as the server's.",
        )
    body = json.dumps(payload).encode()
    headers = {
        "stripe-signature": sign(body, settings.stripe_webhook_secrets[0]),
        "content-type": "application/json",
    }
    try:
        async with httpx.AsyncClient(base_url=url, timeout=10) as http:
            response = await http.post("/ingest/stripe", content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise UnavailableError(f"No server answers at {url}.", hint="Start one with: execops up") from exc
    if response.is_error:
        raise InvalidInputError(f"The server answered {response.status_code}.", hint=response.text[:500])
    answer: dict[str, object] = response.json()
    return answer
