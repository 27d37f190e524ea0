"""`execops trigger`: sends a signed test event to the running server, or asks for a first message to oneself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.demo import stripe_events
from cli.demo.stripe_shapes import SHAPES, Shape
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.settings import Settings

app = typer.Typer(help="Send a test event, or ask for a first message to yourself.", no_args_is_help=True)


@app.command()
def stripe(
    type_: Annotated[
        str | None,
        typer.Argument(metavar="[TYPE]", help="The type of event, such as invoice.payment_failed."),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(help="The shape of the event; the first of the list if not set.", show_default=False),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the types and shapes of events, and end.")
    ] = False,
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
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Send it, though the books hold a live account.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send one event, such as invoice.payment_failed. Prints the server's answer as JSON."""
    if list_:
        session.run(_listed(as_json))
        return

    async def command() -> None:
        make = _shape(type_, shape)
        session.require_here("`execops trigger stripe`")
        settings = session.settings()
        if not yes:
            _refuse_for_a_live_account(settings)
        ids = {"customer": customer, "invoice": invoice}
        subject = stripe_events.Subject.fresh(
            name=name,
            email=email,
            amount=amount,
            currency=currency,
            attempt=attempt,
            **{key: value for key, value in ids.items() if value},
        )
        payload = stripe_events.event(str(type_), make(subject), livemode=settings.stripe_mode == "live")
        answer = await send(settings, url or f"http://{settings.host}:{settings.port}", payload)
        output.document(answer | {"customer": subject.customer, "invoice": subject.invoice})
        output.note(_answered_by(str(type_)))

    session.run(command())


async def _listed(as_json: bool) -> None:
    if as_json:
        output.document([{"type": name, "shapes": list(shapes)} for name, shapes in SHAPES.items()])
        return
    for name, shapes in SHAPES.items():
        output.hanging(f"{name:<41} ", ", ".join(shapes))


def _refuse_for_a_live_account(settings: Settings) -> None:
    """Raises InvalidInputError where the books are those of a live account: they would count the invented customer."""
    from execops.errors import InvalidInputError

    if settings.stripe_mode == "live" and settings.stripe_api_key is not None:
        raise InvalidInputError(
            "These books hold your live Stripe account, and would count the test event as a real one; nothing was sent.",
            hint="Try it in books of their own: EXECOPS_HOME=~/execops-try execops up, without STRIPE_API_KEY."
            " Or send it all the same with --yes.",
        )


def _answered_by(type_: str) -> str:
    """The sentence that says whether a proposal can follow from this event."""
    from execops.client.plays_part import answering

    plays = ", ".join(answering(type_))
    if plays:
        return f"{plays} may draft from it: see execops inbox"
    return (
        f"No play drafts from {type_}. It changes the books, and may end what waits: see execops events list"
    )


def _shape(type_: str | None, shape: str | None) -> Shape:
    """The maker of an event's object. Raises InvalidInputError, which names what was meant."""
    from difflib import get_close_matches

    from execops.errors import InvalidInputError

    if type_ is None or type_ not in SHAPES:
        near = get_close_matches(type_ or "", SHAPES, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise InvalidInputError(
            f"{type_!r} is not a test event." if type_ else "Name the type of event.",
            hint=f"{hint}All types: execops trigger stripe --list",
        )
    shapes = SHAPES[type_]
    if shape is not None and shape not in shapes:
        raise InvalidInputError(f"{type_} has no shape {shape!r}.", hint=f"One of: {', '.join(shapes)}")
    return shapes[shape] if shape is not None else next(iter(shapes.values()))


@app.command()
def email(
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Your own mail address.")],
    by_model: Annotated[
        bool, typer.Option("--by-model", help="Let the configured model word it, as it words drafts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a first mail to yourself into the inbox. Approving it shows that mails arrive. Only a founder may."""
    _request("email", to, as_json, by_model=by_model)


@app.command()
def slack(
    channel: Annotated[str, typer.Option(metavar="CHANNEL", help="Your own channel, such as #ops.")],
    as_json: AsJson = False,
) -> None:
    """Put a first Slack message to yourself into the inbox. Approving it shows that messages arrive. Only a founder may."""
    _request("slack", channel, as_json)


def _request(action_type: str, receiver: str, as_json: bool, *, by_model: bool = False) -> None:
    async def command() -> None:
        async with session.client() as client:
            requested = await client.proposals.request_first_message(
                action_type, receiver.strip(), by_model=by_model
            )
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
        if requested.model is not None:
            output.note(words_by(requested.model))
        output.note(f"Proposal {ref} {state}{earlier}. {hints.get(requested.status, '')}".rstrip())

    session.run(command())


def words_by(result: str) -> str:
    """Whose words a message has that a model was asked for."""
    why = output.clean(result.removeprefix("kept: "))
    return "The model worded it." if result == "used" else f"The model gave no words that can be used: {why}."


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
            hint="Set STRIPE_WEBHOOK_SECRET to the server's value, or run: execops connect stripe."
            " To try without Stripe, start the server and this command with STRIPE_WEBHOOK_SECRET=whsec_try",
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
        message, hint = _refusal(response.status_code, response.text)
        raise InvalidInputError(message, hint=hint)
    answer: dict[str, object] = response.json()
    return answer


def _refusal(status: int, text: str) -> tuple[str, str | None]:
    """The words of a refusal: those of the problem in the body, where it is one."""
    try:
        problem = json.loads(text)
        return f"The server answered {status}. {problem['detail']}", problem.get("hint")
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"The server answered {status}.", "Another program may listen there. Run: execops status"
