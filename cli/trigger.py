"""`execops trigger`: signs a test event and sends it to the running server, as Stripe does."""

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
    type_: Annotated[
        str,
        typer.Argument(metavar="TYPE", help=f"The type of event. One of: {', '.join(stripe_events.EVENTS)}."),
    ],
    name: Annotated[str, typer.Option(help="The customer's name.")] = "Globex",
    email: Annotated[str, typer.Option(help="The customer's mail address.")] = "billing@globex.example",
    amount: Annotated[int, typer.Option(min=0, help="The amount in minor units: 4900 is 49.00.")] = 120_000,
    currency: Annotated[str, typer.Option(help="The currency of the amount.")] = "usd",
    attempt: Annotated[int, typer.Option(min=1, help="How many times the charge has failed.")] = 3,
    customer: Annotated[str | None, typer.Option(help="The customer's id; a new one if not set.")] = None,
    invoice: Annotated[str | None, typer.Option(help="The invoice's id; a new one if not set.")] = None,
    url: Annotated[
        str | None, typer.Option(help="The server's URL; the address of `execops up` if not set.")
    ] = None,
) -> None:
    """Send one event, such as invoice.payment_failed. Prints the server's answer as JSON."""

    async def command() -> None:
        from execops.errors import InvalidInputError

        if type_ not in stripe_events.EVENTS:
            raise InvalidInputError(
                f"{type_!r} is not a test event.", hint=f"One of: {', '.join(stripe_events.EVENTS)}"
            )
        settings = session.settings()
        ids = {"customer": customer, "invoice": invoice}
        subject = stripe_events.Subject.fresh(
            name=name,
            email=email,
            amount=amount,
            currency=currency,
            attempt=attempt,
            **{key: value for key, value in ids.items() if value},
        )
        payload = stripe_events.event(
            type_, stripe_events.EVENTS[type_](subject), livemode=settings.stripe_mode == "live"
        )
        answer = await send(settings, url or f"http://{settings.host}:{settings.port}", payload)
        output.document(answer | {"customer": subject.customer, "invoice": subject.invoice})

    session.run(command())


async def send(settings: Settings, url: str, payload: stripe_events.Object) -> dict[str, object]:
    """Sign one delivery, post it, and return the server's answer.

    Raises UnavailableError, NotConfiguredError, and InvalidInputError where the server refuses it.
    """
    import httpx

    from execops.client.signing import sign
    from execops.errors import InvalidInputError, NotConfiguredError, UnavailableError

    if not settings.stripe_webhook_secrets:
        raise NotConfiguredError(
            "The event cannot be signed without a secret.",
            hint="Set STRIPE_WEBHOOK_SECRET to the server's value.",
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
