"""The card: why, the facts, the draft exactly as it will be sent, what approving does, and what happened so far."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from execops.audit import TrailEntry
from execops.client import Card
from execops.proposals import Summary
from tui import clock, draft, keys
from tui.text import clean, hidden
from tui.widgets.proposal_list import URGENCY

_ROOMY = 30  # lines of the terminal from which facts and trail take a line each
_LABEL = 9  # cells of a field's name
MUTED = "$execops-muted"


class Section(Horizontal):
    """A label and its text, which wraps beside it."""

    def __init__(self, label: str, *, id: str) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, classes="section")
        self._label = Static(label, classes="label", markup=False)
        self._text = Static("", classes="text", markup=False)

    def compose(self) -> ComposeResult:
        """Label, text."""
        yield self._label
        yield self._text

    def show(self, text: Content, label: str | None = None) -> None:
        """Show this text; nothing hides the section."""
        self.display = bool(text.plain)
        self._text.update(text)
        if label is not None:
            self._label.update(label)


class CardBody(VerticalScroll, can_focus=True):
    """The part of the card that scrolls."""

    BINDINGS = keys.bindings(*keys.MOVES)

    def action_move_down(self) -> None:
        """A line down."""
        self.scroll_down(animate=False)

    def action_move_up(self) -> None:
        """A line up."""
        self.scroll_up(animate=False)

    def action_move_page_down(self) -> None:
        """A page down."""
        self.scroll_page_down(animate=False)

    def action_move_page_up(self) -> None:
        """A page up."""
        self.scroll_page_up(animate=False)

    def action_move_first(self) -> None:
        """To the top."""
        self.scroll_home(animate=False)

    def action_move_last(self) -> None:
        """To the end."""
        self.scroll_end(animate=False)


class ProposalCard(Vertical):
    """One proposal, whole. `card` is what is shown in full; a decision names its version."""

    card: Card | None = None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._title = Static("", id="title", markup=False)
        self._about = Static("", id="about", markup=False)
        self._verdict = Static("", id="verdict", markup=False)
        self._body = CardBody(id="body")
        self._sections = {
            name: Section(label, id=name)
            for name, label in (
                ("why", "Why"),
                ("facts", "Facts"),
                ("draft", "Draft"),
                ("newer", "Newer"),
                ("trail", "Trail"),
            )
        }

    def compose(self) -> ComposeResult:
        """Title and verdict stay; what is between them scrolls."""
        yield self._title
        yield self._about
        with self._body:
            yield from self._sections.values()
        yield self._verdict

    @property
    def sections(self) -> dict[str, Section]:
        """The sections by name."""
        return self._sections

    def announce(self, summary: Summary) -> None:
        """Show the head of a proposal whose card is being read; the card of another one goes."""
        if self.card is not None and self.card.proposal.id == summary.id:
            return
        self.card = None
        self._head(summary, f"#{summary.id}")
        for section in self._sections.values():
            section.display = False
        self._verdict.update("")
        self._body.scroll_home(animate=False)

    def show(self, card: Card, summary: Summary, verdict: Content) -> None:
        """Show all of a proposal."""
        roomy = self.app.size.height >= _ROOMY
        proposal = card.proposal
        self.card = card
        about = [f"#{proposal.id} v{proposal.version}", clean(proposal.vertical), clean(proposal.play)]
        if proposal.edited:
            about.append("edited by hand")
        if proposal.status == "pending":
            about.append(f"expires in {clock.left(proposal.expires_at)}")
        self._head(summary, " · ".join(about))
        self._sections["why"].show(Content(clean(proposal.reasoning, lines=True)))
        self._sections["facts"].show(_facts(proposal.evidence, roomy=roomy))
        self._sections["draft"].show(_draft(card))
        self._sections["newer"].show(_newer(card))
        self._sections["trail"].show(_trail(card, roomy=roomy))
        self._verdict.update(verdict)

    def judge(self, verdict: Content) -> None:
        """Show another last line."""
        self._verdict.update(verdict)

    def refuse(self, why: str) -> None:
        """Say why there is no card."""
        self._verdict.update(Content.styled(clean(why), "$text-error"))

    def _head(self, summary: Summary, about: str) -> None:
        self.border_title = Content(about)
        self._about.update(about)
        amount = f"{clean(summary.amount)}  " if summary.amount else ""
        self._title.update(
            Content.assemble(
                (f"{URGENCY[summary.urgency]}  ", f"bold $execops-{summary.urgency}"),
                amount,
                (clean(summary.title), "bold"),
            )
        )


def _facts(evidence: list[list[str]], *, roomy: bool) -> Content:
    pairs = [(clean(label), clean(value)) for label, value in evidence]
    if not roomy:
        return Content(" · ").join([Content.assemble((f"{label} ", MUTED), value) for label, value in pairs])
    width = max((len(label) for label, _ in pairs), default=0)
    return Content("\n").join(
        [Content.assemble((f"{label:{width}}  ", MUTED), value) for label, value in pairs]
    )


def _draft(card: Card) -> Content:
    payload = card.proposal.payload
    lines = [
        Content.assemble((f"{draft.label(name):{_LABEL}}", MUTED), clean(value, lines=True))
        for name, value in draft.fields(payload)
    ]
    text = draft.body(payload)
    if text:
        lines += [Content(""), Content(clean(text, lines=True).rstrip())]
    unseen = sum(hidden(value) for _, value in draft.fields(payload)) + hidden(text)
    if unseen:
        lines.append(Content.styled(f"({unseen} invisible characters are not shown)", "$text-warning"))
    return Content("\n").join(lines)


def _newer(card: Card) -> Content:
    newer = card.proposal.newer_draft
    if not newer:
        return Content("")
    payload = newer.get("payload") or {}
    return Content.assemble(
        ("Since your edit the rules draft: ", "$text-warning"),
        clean(newer.get("title", "")),
        "\n",
        Content.styled(clean(newer.get("reasoning", ""), lines=True), MUTED),
        "\n",
        clean(draft.body(payload), lines=True).rstrip(),
    )


def _trail(card: Card, *, roomy: bool) -> Content:
    told = [_told(entry) for entry in card.trail]
    author = card.proposal.drafted_by
    if told and author.get("author"):
        rules = f" ({clean(author['author'])} {clean(author.get('rules', ''))})".replace(" )", ")")
        told[0] = Content.assemble(told[0], (rules, MUTED))
    told[:0] = [
        Content.assemble(
            (f"{clock.ago(event['occurred_at'])} ", MUTED), clean(f"{event['source']} {event['type']}")
        )
        for event in card.events
    ]
    return Content("\n" if roomy else " · ").join(told)


def _told(trail: TrailEntry) -> Content:
    entry = trail.entry
    action = entry.action.removeprefix("proposal.").replace("execution.", "attempt ")
    reason = entry.metadata_json.get("reason") or entry.metadata_json.get("error")
    by = f" by {clean(trail.actor)}" if entry.actor_type == "user" else ""
    return Content.assemble(
        (f"{clock.ago(entry.ts)} ", MUTED), clean(action), by, f": {clean(reason)}" if reason else ""
    )
