"""Editing in place: a line for each field, the text below, each error below its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from execops.errors import ExecOpsError, InvalidPayloadError
from execops.model import Json, Proposal
from execops.ports import Field
from execops.proposals.decided import Decided
from tui import draft, keys
from tui.messages import EditRefused, EditSaved
from tui.styles import DIALOGS
from tui.text import WHOLE, clean

LINE = 5000  # characters of a field


class EditScreen(ModalScreen[Decided | None]):
    """Dismisses with the saved edit, or with None where nothing was changed."""

    CSS_PATH = DIALOGS
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings(keys.SAVE, keys.TAKE_NEWER),
        Binding("escape", "cancel", "back", id="edit.back", show=False),
    ]

    def __init__(
        self,
        proposal: Proposal,
        order: Sequence[Field],
        validate: Callable[[Json], None],
        save: Callable[[Json], Awaitable[Decided]],
        keymap: Mapping[str, str],
    ) -> None:
        super().__init__()
        self._proposal, self._validate, self._save = proposal, validate, save
        self._names = [
            name
            for name, _ in draft.fields(proposal.payload, order)
            if draft.editable(proposal.payload[name])
        ]
        self._save_key = keys.name(keys.SAVE, keymap)
        self._newer_key = keys.name(keys.TAKE_NEWER, keymap)
        self._saving = False
        self._warned = False

    def compose(self) -> ComposeResult:
        """A line for each field, and below it the error."""
        payload = self._proposal.payload
        with Vertical(classes="dialog wide", id="edit"):
            title = f"#{self._proposal.id}  {clean(self._proposal.title)}"
            yield Static(title, classes="question", markup=False)
            with VerticalScroll(can_focus=False):
                for name in self._names:
                    with Horizontal(classes="line"):
                        yield Static(draft.label(name), classes="field", markup=False)
                        yield Input(clean(payload[name], limit=LINE), id=f"field-{name}", compact=True)
                    yield Static("", id=f"wrong-{name}", classes="wrong", markup=False)
            if draft.has_body(payload):
                yield TextArea(
                    clean(draft.body(payload), lines=True, limit=WHOLE), id="field-text", compact=True
                )
            yield Static("", id="wrong-text", classes="wrong", markup=False)
            yield Static("", id="wrong", classes="wrong", markup=False)
            newer = f" · {self._newer_key} takes the newer draft" if self._proposal.newer_draft else ""
            hint = f"tab next field · {self._save_key} saves{newer} · esc goes back"
            yield Static(hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin in the text, which is edited most, else in the first field."""
        texts = [*self.query(TextArea), *self.query(Input)]
        self.set_focus(texts[0] if texts else None)

    @property
    def payload(self) -> Json:
        """The draft as it stands here; what was not touched stays as it is, to the last invisible character."""
        payload = dict(self._proposal.payload)
        for name in self._names:
            value = self.query_one(f"#field-{name}", Input).value
            if value != clean(payload[name], limit=LINE):
                payload[name] = value.strip()
        for area in self.query(TextArea):
            if area.text != clean(draft.body(payload), lines=True, limit=WHOLE):
                payload["text"] = area.text
        return payload

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _check(self) -> None:
        self._warned = False
        try:
            self._validate(self.payload)
        except ExecOpsError as error:
            self._point_out(error)
        else:
            self._point_out(None)

    def _point_out(self, error: ExecOpsError | None) -> None:
        field = error.field if isinstance(error, InvalidPayloadError) else None
        at = field if field in {*self._names, "text"} else ""
        for name in (*self._names, "text", ""):
            wrong = self.query_one(f"#wrong-{name}" if name else "#wrong", Static)
            wrong.update(clean(error.message, limit=200) if error and name == at else "")
            wrong.display = bool(error and name == at)

    def action_save(self) -> None:
        """Save, where the draft can be sent."""
        payload = self.payload
        if payload == self._proposal.payload:
            self.dismiss(None)
            return
        try:
            self._validate(payload)
        except ExecOpsError as error:
            self._point_out(error)
            return
        if not self._saving:
            self._saving = True
            self._ask_core(payload)

    @work(exit_on_error=False)
    async def _ask_core(self, payload: Json) -> None:
        try:
            self.post_message(EditSaved(await self._save(payload)))
        except ExecOpsError as error:
            self.post_message(EditRefused(error))

    @on(EditSaved)
    def _leave(self, event: EditSaved) -> None:
        event.stop()
        self.dismiss(event.decided)

    @on(EditRefused)
    def _stay(self, event: EditRefused) -> None:
        event.stop()
        self._saving = False
        self._point_out(event.error)

    def action_take_newer(self) -> None:
        """Fill in what the rules drafted since; nothing is saved yet."""
        newer = self._proposal.newer_draft
        if not newer:
            return
        payload = newer.get("payload") or {}
        for name in self._names:
            if draft.editable(payload.get(name)):
                self.query_one(f"#field-{name}", Input).value = clean(payload[name], limit=LINE)
        for area in self.query(TextArea):
            area.text = clean(draft.body(payload), lines=True, limit=WHOLE)

    def action_cancel(self) -> None:
        """Back; what was typed is dropped only when asked twice."""
        if self.payload == self._proposal.payload or self._warned:
            self.dismiss(None)
            return
        self._warned = True
        wrong = self.query_one("#wrong", Static)
        wrong.update(f"Not saved. esc once more drops your changes, {self._save_key} saves them.")
        wrong.display = True
