"""Stripe restricts the company's own account, or will: say what it asks for, until when, and what stops."""

from __future__ import annotations

from datetime import datetime, timedelta

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Urgency
from execops.plays import occasions, requirements
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import at_stripe, day, local, moment
from execops.settings import Settings

# https://docs.stripe.com/connect/handling-api-verification, by the beginning of `disabled_reason`.
_REASONS = {
    "requirements.past_due": "Stripe waits for information that is past due",
    "requirements.pending_verification": "Stripe is checking the information that it was given",
    "action_required": "a capability of the account has to be requested again",
    "under_review": "Stripe is reviewing the account",
    "listed": "Stripe is checking the account against lists of prohibited businesses",
    "platform_paused": "the platform has paused the account",
    "rejected.fraud": "Stripe has rejected the account for suspected fraud",
    "rejected.terms_of_service": "Stripe has rejected the account for its terms of service",
    "rejected.listed": "Stripe has rejected the account: it matches a list of prohibited businesses",
    "rejected.incomplete_verification": "Stripe has rejected the account: the verification was not completed",
    "rejected": "Stripe has rejected the account",
    "other": "Stripe is reviewing the account",
}
_SOON = timedelta(days=30)  # what Stripe will only ask for later is urgent from then on
_IN_TITLE = 2  # requirements


def about(event: Event, settings: Settings) -> About | None:
    """The company's own account; None for another one."""
    if event.object_id is None or settings.stripe_account not in (None, "", event.object_id):
        return None
    return About(event.object_id, event.object_id)


def assess(facts: Facts) -> Draft | Declined:
    """A message where payments or payouts have stopped, or Stripe asks for information now or from a known day on.

    The urgency is critical where something has stopped or is past due. It is high while a deadline is ahead; what only
    becomes due later is of medium urgency until a month before. Information that Stripe checks, or that it may ask for at
    some volume, is nobody's task yet.
    """
    if facts.object_type != "account":
        return Declined("the event names no account")
    case = _Case(facts)
    if facts.state.get("details_submitted") is False:
        return Declined(f"account {facts.object_id} is not set up yet")
    if not case.is_restricted:
        waits = ", and only checks what it was given" if case.state["pending"] else ""
        return Declined(f"account {facts.object_id} may do everything, and Stripe asks for nothing{waits}")
    title = case.title()
    evidence = case.evidence()
    link = ("Open at Stripe", at_stripe(facts, "account/status"))
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, case.ask(), link)
    return Draft(
        title=title,
        urgency=case.urgency(),
        action_type=action_type,
        payload=payload,
        verdict=case.verdict(),
        reasoning=case.why(),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        stage=case.stage(),
    )


PLAY = Play(
    name="account_restricted",
    vertical="money",
    version=1,
    summary="Stripe has stopped payments or payouts of your own account, or asks for information by a day",
    action_type="notice",
    events=frozenset({"account.updated"}),
    assess=assess,
    survival=True,
    about=about,
)


class _Case:
    """The account as Stripe shows it: what has stopped, and what is asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.state = state = facts.state
        self.stopped = [
            words
            for words, enabled in (
                ("payments", state["charges_enabled"]),
                ("payouts", state["payouts_enabled"]),
            )
            if enabled is False
        ]
        listed, future = {*state["pending"]}, state["future"]
        self.past_due = [name for name in state["past_due"] if name not in listed]
        self.due = [
            name for name in state["currently_due"] if name not in listed and name not in self.past_due
        ]
        listed |= {*self.past_due, *self.due, *future["pending"]}
        self.later = [
            name for name in dict.fromkeys(future["past_due"] + future["currently_due"]) if name not in listed
        ]
        self._until = moment(state["deadline"])
        if self.due and self._until and self._until <= facts.today:
            self.past_due, self.due = self.past_due + self.due, []
        self._later_from = moment(future["deadline"])

    @property
    def is_restricted(self) -> bool:
        """Whether anything has stopped, or is asked for."""
        return bool(self.stopped or self.past_due or self.due or self.later)

    @property
    def _asked(self) -> list[str]:
        """The requirements to meet now, those that are past due first."""
        return self.past_due + self.due

    def urgency(self) -> Urgency:
        """See `assess`."""
        if self.stopped or self.past_due:
            return Urgency.CRITICAL
        if self.due:
            return Urgency.HIGH if self._until else Urgency.MEDIUM
        soon = self._later_from and self._later_from <= self._facts.today + _SOON
        return Urgency.HIGH if soon else Urgency.MEDIUM

    def stage(self) -> str:
        """A further stop and another deadline are stages of their own: they are told although an earlier one was read.

        So is a trouble that came back: a word to an earlier one says nothing about it.
        """
        level = "+".join(self.stopped) or ("past due" if self.past_due else "due" if self.due else "later")
        deadline = self.state["deadline"] if self.stopped or self._asked else self.state["future"]["deadline"]
        stage = f"{level} {(deadline or self.state['disabled_reason'] or '')[:40]}".strip()
        end = occasions.ended_at(self._facts)
        return f"{stage} since {end.isoformat()}" if end else stage

    def title(self) -> str:
        """The worst that happens, and the first things that are asked for."""
        requested = requirements.listed(self._asked, _IN_TITLE)
        if self.stopped:
            head = f"Stripe has stopped {' and '.join(self.stopped)}"
            return f"{head}: it asks for {requested}" if requested else head
        if self.past_due:
            return f"Past due at Stripe: {requested}"
        if self.due:
            return f"Stripe asks for {requested}{f' by {self._day(self._until)}' if self._until else ''}"
        later = requirements.listed(self.later, _IN_TITLE)
        return f"Stripe will ask for {later}{f' from {self._day(self._later_from)} on' if self._later_from else ''}"

    def verdict(self) -> str:
        """The thing to do, and the reason, in a line."""
        requested = requirements.listed(self._asked, _IN_TITLE)
        if self.stopped:
            do = f"Give Stripe {requested} now" if requested else "Look at your account at Stripe now"
            return f"{do}: {' and '.join(self.stopped)} have stopped"
        if self.past_due:
            return f"Give Stripe {requested} now: it is past due, and payments or payouts may stop"
        if self.due:
            by = f" by {self._day(self._until)}" if self._until else ""
            return f"Give Stripe {requested}{by}: without it payments or payouts may stop"
        return f"Prepare {requirements.listed(self.later, _IN_TITLE)}: Stripe will ask for it later"

    def why(self) -> str:
        """The state of the account in a sentence."""
        if self.stopped:
            reason = self._reason()
            return f"Stripe has stopped {' and '.join(self.stopped)} of the account{f': {reason}' if reason else ''}."
        if self.past_due:
            return (
                "Information that Stripe asked for is past due: it may stop payments and payouts at any time."
            )
        if self.due:
            until = f" by {self._day(self._until)}" if self._until else ""
            return f"Stripe asks for information{until}; without it Stripe may stop payments and payouts."
        return "Stripe will ask for further information; nothing has stopped."

    def evidence(self) -> list[tuple[str, str]]:
        """The state of the account in pairs of label and value."""
        pairs = [("Account", self._facts.object_id)]
        pairs += [(word.capitalize(), "stopped") for word in self.stopped]
        if self.stopped and (reason := self._reason()):
            pairs.append(("Reason", reason))
        for label, names in (("Past due", self.past_due), ("Asked for", self.due)):
            if names:
                pairs.append((label, requirements.listed(names)))
        if self._asked and self._until:
            pairs.append(("Until", self._day(self._until)))
        requested = {*self._asked}
        for error in self.state["errors"]:
            if error["requirement"] in requested and error["reason"]:
                pairs.append((f"Refused: {requirements.listed([error['requirement']])}", error["reason"]))
        if self.later:
            label = f"From {self._day(self._later_from)} on" if self._later_from else "Later"
            pairs.append((label, requirements.listed(self.later)))
        if self.state["pending"]:
            pairs.append(("Being checked", requirements.listed(self.state["pending"])))
        return pairs

    def ask(self) -> str:
        """The request: what to give to Stripe, until when, and what stops without it."""
        if self.stopped:
            return f"{self._stops()} {self._what_to_do()}"
        if self._asked:
            until = (
                f" by {self._day(self._until)}" if self.due and self._until and not self.past_due else " now"
            )
            return (
                f"Give it to Stripe{until}, on the page below. Without it Stripe may stop payments and payouts: customers"
                " could not pay, and no money would reach the bank account."
            )
        until = f" before {self._day(self._later_from)}" if self._later_from else ""
        return f"Give it to Stripe{until}, on the page below. Nothing stops until then."

    def _stops(self) -> str:
        effects = {
            "payments": "Customers cannot pay, and renewals fail.",
            "payouts": "No money reaches the bank account; it stays in your Stripe balance.",
        }
        return " ".join(effects[word] for word in self.stopped)

    def _what_to_do(self) -> str:
        if self._asked:
            then = f": {' and '.join(self.stopped)} resume once Stripe has checked it" if self.stopped else ""
            return f"Give Stripe what it asks for, on the page below{then}."
        if self.state["pending"]:
            return "Stripe is checking what it was given, and asks for nothing more: look at the page below, and wait."
        return "Stripe names nothing to hand in: read the page below, and answer Stripe's mail or write to its support."

    def _reason(self) -> str:
        code = self.state["disabled_reason"] or ""
        words = next((words for start, words in _REASONS.items() if code.startswith(start)), None)
        return words or code.replace(".", ": ").replace("_", " ")

    def _day(self, value: datetime) -> str:
        return day(local(self._facts, value))
