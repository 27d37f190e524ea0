"""The customers who are never contacted: since when, by whose decision, and why; one of them can be lifted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from execops.authority.policy import Suppression
from execops.errors import ExecOpsError
from tui import clock, keys
from tui.messages import SuppressionLifted, SuppressionsRead, SuppressionsRefused
from tui.screens.confirm import ConfirmScreen
from tui.shared import Shared
from tui.styles import DIALOGS
from tui.text import clean

MUTED = "$execops-muted"


class SuppressionsScreen(ModalScreen[None]):
    """Reads the suppressions when it opens; lifting asks first."""

    CSS_PATH = DIALOGS
    AUTO_FOCUS = "OptionList"
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        keys.LIFT.binding(),
        Binding("escape,q", "dismiss", "back", id="never.back", show=False),
        Binding("j", "app.simulate_key('down')", id="never.down", show=False),
        Binding("k", "app.simulate_key('up')", id="never.up", show=False),
    ]

    def __init__(
        self,
        read: Callable[[], Awaitable[Sequence[Suppression]]],
        lift: Callable[[str], Awaitable[Suppression]] | None,
        keymap: Mapping[str, str],
    ) -> None:
        super().__init__()
        self._read, self._lift, self._keymap = read, lift, keymap  # lift: None where nothing is decided
        self.suppressions: Sequence[Suppression] = ()
        self.rows = OptionList(id="suppressions", markup=False, compact=True)
        self.word = Static("Reading…", classes="does", markup=False)

    def compose(self) -> ComposeResult:
        """One customer a line, and below the list a word about it."""
        lift = f"{keys.name(keys.LIFT, self._keymap)} lifts one · " if self._lift else ""
        with Vertical(classes="dialog wide"):
            yield Static("Customers who are never contacted", classes="question", markup=False)
            yield self.rows
            yield self.word
            yield Static(f"{lift}esc goes back", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Read them."""
        self._read_all()

    @work(exclusive=True, exit_on_error=False)
    async def _read_all(self) -> None:
        try:
            self.post_message(SuppressionsRead(await self._read()))
        except ExecOpsError as error:
            self.post_message(SuppressionsRefused(error))

    @on(SuppressionsRead)
    def _show(self, event: SuppressionsRead) -> None:
        self.suppressions = event.suppressions
        self.rows.clear_options()
        self.rows.add_options([_line(suppression) for suppression in event.suppressions])
        self.rows.highlighted = 0 if event.suppressions else None
        self.word.update("" if event.suppressions else "None: plays may draft for every customer.")

    @on(SuppressionsRefused)
    def _say_why(self, event: SuppressionsRefused) -> None:
        text = " ".join(part for part in (event.error.message, event.error.hint) if part)
        self.word.update(Content.styled(clean(text), "$text-error"))

    def action_lift(self) -> None:
        """Ask whether the customer under the cursor may be contacted again."""
        at, lift = self.rows.highlighted, self._lift
        if lift is None or at is None or at >= len(self.suppressions):
            return
        suppression = self.suppressions[at]

        def answer(yes: bool | None) -> None:
            if yes:
                self._lift_one(lift, suppression)

        customer = clean(suppression.subject_key, limit=60)
        self.app.push_screen(
            ConfirmScreen(
                "May this customer be contacted again?",
                customer,
                "Plays draft again from the next event on. Nothing is sent without an approval.",
                yes="Lift it",
                keymap=self._keymap,
            ),
            answer,
        )

    @work(exit_on_error=False)
    async def _lift_one(
        self, lift: Callable[[str], Awaitable[Suppression]], suppression: Suppression
    ) -> None:
        try:
            self.post_message(SuppressionLifted(await lift(suppression.subject_key)))
        except ExecOpsError as error:
            self.post_message(SuppressionsRefused(error))

    @on(SuppressionLifted)
    def _take_lifted(self, event: SuppressionLifted) -> None:
        self._show(
            SuppressionsRead(
                [row for row in self.suppressions if row.subject_key != event.suppression.subject_key]
            )
        )
        self.word.update(f"Lifted: {clean(event.suppression.subject_key, limit=60)} may be contacted again.")


def _line(suppression: Suppression) -> Content:
    why = f": {clean(suppression.why)}" if suppression.why else ""
    return Content.assemble(
        (clean(suppression.subject_key, limit=40), "bold"),
        (f"  {clock.ago(suppression.created_at)} by {clean(suppression.created_by)}{why}", MUTED),
    )


def screen_of(shared: Shared) -> SuppressionsScreen:
    """The screen over the client of the inbox; read-only, it lifts nothing."""
    suppressions, decider = shared.client.suppressions, shared.decider
    lift = None if shared.readonly else lambda key: decider.finish(suppressions.lift(key))
    return SuppressionsScreen(suppressions.list, lift, shared.keymap)
