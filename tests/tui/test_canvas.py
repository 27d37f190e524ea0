"""The canvas beside the inbox: questions, answers and what stands in for them, and the inbox that goes on."""

from __future__ import annotations

import asyncio
import gc
import json
import tracemalloc
from collections.abc import Mapping
from datetime import date

import pytest
from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.widgets import Digits

from execops.canvas import catalogue
from execops.canvas.catalogue import Metric
from execops.canvas.result import Answer
from execops.canvas.run import Asked
from execops.canvas.understanding import Suggestion, Understanding
from execops.client import Client
from execops.context import Context
from execops.errors import CatalogueError, DatabaseUnavailableError, ExecOpsError, UnavailableError
from tests.answers import answer, revenue
from tests.tui import canvas_scenes
from tests.tui.inbox import Inbox, opened, propose
from tests.tui.scenes import FixedClient, scene_data
from tui import chart, messages
from tui.screens.help import HelpScreen
from tui.theme import CALM
from tui.widgets.answer_chart import AnswerChart
from tui.widgets.canvas_pane import State

NARROW, WIDE = (80, 24), (160, 48)
SIZES = 15


class Answering(FixedClient):
    """Answers as it is told, where it is told, else as in the scenes."""

    def __init__(self) -> None:
        super().__init__(scene_data())
        self.told: dict[str, Answer | ExecOpsError] = {}
        self.asked: list[str] = []
        self.waits: dict[str, asyncio.Event] = {}
        self.offers: dict[str, list[Suggestion]] = {}
        self.suggested: list[Suggestion] = []

    def metrics(self) -> Mapping[str, Metric]:
        return catalogue.load()

    async def ask(self, question: str) -> Asked:
        self.asked.append(question)
        if question in self.waits:
            await self.waits[question].wait()
        if question in self.offers:
            refused = Understanding(kind="refuse", suggestions=tuple(self.offers[question]))
            return Asked(question=question, understood=refused, answer=None)
        told = self.told.get(question)
        if isinstance(told, ExecOpsError):
            raise told
        if told is None:
            return canvas_scenes.ask(question)
        return Asked(
            question=question, understood=Understanding(kind="answer", metric=told.metric), answer=told
        )

    async def ask_suggested(self, suggestion: Suggestion) -> Asked:
        self.suggested.append(suggestion)
        understood = Understanding(kind="answer", metric=suggestion.metric)
        return Asked(question=suggestion.title, understood=understood, answer=revenue())


def shows(inbox: Inbox, *words: str) -> bool:
    text = inbox.text()
    return all(word in text for word in words)


def offered(inbox: Inbox) -> list[str]:
    """What the palette offers."""
    return [each.title for each in inbox.app.get_system_commands(inbox.screen)]  # type: ignore[arg-type]


# Opening and closing


async def test_it_covers_the_inbox_where_there_is_no_room_beside_it() -> None:
    async with opened(Answering(), size=NARROW) as inbox:
        await inbox.card()
        assert "? help" in inbox.lines()[-1]
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        assert inbox.canvas.region.width == 80
        assert not inbox.screen.query_one("#inbox").display or inbox.list.region.height == 0
        assert shows(inbox, "Ask: net revenue", "top customers", "enter ask", "esc close")
        await inbox.press("escape")
        assert inbox.list.has_focus
        assert shows(inbox, "Dispute: Hooli")
        assert inbox.canvas.region.height == 0


async def test_it_stands_beside_the_inbox_from_120_columns() -> None:
    async with opened(Answering(), size=(120, 36)) as inbox:
        await inbox.card()
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        assert inbox.canvas.region.x == inbox.list.region.right
        assert inbox.list.region.right == inbox.screen.card.region.right
        assert inbox.screen.card.region.y >= inbox.list.region.bottom
        assert shows(inbox, "Dispute: Hooli", "Ask: net revenue")
        await inbox.answered("runway")
        await inbox.press("escape")
        assert inbox.list.has_focus
        assert inbox.canvas.region.width == 0
        assert inbox.list.region.y == inbox.screen.card.region.y, "the inbox is as it was"


async def test_it_keeps_its_answer_while_it_is_closed() -> None:
    async with opened(Answering()) as inbox:
        await inbox.answered("net revenue")
        await inbox.press("j", "j", "escape")
        assert inbox.list.has_focus
        await inbox.press("c")
        assert inbox.canvas.line.has_focus
        await inbox.press("down")
        assert inbox.canvas.table.has_focus
        assert inbox.canvas.table.cursor == 2
        assert shows(inbox, "Net revenue", "2026-03")


async def test_tab_goes_between_the_two() -> None:
    async with opened(Answering(), size=WIDE) as inbox:
        await inbox.answered("net revenue")
        assert "tab inbox" in inbox.lines()[-1]
        await inbox.press("tab")
        assert inbox.list.has_focus
        assert "a approve" in inbox.lines()[-1]
        await inbox.press("j")
        await inbox.card(6)
        await inbox.press("tab")
        assert inbox.canvas.table.has_focus
        await inbox.pilot.click(inbox.list, offset=(5, 0))
        assert inbox.list.has_focus
        assert "a approve" in inbox.lines()[-1], "a click goes there too"
        await inbox.press("tab", "escape")
        assert inbox.screen.panes.canvas is None
        await inbox.press("tab")
        assert not inbox.list.has_focus, "without it, tab goes to the card"


async def test_in_a_narrow_terminal_the_side_with_the_focus_is_shown() -> None:
    async with opened(Answering(), size=WIDE) as inbox:
        await inbox.answered("net revenue")
        await inbox.press("tab")
        await inbox.pilot.resize_terminal(*NARROW)
        await inbox.until(lambda: inbox.list.region.width == 80)
        await inbox.press("c")
        assert inbox.canvas.line.has_focus, "out of sight it is brought back, not closed"
        assert inbox.canvas.region.width == 80
        await inbox.press("tab")
        assert inbox.list.has_focus
        await inbox.pilot.resize_terminal(*WIDE)
        await inbox.until(lambda: inbox.canvas.region.width > 0)


async def test_no_key_decides_in_the_canvas_and_help_and_palette_know_it() -> None:
    client = Answering()
    async with opened(client) as inbox:
        await inbox.answered("net revenue")
        await inbox.press("a", "r", "e", "E", "z", "A", "t", "u", "o", "space")
        assert inbox.app.screen is inbox.screen
        assert not inbox.app.said
        assert not inbox.screen.approvals.asked
        assert inbox.canvas.table.has_focus
        names = offered(inbox)
        assert "Copy (y)" in names
        assert not [name for name in names if name.startswith("Approve")]
        await inbox.press("question_mark")
        assert isinstance(inbox.app.screen, HelpScreen)
        await inbox.press("escape", "escape")
        names = offered(inbox)
        assert {"Canvas (c)", "Approve (a)"} <= set(names)


async def test_letters_are_letters_in_the_question() -> None:
    async with opened(Answering()) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        await inbox.press(*"caqry", "question_mark", "slash")
        assert inbox.canvas.line.value == "caqry?/"


async def test_its_keys_can_be_remapped() -> None:
    keymap = {"inbox.canvas": "V", "canvas.copy": "Y"}
    async with opened(Answering(), keymap=keymap) as inbox:
        await inbox.press("c")
        assert inbox.screen.panes.canvas is None
        await inbox.press("V")
        await inbox.answered("net revenue")
        assert "Y copy" in inbox.lines()[-1]
        await inbox.press("y")
        assert not inbox.app.said
        await inbox.press("Y")
        await inbox.heard("copied")
    async with opened(Answering(), keymap={"canvas.copy": "s"}) as inbox:
        await inbox.heard("one key to several: s (events, copy)")


async def test_a_broken_catalogue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Answering()

    def broken() -> Mapping[str, Metric]:
        raise CatalogueError("canvas/metrics/x.sql: the header has no unit.")

    monkeypatch.setattr(client.canvas, "metrics", broken)
    async with opened(client) as inbox:
        await inbox.press("c")
        await inbox.heard("x.sql")
        assert inbox.screen.panes.canvas is None
        assert inbox.list.has_focus


# The question


async def test_a_question_is_completed() -> None:
    async with opened(Answering()) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        await inbox.write("Spend by v")
        await inbox.until(lambda: shows(inbox, "Spend by vendor"))
        await inbox.press("right")
        assert inbox.canvas.line.value == "Spend by vendor"
        inbox.canvas.line.value = ""
        await inbox.write("attri")
        await inbox.until(lambda: shows(inbox, "attrition"))
        await inbox.press("right", "enter")
        await inbox.until(lambda: inbox.of(messages.QuestionAsked))
        assert inbox.of(messages.QuestionAsked)[0].question == "attrition"


async def test_what_is_typed_narrows_what_can_be_asked() -> None:
    client = Answering()
    async with opened(client) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: len(inbox.canvas.choices.questions) == len(catalogue.load()))
        await inbox.write("chargebacks")
        await inbox.until(lambda: 0 < len(inbox.canvas.choices.questions) < 5)
        assert shows(inbox, "what did we lose to chargebacks")
        await inbox.press("down", "enter")
        await inbox.until(lambda: client.asked)
        assert client.asked == ["what did we lose to chargebacks"]
        assert inbox.canvas.line.value == "what did we lose to chargebacks"


async def test_the_questions_of_this_run_are_behind_up() -> None:
    client = Answering()
    async with opened(client) as inbox:
        for question in ("runway", "net revenue", "net revenue", "top customers"):
            await inbox.answered(question)
        await inbox.press("slash")
        line = inbox.canvas.line
        assert line.has_focus
        line.value = ""
        await inbox.write("half")
        seen = []
        for key in ("up", "up", "up", "up", "down", "ctrl+down", "down"):
            await inbox.press(key)
            seen.append(line.value)
        assert seen == [
            "top customers",
            "net revenue",
            "runway",
            "runway",
            "net revenue",
            "top customers",
            "half",
        ]
        await inbox.press("down")
        assert inbox.canvas.table.has_focus, "below the last is the answer"
        await inbox.press("up")
        assert line.has_focus
        await inbox.press("up", "enter")
        await inbox.until(lambda: len(client.asked) == 5)
        assert client.asked[-1] == "top customers"


async def test_an_empty_question_asks_nothing() -> None:
    client = Answering()
    async with opened(client) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        await inbox.press("space", "enter")
        assert inbox.canvas.choices.has_focus
        await inbox.press("j", "k", "k")
        assert inbox.canvas.line.has_focus
        assert not client.asked


async def test_only_the_last_question_is_answered() -> None:
    client = Answering()
    client.waits["runway"] = asyncio.Event()
    async with opened(client) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        await inbox.write("runway")
        await inbox.press("enter")
        await inbox.until(lambda: shows(inbox, "Asking the ledger…"))
        assert inbox.canvas.state is State.ASKING
        await inbox.answered("net revenue")
        client.waits["runway"].set()
        await inbox.pilot.pause()
        assert shows(inbox, "Net revenue")
        assert [each.question for each in inbox.of(messages.QuestionAnswered)] == ["net revenue"]


async def test_the_answer_before_is_gone_while_the_next_is_under_way() -> None:
    client = Answering()
    client.waits["runway"] = asyncio.Event()
    async with opened(client) as inbox:
        await inbox.answered("net revenue")
        await inbox.press("slash")
        inbox.canvas.line.value = ""
        await inbox.write("runway")
        await inbox.press("enter")
        await inbox.until(lambda: shows(inbox, "Asking the ledger…"))
        assert not shows(inbox, "2026-01")
        await inbox.press("y")
        client.waits["runway"].set()
        await inbox.until(lambda: shows(inbox, "months · USD"))


# Answers


async def test_a_chart_over_its_table_and_receipt() -> None:
    async with opened(Answering()) as inbox:
        pane = await inbox.answered("net revenue")
        assert pane.table.has_focus
        assert shows(
            inbox,
            "11 rows",
            "net USD",
            "2026-11 so far┤",
            "Charges that succeeded, less refunds and disputes.",
            "As of 2026-11-22 (UTC)",
            "from 2026-01-01, until 2026-11-22",
            "movement 96",
        )
        rows = inbox.lines(pane.table)
        assert rows[0].split() == ["month", "gross", "refunded", "disputed", "net", "payments"]
        ends = {row.rstrip().removesuffix("▁").rstrip()[-2:] for row in rows[1:4]}
        assert ends == {"43", "46", "49"}, "numbers end below each other"
        assert len({row.index(".00") for row in rows[1:4]}) == 1


async def test_each_currency_has_a_chart_and_rows_of_its_own() -> None:
    client = Answering()
    client.told["net"] = revenue("USD", "JPY", "KWD")
    async with opened(client, size=WIDE) as inbox:
        pane = await inbox.answered("net")
        drawn = "\n".join(inbox.lines(pane.chart))
        assert [f"net {each}" in drawn for each in ("USD", "JPY", "KWD")] == [True] * 3
        assert shows(inbox, "¥1,380,000", "KWD 1,380.000")
        await inbox.pilot.resize_terminal(*NARROW)
        await inbox.until(lambda: "(1 of 3" in "\n".join(inbox.lines(pane.chart)))
        await inbox.press("j")
        await inbox.until(lambda: "net JPY (2 of 3" in "\n".join(inbox.lines(pane.chart)))


async def test_bars_and_what_of_them_does_not_fit() -> None:
    client = Answering()
    rows = [(f"Vendor {at}", "USD", 100_000 - at) for at in range(30)]
    client.told["many"] = answer("vendor text, currency currency, spent money", rows, chart="bar")
    async with opened(client) as inbox:
        pane = await inbox.answered("many")
        drawn = "\n".join(inbox.lines(pane.chart))
        assert "Vendor 0┤█" in drawn
        assert "of 30" in drawn
        await inbox.press("G")
        assert pane.table.cursor == 29
        assert "▌ Vendor 29" in inbox.lines(pane.table)[-1]


async def test_one_number_is_large() -> None:
    async with opened(Answering()) as inbox:
        pane = await inbox.answered("runway")
        assert [each.value for each in pane.query(Digits)] == ["13.7", "6.0"]
        assert shows(inbox, "months · USD", "$482,200.00")
        assert not pane.chart.display
        await inbox.answered("net revenue")
        assert not pane.query(Digits)


async def test_a_list_has_no_chart() -> None:
    async with opened(Answering()) as inbox:
        pane = await inbox.answered("failed payments")
        assert not pane.chart.display
        assert len(pane.table) == 21
        assert shows(inbox, "failed on", "customer", "Customer 21", "in_21", "$1,029.00")


async def test_a_vendor_stands_under_no_head_of_customers() -> None:
    client = Answering()
    rows = [(date(2026, 11, 4), "bank", "AWS", "USD", -214_017)]
    client.told["movements"] = answer(
        "moved_on date, kind text, name text, currency currency, amount money", rows, chart="list"
    )
    async with opened(client) as inbox:
        pane = await inbox.answered("movements")
        head, row = inbox.lines(pane.table)[:2]
        assert (head.split(), "AWS" in row) == (["moved", "on", "kind", "name", "amount"], True)


async def test_what_is_wider_than_the_pane_is_scrolled_to() -> None:
    client = Answering()
    columns = ", ".join(f"amount_number_{at} count" for at in range(12))
    client.told["wide"] = answer(columns, [tuple(range(12))], chart="list")
    async with opened(client) as inbox:
        pane = await inbox.answered("wide")
        assert not shows(inbox, "amount number 11")
        await inbox.press(*"l" * 30)
        await inbox.until(lambda: "amount number 11" in inbox.lines(pane.table)[0])
        await inbox.press(*"h" * 30)
        await inbox.until(lambda: "amount number 0" in inbox.lines(pane.table)[0])


async def test_unknown_and_empty_and_cut_off_and_picked_are_said() -> None:
    client = Answering()
    client.told["partly"] = replace(revenue(), unknown="nothing is known before May")
    client.told["long"] = replace(revenue(), receipt=replace(revenue().receipt, truncated=True))
    async with opened(client) as inbox:
        pane = await inbox.answered("cash")
        assert shows(inbox, "Unknown, because no balance is known: import a bank file with")
        assert not pane.table.display
        assert pane.line.has_focus
        await inbox.answered("refunds")
        assert shows(inbox, "Nothing in this period.", "As of 2026-11-22")
        await inbox.answered("partly")
        assert shows(inbox, "Unknown, because nothing is known before May.", "2026-01")
        await inbox.answered("long")
        assert shows(inbox, "only the latest 11 rows")
        await inbox.answered("top customers")
        assert shows(inbox, "picked by gpt-5-mini")


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("key", ["2", "enter"])
async def test_candidates_can_be_chosen(key: str, size: tuple[int, int]) -> None:
    client = Answering()
    client.told["churn"] = revenue()
    async with opened(client, size=size) as inbox:
        pane = await inbox.answered("customers")
        assert pane.state is State.REFUSED
        assert pane.choices.has_focus
        assert shows(inbox, "Not clear: More than one metric fits.", "Which of these do you mean?", "2 churn")
        await inbox.press("j", key) if key == "enter" else await inbox.press(key)
        await inbox.until(lambda: client.asked == ["customers", "churn"])
        assert pane.line.value == "churn"
        await inbox.until(lambda: pane.table.has_focus)


async def test_a_suggestion_is_asked_as_it_is_bound() -> None:
    offers = [
        Suggestion(title="Refunds, October", metric="refunds", params={"from": date(2026, 10, 1)}),
        Suggestion(title="Net revenue, October", metric="net_revenue", params={"group_by": "week"}),
    ]
    client = Answering()
    client.offers["average refund in october"] = offers
    async with opened(client) as inbox:
        pane = await inbox.answered("average refund in october")
        assert shows(inbox, "Not answered", "Nearest:", "1 Refunds, October", "2 Net revenue, October")
        await inbox.press("2")
        await inbox.until(lambda: pane.answer is not None)
        assert client.suggested == [offers[1]]
        assert client.asked == ["average refund in october"], "a suggestion is not understood anew"
        assert pane.line.value == "Net revenue, October"


async def test_a_refusal_offers_the_nearest_or_all() -> None:
    client = Answering()
    async with opened(client) as inbox:
        pane = await inbox.answered("how is the weather")
        assert shows(inbox, "Not answered: The canvas has no answer to this.", "Nearest:", "events by type")
        await inbox.press("9")
        assert client.asked == ["how is the weather"], "there is no ninth"
        await inbox.answered("sing")
        assert shows(inbox, "It answers these:")
        assert len(pane.choices.questions) == len(catalogue.load())
        await inbox.press("slash", "escape")
        assert inbox.screen.panes.canvas is None


async def test_a_timeout_says_what_to_do_and_enter_asks_again() -> None:
    client = Answering()
    client.told["slow"] = UnavailableError(
        "The answer took longer than 5 s.", hint="Ask for a shorter period."
    )
    async with opened(client) as inbox:
        pane = await inbox.answered("slow")
        assert pane.state is State.FAILED
        assert shows(
            inbox, "No answer: The answer took longer than 5 s.", "Ask for a shorter period.", "enter asks"
        )
        assert pane.line.has_focus
        client.told["slow"] = revenue()
        await inbox.press("enter")
        await inbox.until(lambda: pane.state is State.ANSWERED)


async def test_offline_is_shown_and_the_question_asked_again_once_live() -> None:
    client = Answering()
    client.told["net"] = DatabaseUnavailableError(
        "Postgres does not answer; nothing was changed.", hint="Check it."
    )
    async with opened(client) as inbox:
        pane = await inbox.answered("net")
        assert shows(inbox, "Not asked: Postgres does not answer", "asked again once the inbox is live")
        client.told["net"] = revenue()
        inbox.screen.post_message(messages.WentLive())
        await inbox.until(lambda: pane.state is State.ANSWERED)
        assert client.asked == ["net", "net"]
        inbox.screen.post_message(messages.WentLive())
        await inbox.pilot.pause()
        assert client.asked == ["net", "net"], "an answer is not asked for again"


async def test_the_answer_is_copied_as_the_command_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    client = Answering()
    hostile = answer("name text, amount count", [("a\x1b]52;c;x\x07\u202eb", 1)], chart="list")
    client.told["hostile"] = hostile
    async with opened(client) as inbox:
        monkeypatch.setattr(inbox.app, "copy_to_clipboard", copied.append)
        await inbox.press("c")
        inbox.canvas.action_copy_answer()
        await inbox.heard("There is no answer to copy.")
        pane = await inbox.answered("net revenue")
        await inbox.press("y")
        await inbox.heard("copied as JSON")
        assert pane.asked is not None
        assert json.loads(copied[0]) == pane.asked.to_json()
        assert json.loads(copied[0])["receipt"]["watermark"]["event"] == 412
        await inbox.answered("hostile")
        await inbox.press("y")
        assert copied[1].isascii()
        assert copied[1].replace("\n", "").isprintable()
        assert json.loads(copied[1])["rows"][0]["name"] == "a\x1b]52;c;x\x07\u202eb"
        await inbox.answered("sing")
        await inbox.press("y")
        assert json.loads(copied[2])["kind"] == "refuse"


HOSTILE = "\x1b[31mRed\x1b]0;owned\x07\x9b2J [b]bold[/b] [/oops \u202egpj.exe\u2069 pay\u200bpal\x00"


async def test_nothing_in_an_answer_escapes() -> None:
    client = Answering()
    rows = [(HOSTILE, HOSTILE, "USD", 5), ("cus_2", "Fine", "USD", 3)]
    columns = "customer text, name text, currency currency, revenue money"
    client.told["bar"] = answer(columns, rows, chart="bar", title=HOSTILE, unknown=HOSTILE, picked_by=HOSTILE)
    client.told["line"] = answer(columns, rows, chart="line", params={"vendor": HOSTILE})
    client.told["number"] = answer(columns, rows[:1], chart="number")
    client.told["error"] = UnavailableError(HOSTILE, hint=HOSTILE)
    async with opened(client, size=WIDE) as inbox:
        for question in client.told:
            await inbox.answered(question)
            text = inbox.text()
            assert all(char.isprintable() or char == "\n" for char in text), question
            assert "\u202e" not in text
            assert "[b]bold[/b]" in text or "Red" in text, "markup is text"
        for hostile in (HOSTILE, f"{HOSTILE} again"):
            inbox.canvas.line.value = ""
            inbox.canvas.line.focus()
            inbox.canvas.line.value = hostile
            await inbox.press("enter")
            await inbox.until(lambda: inbox.canvas.state is State.REFUSED)
            assert all(char.isprintable() or char == "\n" for char in inbox.text())
        assert all(char.isprintable() for question in client.asked for char in question)


# Sizes


@pytest.mark.slow
async def test_every_size_is_drawn_and_nothing_overflows() -> None:
    client = Answering()
    async with opened(client, size=WIDE) as inbox:
        for question in ("net revenue", "spend by vendor", "runway", "failed payments", "customers"):
            await inbox.answered(question)
            for size in ((40, 12), (119, 30), (30, 8)):
                await inbox.pilot.resize_terminal(*size)
                await inbox.pilot.pause()
                assert all(len(line) <= size[0] for line in inbox.lines())
            await inbox.pilot.resize_terminal(*WIDE)


async def test_the_chart_is_drawn_anew_for_another_size() -> None:
    async with opened(Answering(), size=WIDE) as inbox:
        pane = await inbox.answered("net revenue")
        widths = []
        for size in (WIDE, NARROW, (120, 36), WIDE):
            await inbox.pilot.resize_terminal(*size)
            await inbox.until(lambda: inbox.app.size.width == size[0] and pane.chart.display)  # noqa: B023
            drawn = inbox.lines(pane.chart)
            frame = next(line for line in drawn if "┌" in line)
            assert frame.rstrip().endswith("┐")
            assert len(frame.rstrip()) == pane.chart.size.width
            widths.append(pane.chart.size.width)
        assert widths[0] == widths[3] != widths[1]


class Bare(App[None]):
    """Nothing but a chart, in the colours that it names."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A colour that no theme has costs Textual a search for similar names at each drawing."""
        return CALM.variables

    def compose(self) -> ComposeResult:
        yield AnswerChart()


@pytest.mark.slow
async def test_redrawing_for_other_sizes_keeps_nothing() -> None:
    async with Bare().run_test(size=WIDE) as pilot:
        drawn = pilot.app.query_one(AnswerChart)
        drawn.show(chart.series(revenue("USD", "JPY")))

        async def redraw(times: int) -> None:
            for at in range(times):
                drawn.styles.height, drawn.styles.width = 14 + at % 6, 50 + at
                await pilot.pause()
                assert "┌" in drawn.render_line(1).text

        tracemalloc.start()
        try:
            await redraw(SIZES)  # every size once, and the caches are full
            gc.collect()
            before, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
            await redraw(SIZES)
            gc.collect()
            after = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        print(f"{after - before} bytes, {len(gc.get_objects()) - objects} objects more")
        assert after - before < SIZES * 1_600
        assert len(gc.get_objects()) - objects < SIZES * 16


# The inbox goes on


async def test_the_inbox_is_live_beside_it(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with opened(client, size=WIDE) as inbox:
        await inbox.card(2)
        await inbox.press("j")
        await inbox.card(1)
        await inbox.answered("proposals")
        await propose(ctx, 3)
        await inbox.until(lambda: inbox.ids() == [3, 2, 1] and shows(inbox, "3 pending"))
        assert inbox.list.current is not None
        assert inbox.list.current.id == 1, "the cursor stays"
        assert inbox.canvas.table.has_focus
        await client.proposals.reject(1, 1)
        await inbox.until(lambda: inbox.ids() == [3, 2])


async def test_the_inbox_is_live_below_it_and_what_is_covered_is_not_opened(
    ctx: Context, client: Client
) -> None:
    async with opened(client, size=NARROW) as inbox:
        await inbox.press("c")
        await inbox.until(lambda: inbox.canvas.line.has_focus)
        await propose(ctx, 1)
        await inbox.until(lambda: inbox.ids() == [1] and shows(inbox, "1 pending"))
        await inbox.card(1)
        inbox.screen.inbox.open()
        assert not inbox.screen.inbox.side.opened, "nobody saw the card"
        await inbox.press("escape")
        await inbox.until(lambda: inbox.of(messages.CardOpened))
        assert inbox.screen.inbox.side.opened == {(1, 1)}
