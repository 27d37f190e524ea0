"""The part of the inbox that edits: in the person's own editor, or in place."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work
from textual.app import SuspendNotSupported

from execops.errors import ExecOpsError, NotConfiguredError
from execops.model import Proposal, Status
from execops.ports import Field
from execops.proposals.decisions import Decided
from tui import draft, editor, keys
from tui.messages import DecisionRefused, ProposalDecided
from tui.screens.deciding import DecidingScreen

EDITABLE = frozenset({Status.PENDING, Status.FAILED})


class EditingScreen(DecidingScreen):
    """Edit the draft; what is saved is the next version, and still waits for approval."""

    def action_edit(self) -> None:
        """Edit the draft in the person's editor."""
        shown = self.decidable("edited", EDITABLE)
        if shown is not None:
            self._edit(shown)

    @work(group="editor", exit_on_error=False)
    async def _edit(self, shown: Proposal) -> None:
        before = draft.to_text(shown.payload, self._fields)
        try:
            # The terminal is the editor's: nothing of ours may run, or draw, meanwhile.
            with self.app.suspend():
                text, path = editor.edit(before, str(shown.id))
        except SuspendNotSupported:
            self.tell(
                NotConfiguredError(
                    "This terminal cannot be lent to an editor.",
                    hint=f"{keys.name(keys.EDIT_HERE, self.keymap)} edits here.",
                )
            )
            return
        except ExecOpsError as error:
            self.tell(error)
            return
        if text.rstrip() == before.rstrip():
            path.unlink()
            self.say("The draft stays as it is.")
            return
        self.deciding[shown.id] = "edit"
        try:
            payload = draft.from_text(text, shown.payload)
            decided = await self.ask(self.client.proposals.edit(shown.id, shown.version, payload))
        except ExecOpsError as error:
            self.post_message(DecisionRefused("edit", shown.id, error))
            self.say(f"Your text is kept in {path}.", "warning")
        else:
            path.unlink()
            self.post_message(ProposalDecided("edit", decided))

    def action_edit_here(self) -> None:
        """Edit the draft in place."""
        from tui.screens.edit import EditScreen

        shown = self.decidable("edited", EDITABLE)
        if shown is None:
            return

        def saved(decided: Decided | None) -> None:
            if decided is not None:
                self.post_message(ProposalDecided("edit", decided))

        self.app.push_screen(
            EditScreen(
                shown,
                lambda payload: self.client.proposals.validate(shown.action_type, payload),
                lambda payload: self.ask(self.client.proposals.edit(shown.id, shown.version, payload)),
                self.keymap,
                self._fields,
            ),
            saved,
        )

    @property
    def _fields(self) -> Sequence[Field]:
        return self.card.card.fields if self.card.card else ()
