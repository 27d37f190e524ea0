"""`execops trigger`: sends a signed test event to the running server, or asks for a first message to oneself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.demo import stripe_events

if TYPE_CHECKING:
    from execops.settings import Settings

app = typer.Typer(help="Send a test event, or ask for a first message to yourself.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


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


@app.command()
def email(
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Your own mail address.")],
    as_json: AsJson = False,
) -> None:
    """Put a first mail to yourself into the inbox. Approving it shows that mails arrive. Only a founder may."""
    _request("email", to, as_json)


@app.command()
def slack(
    channel: Annotated[str, typer.Option(metavar="CHANNEL", help="Your own channel, such as #ops.")],
    as_json: AsJson = False,
) -> None:
    """Put a first Slack message to yourself into the inbox. Approving it shows that messages arrive. Only a founder may."""
    _request("slack", channel, as_json)


def _request(action_type: str, receiver: str, as_json: bool) -> None:
    async def command() -> None:
        async with session.client() as client:
            requested = await client.proposals.request_first_message(action_type, receiver.strip())
        if as_json:
            output.document(requested)
            return
        ref = f"{requested.proposal_id}@{requested.version}"
        hints = {
            "pending": f"Approve it there, or with: execops approve {ref}",
            "failed": f"Try it again with: execops proposals retry {ref}",
            "unknown": f"Look whether it arrived, then see: execops proposals show {requested.proposal_id}",
        }
        state = "waits in the inbox" if requested.status == "pending" else f"is {requested.status}"
        earlier = "" if requested.new else " already, so nothing was added"
        output.note(f"Proposal {ref} {state}{earlier}. {hints.get(requested.status, '')}".rstrip())

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
