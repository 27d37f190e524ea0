"""Pausing and resuming all executions from the inbox, each after a question."""

from __future__ import annotations

from execops.errors import ExecOpsError
from execops.health import Health
from tui.feed import Feed
from tui.shared import Shared


class Pausing:
    """Asks, and switches."""

    def __init__(self, shared: Shared, feed: Feed) -> None:
        self._shared, self._feed = shared, feed

    def press(self, health: Health | None) -> None:
        """Ask whether to pause, or to resume."""
        if self._shared.refused_as_readonly():
            return
        if health is None:
            self._shared.refuse("The state of the executions is not known yet.")
            return
        from tui.screens.confirm import ConfirmScreen

        paused = health.paused
        question = "Resume all executions?" if paused else "Pause all executions?"
        does = (
            "Actions that were approved meanwhile are performed now."
            if paused
            else "You can still decide; approved actions wait until executions are resumed."
        )

        def answer(confirmed: bool | None) -> None:
            if confirmed:
                self._shared.face.start(self._switch(resume=paused), "pause")

        yes = "Resume" if paused else "Pause"
        self._shared.face.push(ConfirmScreen(question, "", does, yes=yes, keymap=self._shared.keymap), answer)

    async def _switch(self, *, resume: bool) -> None:
        deployment, decider = self._shared.client.deployment, self._shared.decider
        try:
            if resume:
                waiting = await decider.finish(deployment.resume())
                self._shared.say(f"Resumed. {waiting} approved actions go on." if waiting else "Resumed.")
            else:
                await decider.finish(deployment.pause())
                self._shared.say("Paused: approved actions wait.")
        except ExecOpsError as error:
            self._shared.tell(error)
        self._feed.recount()
