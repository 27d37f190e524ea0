"""Facts: everything that a play may know about its object, read in one place."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import asdict

from execops.books import conversations, costly_facts
from execops.books.mrr import subscription_mrr, to_minor
from execops.db import queries
from execops.db.pool import Connection
from execops.model import ABOUT_PAYMENT, Json
from execops.money import Money
from execops.settings import Settings

if TYPE_CHECKING:
    from execops.books import strangers
    from execops.books.resting import Awake
    from execops.books.subject_rows import SubjectRows

T = TypeVar("T")
SQL = queries.load("ledger")
_ORG_SETTINGS = (
    "company_name",
    "signer",
    "languages",
    "texts",
    "email_from",
    "email_reply_to",
    "customer_portal_url",
    "reads_stripe",
    "stripe_mode",
    "account_owner",
    "account_owner_email",
    "sentry_customers",
    "vip_amount",
    "vip_wait",
    "slas",
    "wave_customers",
    "wave_window",
    "finance_channel",
    "finance_email",
    "high_amount",
    "small_amount",
    "stripe_sends",
    "rates",
    "spend_floor",
    "time_zone",
    "currency",
)


class About(Struct, frozen=True, order=True):
    """The object that a play judges (an invoice, a vendor's month) and its subject, which related objects share."""

    object_id: str
    subject_key: str


class Facts(Struct, frozen=True, kw_only=True, dict=True):
    """The facts about one outside object and its subject. They have JSON types only, so that a thread can carry them."""

    object_id: str
    object_type: str | None
    subject_key: str
    state: Json  # of the object itself; empty if there is no snapshot
    as_of: str | None  # the object was in this state then
    customer: Json  # the state of its customer; empty if there is no snapshot
    subscriptions: list[Json]
    charges: list[Json]  # newest first
    payments: list[Json]  # payment intents, newest first
    cards: list[Json]
    invoices: list[Json]  # the subject's other invoices: those that are open, and the latest settled ones
    confirmations: list[Json]  # the invoices whose payment the customer has to confirm with the bank
    linked: list[Json]  # objects that this object links to, with their `type`: a dispute's charge
    paid: list[Json]  # per currency: currency, amount_minor (net of refunds and disputes), payments, by
    now: str
    org: Json  # the settings that drafts use
    runway: Json | None = None  # only if the play needs it: see `execops.books.cash`
    spend: Json | None = None
    vendor: Json | None = None  # the first payment to a vendor: see `execops.books.first_payments`
    top_customer: bool | None = None  # among the tenth that paid most in the last twelve months
    charged: list[Json] = field(default_factory=list)  # as `paid`, in currencies without a paid invoice
    setups: list[Json] = field(default_factory=list)  # setup intents, newest first
    disputes_ever: list[Json] = field(default_factory=list)  # of the subject, open and closed, newest first
    charges_beside: list[Json] = field(default_factory=list)  # of an object about a payment: see `Reader`
    same_payment: list[Json] = field(default_factory=list)  # its other refunds, disputes, warnings
    earlier: list[Json] = field(default_factory=list)  # of a subscription: its states of late, newest first
    written: list[Json] = field(
        default_factory=list
    )  # actions about the subject that went out lately, or may have: play, action_type, object_id, covers, at
    payouts: list[Json] = field(default_factory=list)  # the others to the bank account of a payout
    affected: list[Json] = field(default_factory=list)  # paying customers hit by an issue: see `affected`
    conversation: Json = field(default_factory=dict)  # of support: see `execops.books.conversations`
    actions: list[str] = field(default_factory=list)  # that are more than a message, and may be drafted
    hidden: Json = field(default_factory=dict)  # words that lost hidden characters, and how many

    @cached_property
    def _answers(self) -> dict[object, Any]:
        return {}

    @classmethod
    def from_json(cls, data: Json) -> Facts:
        """Make facts from the result of `to_json`."""
        return cls(**data)

    def to_json(self) -> Json:
        """The facts as JSON types."""
        return asdict(self)

    def once(self, compute: Callable[[Facts], T]) -> T:
        """The answer of `compute` about these facts. It is computed once for all plays that ask."""
        if compute not in self._answers:
            self._answers[compute] = compute(self)
        answer: T = self._answers[compute]
        return answer

    @staticmethod
    def settings_of(settings: Settings) -> Json:
        """The settings that drafts use, as JSON types."""
        return {name: _as_json(getattr(settings, name)) for name in _ORG_SETTINGS}

    @property
    def about(self) -> About:
        """The object and the subject of these facts."""
        return About(self.object_id, self.subject_key)

    @property
    def own(self) -> Json:
        """The object's own state with its `id` and `as_of`, in the form of the objects beside it."""
        return {**self.state, "id": self.object_id, "as_of": self.as_of}

    @property
    def disputes(self) -> list[Json]:
        """The open disputes about the subject's payments, without the object itself."""
        return [
            dispute
            for dispute in self.disputes_ever
            if dispute.get("open") and dispute["id"] != self.object_id
        ]

    @property
    def customer_name(self) -> str | None:
        """The customer's name: from the customer's snapshot, else from the object's state."""
        return self.customer.get("name") or self._told("customer_name")

    @property
    def customer_email(self) -> str | None:
        """The address for mails to the customer; None for a deleted customer."""
        if self.customer.get("deleted"):
            return None
        return self.customer.get("email") or self._told("customer_email")

    def _told(self, name: str) -> str | None:
        """What the object itself, or the latest invoice that does, tells of the customer."""
        of_invoices = self.object_type in {None, "customer", "invoice"}
        states = [self.own, *self.invoices]
        if of_invoices:
            states.sort(key=lambda state: (state["as_of"] or "", state["id"]), reverse=True)
        values: Iterator[str] = (state[name] for state in states if state.get(name))
        return next(values, None)

    @property
    def today(self) -> datetime:
        """The moment these facts were read."""
        return datetime.fromisoformat(self.now)

    def mrr(self) -> list[Money]:
        """Monthly recurring revenue of the subject, per currency, rounded to minor units: see `execops.books.mrr`.

        It is the sum of what is known; `mrr_left_out` says what it leaves out.
        """
        sums: dict[str, Fraction] = {}
        for subscription in self.subscriptions:
            for currency, amount in subscription_mrr(subscription, self.today).amounts.items():
                sums[currency] = sums.get(currency, Fraction(0)) + amount
        return [Money(to_minor(total), currency) for currency, total in sorted(sums.items())]

    def mrr_left_out(self) -> list[str]:
        """The parts of the subject's MRR that are not known, as in `execops.books.mrr.Mrr`; none where it is whole."""
        entries = (subscription_mrr(subscription, self.today).left_out for subscription in self.subscriptions)
        return list(dict.fromkeys(entry for left_out in entries for entry in left_out))


async def gather(
    conn: Connection,
    settings: Settings,
    now: datetime,
    about: About,
    needs: Collection[str] = (),
) -> Facts:
    """Read the facts about an object and its subject as of now.

    `needs` names the facts to add that cost a query of their own: see `execops.books.costly_facts`.
    """
    return (await Reader(conn, settings, now).gather({about: needs}))[about]


class Reader:
    """Reads facts in one transaction that holds the locks of their subjects: the rows of each subject once, for all objects.

    The facts of now stay the same for as long as the transaction writes nothing to the ledger. `plays` are the versions of
    the plays that judge by them.
    """

    def __init__(
        self, conn: Connection, settings: Settings, now: datetime, plays: Json | None = None
    ) -> None:
        self._conn, self._settings, self._now, self._plays = conn, settings, now, plays
        self._subjects: dict[tuple[str, bool], SubjectRows] = {}  # by key, and by whether all is read
        self._shared: dict[str, dict[str, Any]] = {}  # the costly facts of each subject
        self._costly: dict[str, frozenset[str]] = {}  # their names, also of those that there are none of
        self._harmless: strangers.Made = {}
        self._awake: dict[str, Awake] = {}

    async def gather(
        self, needs: Mapping[About, Collection[str]], *, awake_only: bool = False
    ) -> dict[About, Facts]:
        """Read the facts about several objects, as `gather` does for one, with what each needs.

        With `awake_only`, open invoices that rest may be left out: then `Unread` stands in the place of the others.
        """
        read: dict[About, Facts] = {}
        for subject_key in dict.fromkeys(about.subject_key for about in needs):
            of_subject = {
                about: wanted for about, wanted in needs.items() if about.subject_key == subject_key
            }
            read |= await self._gather_of(subject_key, of_subject, whole=not awake_only)
        return read

    async def awake(self, subject_key: str) -> Awake | None:
        """The open invoices of a subject that were read because they do not rest; None where few do, and all is as it was."""
        from execops.books import resting

        subject = self._subjects.get((subject_key, False))
        few = subject is None or len(subject.changes) < resting.BATCH
        if subject is not None and not few and subject_key not in self._awake:
            await self._look_at(subject)
        awake = self._awake.get(subject_key)
        return None if awake is None or (few and awake.stands and not awake.is_new) else awake

    async def _look_at(self, subject: SubjectRows) -> bool:
        """Find out which of a subject's open invoices rest; returns whether those that were left out do."""
        from execops.books import resting

        shared = await self._costly_of(subject.key, resting.NEEDS)
        digest = resting.beside(subject, shared, Facts.settings_of(self._settings), self._plays or {})
        awake = self._awake[subject.key] = await resting.look_at(self._conn, subject, digest, self._now)
        return awake.stands

    async def _gather_of(
        self, subject_key: str, needs: Mapping[About, Collection[str]], *, whole: bool
    ) -> dict[About, Facts]:
        from execops.books import resting, strangers, subject_rows  # only here: a console reads no facts

        conn, settings, object_ids = self._conn, self._settings, [about.object_id for about in needs]
        subject = await self._subject(subject_key, object_ids, whole=whole)
        customers = await subject_rows.of_payers(conn, subject, object_ids, self._harmless)
        links = []
        if any(subject.by_id.get(object_id, {}).get("links") for object_id in object_ids):
            links = await queries.many(conn, SQL["linked_snapshots"], object_ids=object_ids)
        shared = await self._costly_of(subject_key, frozenset[str]().union(*needs.values()))
        read: dict[About, Facts] = {}
        for about, wanted in needs.items():
            more = {name: value for name, value in shared.items() if name in wanted}
            more |= await costly_facts.of_object(conn, settings, self._now, about.object_id, wanted)
            if "conversation" in wanted:
                read_customer, talk = self._of_customer, about.object_id
                more["conversation"] = await conversations.read(conn, settings, talk, read_customer)
            of_whom = customers.get(about.object_id, subject)
            if of_whom is not subject:
                more["charges_beside"] = await costly_facts.charges_beside(conn, about.object_id, of_whom.key)
            if subject.by_id.get(about.object_id, {}).get("object_type") in ABOUT_PAYMENT:
                more["same_payment"] = await costly_facts.same_payment(conn, about.object_id)
            gathered = _facts(settings, self._now, about, of_whom, links, more)
            harmless = strangers.harmless_facts(gathered.to_json(), self._harmless)
            if not of_whom.is_whole:
                harmless["invoices"] = resting.Unread(harmless["invoices"])
            read[about] = Facts.from_json(harmless)
        return read

    async def _of_customer(self, customer: str) -> Facts:
        about = About(customer, customer)
        return (await self.gather({about: ()}))[about]

    async def _subject(self, subject_key: str, object_ids: Collection[str], *, whole: bool) -> SubjectRows:
        """The rows of a subject and of these objects. The subject itself is read with them: a play may ask about it next."""
        from execops.books import subject_rows  # only here: a console reads no facts

        wanted = {*object_ids, subject_key}
        for is_whole in (False, True):
            subject = self._subjects.get((subject_key, is_whole))
            if subject is not None and wanted <= subject.wanted and (subject.is_whole or not whole):
                return subject
        until = None if whole else self._now
        subject = await subject_rows.read(self._conn, subject_key, wanted, self._harmless, until=until)
        if not subject.is_whole and not await self._look_at(subject):
            subject = await subject_rows.read(self._conn, subject_key, wanted, self._harmless)
        self._subjects[subject_key, whole] = subject
        return subject

    async def _costly_of(self, subject_key: str, names: frozenset[str]) -> dict[str, Any]:
        read = self._costly.get(subject_key, frozenset())
        shared = self._shared.setdefault(subject_key, {})
        if not names <= read:
            shared |= await costly_facts.of_subject(
                self._conn, self._settings, self._now, subject_key, names - read
            )
            self._costly[subject_key] = read | names
        return shared


def _facts(
    settings: Settings,
    now: datetime,
    about: About,
    subject: SubjectRows,
    links: list[dict[str, Any]],
    more: dict[str, Any],
) -> Facts:
    """The facts about one object, from the rows of its subject and of the objects beside it."""
    from execops.books.subject_rows import PAYMENTS

    own: dict[str, Any] = subject.by_id.get(about.object_id, {})
    payments = [*subject.states("charge", own), *subject.states("payment_intent", own)]
    others = [payment for payment in payments if payment["id"] != about.object_id]
    others.sort(key=lambda payment: payment["id"])
    others.sort(key=lambda payment: payment["as_of"], reverse=True)
    beyond = {payment["id"] for payment in others[PAYMENTS:]}

    def latest(object_type: str) -> list[Json]:
        return [state for state in subject.states(object_type, own) if state["id"] not in beyond]

    return Facts(
        object_id=about.object_id,
        object_type=own.get("object_type"),
        subject_key=about.subject_key,
        state=json.loads(own["state"]) if own else {},
        as_of=own["as_of"].isoformat() if own else None,
        customer=next(iter(subject.states("customer", own)), {}),
        subscriptions=subject.states("subscription", own),
        charges=latest("charge"),
        payments=latest("payment_intent"),
        cards=subject.states("card", own),
        invoices=[invoice for invoice in subject.states("invoice", {}) if invoice["id"] != about.object_id],
        confirmations=subject.states("confirmation", {}),
        setups=subject.states("setup_intent", own),
        linked=[
            {"id": row["object_id"], "type": row["object_type"], **row["state"]}
            for row in links
            if row["linking"] == about.object_id
        ],
        paid=subject.paid,
        charged=subject.charged,
        disputes_ever=subject.states("dispute", own),
        now=now.isoformat(),
        org=Facts.settings_of(settings),
        **more,
    )


def _as_json(value: Any) -> Any:  # noqa: ANN401
    """The value of a setting as a JSON type."""
    return [_as_json(part) for part in value] if isinstance(value, tuple) else value


async def lock_object(conn: Connection, about: About, covers: Collection[str] = ()) -> None:
    """Lock the facts about an object, about those that a proposal covers, and about their subject.

    Take this lock before the lock of any proposal. The order is snapshot, subject, proposals.
    """
    object_ids = [about.object_id, *covers]
    await queries.run(conn, SQL["lock_object"], object_ids=object_ids, subject_key=about.subject_key)


async def lock_subjects(conn: Connection, object_of: Mapping[str, str]) -> None:
    """Lock several subjects, as `lock_subject` does one; `object_of` names an object of each.

    The draft about a dispute, a refund or a warning reads the facts about the customer of its payment, so that customer is
    locked with it.
    """
    object_ids = list(object_of.values())
    await queries.run(conn, SQL["lock_subjects"], subject_keys=list(object_of), object_ids=object_ids)


async def lock_subject(conn: Connection, subject_key: str) -> None:
    """Let one transaction at a time judge by a subject's facts.

    A lock of the object's snapshot is not enough. A draft also reads the customer's snapshot, which may not exist yet,
    and whether the customer is suppressed. A transaction that changes one of them takes this lock before it looks for
    proposals. So either it finds the draft, or the draft sees its change.
    """
    await queries.run(conn, SQL["lock_subject"], subject_key=subject_key)
