"""The card: the verdict, the facts, the draft exactly as it will be sent, the effect of approving, and the trail."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from execops.model import Status
from execops.text import languages
from tui import clock, draft
from tui.text import WHOLE, clean, hidden
from tui.widgets.card_body import CardBody, Section, Text
from tui.widgets.fitted import Fitted
from tui.widgets.proposal_list import FLAG, URGENCY

if TYPE_CHECKING:
    from execops.authority.audit import TrailEntry
    from execops.client.proposals_part import Card
    from execops.model import Proposal
    from execops.proposals.listing import Summary

_STYLES = Path(__file__).with_suffix(".tcss")
_FIRST = 3  # facts that stand above the draft where there is little room
PHONE = 60  # columns below which the terminal is a telephone's: what decides comes first
_ROOMY = 30  # lines of the terminal from which facts and trail take a line each
LATE = 0.1  # seconds until the draft of another proposal goes; no decision can be made about it meanwhile
_LABEL = 9  # cells of a field's name
MUTED = "$execops-muted"


class ProposalCard(Vertical):
    """One proposal, whole. `card` is the card shown in full; a decision names its version."""

    card: Card | None = None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._title = Fitted(id="title")
        self._about = Fitted(id="about")
        self._advice = Fitted(id="advice")
        self._verdict = Fitted(id="verdict")
        self._body = CardBody(id="body")
        self._framed = ""
        self._shape = (False, False)  # whether there is room, and whether it is a telephone
        self.flagged: AbstractSet[str] = frozenset()  # plays whose drafts are mostly rejected

    def furnish(self) -> None:
        """Mount what the card shows: title, advice and verdict stay, and what is between them scrolls."""
        if (
            self.is_attached and not self._body.is_attached
        ):  # a `q` typed before the first frame ends the inbox
            from tui import styles  # only once the first frame stands

            styles.read(self.app, _STYLES)
            self.mount(self._title, self._about, self._advice, self._body, self._verdict)

    def announce(self, summary: Summary) -> None:
        """Show the head of a proposal whose card is being read; the card of another one is void."""
        self._head(summary)
        if self.card is not None and self.card.proposal.id != summary.id:
            self.card = None
            self.set_timer(LATE, self._clear)

    def show(self, card: Card, summary: Summary, verdict: Content) -> None:
        """Show all of a proposal."""
        self._head(summary)
        if self.card is None:
            self._body.scroll_home(animate=False, immediate=True)
        self.card = card
        self._write(card)
        self._verdict.fit(verdict)

    def on_resize(self) -> None:
        """Give facts and trail a line each where there is room for it now, or no more."""
        if self.card is not None and self._shape != self._shape_now():
            self._write(self.card)

    def _shape_now(self) -> tuple[bool, bool]:
        phone = self.app.size.width < PHONE
        return self.app.size.height >= _ROOMY and not phone, phone

    def _write(self, card: Card) -> None:
        self._shape = roomy, phone = self._shape_now()
        proposal = card.proposal
        self._advice.fit(Content.styled(clean(proposal.verdict), "bold"))
        self._advice.display = bool(proposal.verdict)
        first = len(proposal.evidence) if roomy else _FIRST
        why = ("Why", Content(clean(proposal.reasoning, lines=True)))
        sections: tuple[Section, ...] = (
            *(
                [("To", Content(clean(proposal.payload.get("to") or proposal.payload.get("channel") or "")))]
                if phone
                else []
            ),
            *([why] if roomy or not proposal.verdict else []),
            ("Facts", _facts(proposal.evidence[:first], roomy=roomy)),
            ("Sent", _last_written(card)),
            ("Also", _beside(card)),
            ("Went", Content(clean(card.sent.words) if card.sent else "")),
            ("Draft", _draft(card)),
            ("Means", _translation(proposal)),
            ("Edits", _edits(card)),
            ("Newer", _newer(card)),
            ("Facts", _facts(proposal.evidence[first:], roomy=roomy)),
            *([] if roomy or not proposal.verdict else [why]),
            ("Trail", _trail(card, roomy=roomy)),
        )
        self._body.show([section for section in sections if section[1]], airy=roomy)

    @property
    def is_cut(self) -> bool:
        """Whether there is more of it than fits."""
        return self.card is not None and self._body.is_cut

    def judge(self, verdict: Content) -> None:
        """Show another last line."""
        self._verdict.fit(verdict)

    def refuse(self, why: str) -> None:
        """Say why there is no card."""
        self._clear()
        self._verdict.fit(Content.styled(clean(why), "$text-error"))

    def _clear(self) -> None:
        if self.card is None:
            self._body.show([], airy=False)
            self._advice.display = False
            self._verdict.fit(Content(""))

    def _head(self, summary: Summary) -> None:
        parts = [f"#{summary.id} v{summary.version}", clean(summary.vertical), clean(summary.play)]
        if summary.play in self.flagged:
            parts.append(f"{FLAG} its drafts are mostly rejected")
        if summary.edited:
            parts.append("edited by hand")
        if summary.effective_status is Status.PENDING:
            parts.append(f"expires in {clock.left(summary.expires_at)}")
        about = " · ".join(parts)
        if about != self._framed:
            self._framed = about
            self.border_title = Content(about)
            self._about.fit(Content(about))
        amount = f"{clean(summary.amount)}  " if summary.amount else ""
        self._title.fit(
            Content.assemble(
                (f"{URGENCY[summary.urgency]}  ", f"bold $execops-{summary.urgency}"),
                amount,
                (clean(summary.title), "bold"),
            )
        )


def _facts(evidence: list[list[str]], *, roomy: bool) -> Text:
    pairs = [(clean(label), clean(value)) for label, value in evidence]
    if not roomy:
        return Content(" · ").join([Content.assemble((f"{label} ", MUTED), value) for label, value in pairs])
    return [(label, Content(value)) for label, value in pairs]


def _last_written(card: Card) -> Content:
    last = card.last_written
    return Content("" if last is None else f"Last written to: {clean(last.words)}")


def _beside(card: Card) -> Content:
    lines = [
        Content.assemble((f"{URGENCY[other.urgency]} ", MUTED), f"#{other.id} {clean(other.title)}")
        for other in card.beside
    ]
    return Content("\n").join(lines)


def _translation(proposal: Proposal) -> Content:
    """The same words in the founder's own language, which are never sent."""
    translation = proposal.translation
    if not translation:
        return Content("")
    own = str(translation.get("language", ""))
    heading = languages.heading(proposal.language, own, by_rules=proposal.reads_as_drafted)
    return Content.assemble(
        (clean(heading), MUTED),
        "\n",
        (clean(translation.get("subject", "")), "bold"),
        "\n\n",
        clean(translation.get("text", ""), lines=True, limit=WHOLE).rstrip(),
    )


def _draft(card: Card) -> Content:
    payload = card.proposal.payload
    lines = [
        Content.assemble((f"{draft.label(name):{_LABEL}}", MUTED), clean(value, lines=True))
        for name, value in draft.fields(payload, card.fields)
    ]
    if translation := card.proposal.translation:
        own = languages.name(str(translation.get("language", "")))
        language = f"{languages.name(card.proposal.language)}; in {own} below"
        lines.append(Content.assemble((f"{'Language':{_LABEL}}", MUTED), clean(language)))
    text = draft.body(payload)
    if text:
        lines += [Content(""), Content(clean(text, lines=True, limit=WHOLE).rstrip())]
    unseen = sum(hidden(value) for _, value in draft.fields(payload, card.fields)) + hidden(text)
    if unseen:
        lines.append(Content.styled(f"({unseen} invisible characters are not shown)", "$text-warning"))
    return Content("\n").join(lines)


def _edits(card: Card) -> Content:
    if not card.proposal.edited:
        return Content("")
    from tui import draft_diff  # only where a person edited

    original = draft_diff.original(card.versions)
    if original is None:
        return Content("")
    return Content.assemble(
        (f"By hand, against version {original['version']} as drafted:\n", MUTED),
        draft_diff.content(draft_diff.differences(original["payload"], card.proposal.payload, card.fields)),
    )


def _newer(card: Card) -> Content:
    newer = card.proposal.newer_draft
    if not newer:
        return Content("")
    from tui import draft_diff

    return Content.assemble(
        ("Since your edit the rules draft otherwise: ", "$text-warning"),
        clean(newer.get("title", "")),
        "\n",
        Content.styled(clean(newer.get("reasoning", ""), lines=True), MUTED),
        "\n",
        draft_diff.content(
            draft_diff.differences(card.proposal.payload, newer.get("payload") or {}, card.fields)
        ),
    )


def _trail(card: Card, *, roomy: bool) -> Content:
    lines = [_step(step) for step in card.trail]
    author = card.proposal.drafted_by
    if lines and author.get("author"):
        rules = f" ({clean(author['author'])} {clean(author.get('rules', ''))})".replace(" )", ")")
        lines[0] = Content.assemble(lines[0], (rules, MUTED))
    lines[:0] = [
        Content.assemble(
            (f"{clock.ago(event['occurred_at'])} ", MUTED), clean(f"{event['source']} {event['type']}")
        )
        for event in card.events
    ]
    return Content("\n" if roomy else " · ").join(lines)


def _step(step: TrailEntry) -> Content:
    entry = step.entry
    action = entry.action.removeprefix("proposal.").replace("execution.", "attempt ")
    if entry.action == "approval.given":
        action = step.words
    reason = entry.metadata_json.get("reason") or entry.metadata_json.get("error")
    by = f" by {clean(step.actor)}" if entry.actor_type == "user" else ""
    never = ", never contact again" if entry.metadata_json.get("suppress") else ""
    again = ", to write again" if entry.metadata_json.get("again_after") else ""
    return Content.assemble(
        (f"{clock.ago(entry.ts)} ", MUTED),
        clean(action),
        by,
        never,
        again,
        f": {clean(reason)}" if reason else "",
    )
