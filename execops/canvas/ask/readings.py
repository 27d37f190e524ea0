"""Other ways to read what a question fixes, for suggestions: another period, another grouping, one of several names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from execops.canvas.ask.grouping import compared_values, crossed
from execops.canvas.ask.metric_params import ROLES, Fixed
from execops.canvas.ask.names import Named
from execops.canvas.ask.number_words import NUMBER, number
from execops.canvas.ask.refusals import flows
from execops.canvas.ask.sentence import NAMED, Sentence
from execops.canvas.calendar_units import start_of
from execops.canvas.catalogue import TIME_GROUPS, Metric
from execops.model import Json
from execops.text.patterns import Pattern

_TWO_MONTHS = 62  # days
_EXCEPT = frozenset(
    """except excluding exclude excl excluded without besides apart aside sans minus not other but""".split()  # noqa: SIM905
)
_UNSURE = frozenset({"not", "other", "but"})  # they seldom leave out a currency
_YEARLY = frozenset({"yoy"})
_SPANS = frozenset(
    """hour hours day days week weeks month months quarter quarters year years percent k usd eur gbp jpy""".split()  # noqa: SIM905
)
_BOUNDS = frozenset({"over", "above", "than", "under", "below"})
_COMPARES = frozenset({"vs", "versus", "against", "compared", "than"})
_ONE = frozenset({"last", "latest", "newest", "most", "single"})
_NUMBER = Pattern(NUMBER)
_OTHER = 0.6  # of the likelihood of the first reading
_ROLLED = 0.4
_CUT = 0.12


def completed(sentence: Sentence, fixed: Fixed) -> Fixed:
    """The parameters that a question fixes, with the grouping that it compares by, and a number of rows that nothing took."""
    fixed = _whole(sentence, _compared(sentence, fixed))
    if "limit" not in fixed.params and (rows := _lone_number(sentence)):
        fixed = replace(fixed, params={**fixed.params, "limit": rows})
    return fixed


def variants(sentence: Sentence, fixed: Fixed, named: Sequence[Named]) -> Iterator[tuple[float, Fixed]]:
    """The parameters that a question may fix, with the likelihood of each reading: with one of its names, and one of its periods and groupings."""
    step = crossed(sentence)
    for certain, reading in _of_names(fixed, named):
        yield certain, reading
        if step and reading.each is None:
            params = {**reading.params, "group_by": reading.params.get("group_by", step)}
            yield certain, replace(reading, each="customer", params=params)
        share = _OTHER * certain
        for change in (*fixed.others, *({"group_by": group} for group in _crossed(reading))):
            changed = replace(reading, params={**reading.params, **change})
            yield share, replace(changed, each=None) if "group_by" in change else changed
            share *= _OTHER


def _of_names(fixed: Fixed, named: Sequence[Named]) -> list[tuple[float, Fixed]]:
    """With one name at a time. A category may be a word among others: "hosting, flights, desks"."""
    plain_names = [name for name in named if not name.category]
    readings = [
        (_OTHER if name.category and plain_names else 1.0, replace(fixed, named=[name])) for name in named
    ]
    if not named:
        return [(1.0, fixed)]
    if not plain_names:
        params = {"group_by": "category"} | fixed.params
        readings.append((_OTHER, replace(fixed, named=[], params=params)))
    return readings


def _crossed(fixed: Fixed) -> list[str]:
    """The two groupings of a question that names two, of which one alone may be meant."""
    return [fixed.each, fixed.params["group_by"]] if fixed.each else []


def further(sentence: Sentence, metric: Metric, params: Json, fixed: Fixed) -> Iterator[tuple[float, Json]]:
    """Further ways to ask a metric nearly the same, each with its likelihood, where more likely ones leave room."""
    start, end = params.get("from"), params.get("to")
    if start and end and end - fixed.as_of == timedelta(days=1) and _is_of_months(sentence, start):
        yield _ROLLED, {**params, "from": _months_before(end, fixed.as_of, start)}
    if fixed.ends and start and metric.chart == "line":
        yield _ROLLED, {name: value for name, value in params.items() if name != "from"}
    share = _CUT
    if "group_by" not in params:
        values = compared_values(sentence)
        others = [group for group in metric.groups[1:] if group not in TIME_GROUPS]
        for group in dict.fromkeys([*([values] if values in others else []), *others]):
            yield (_ROLLED if group == values else share), {**params, "group_by": group}
            share *= _OTHER
    if "direction" in metric.params and "direction" not in params:
        ways = flows(sentence)
        yield from ((_ROLLED, {**params, "direction": way}) for way in sorted(ways) if len(ways) == 1)
    if "order" in metric.params and "order" not in params and "top" in sentence.words:
        yield _ROLLED, {**params, "order": "largest"}
    if "limit" in metric.params and "limit" not in params and _ONE & set(sentence.words):
        yield _CUT, {**params, "limit": 1}
    for cut in ({"limit"}, {"group_by"}, {"from", "to"}):
        if cut & params.keys():
            yield share, {name: value for name, value in params.items() if name not in cut}
            share *= _OTHER


def _is_of_months(sentence: Sentence, start: date) -> bool:
    """Whether a period is the last so many months of the calendar, which may be meant to the day."""
    return start.day == 1 and bool({"months", "half"} & {word.lower() for word in sentence.written})


def _months_before(end: date, today: date, start: date) -> date:
    """The day as many months before `end` as the months of the calendar that begin with `start`."""
    months = (today.year - start.year) * 12 + today.month - start.month + 1
    index = end.year * 12 + end.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(end.day, last.day))


def _lone_number(sentence: Sentence) -> int | None:
    """A number of rows, perhaps: the one that nothing took, from 2 to 100."""
    words = sentence.words
    numbers = [
        number(words[place])
        for place in sentence.untaken()
        if _NUMBER.fullmatch(words[place])
        and not _SPANS.intersection(words[place + 1 : place + 2])
        and not _BOUNDS.intersection(words[max(0, place - 1) : place])
    ]
    return numbers[0] if len(numbers) == 1 and 2 <= numbers[0] <= 100 else None


def _compared(sentence: Sentence, fixed: Fixed) -> Fixed:
    """Group by what a question compares: currencies, "won vs lost", the step between "this quarter" and "last quarter"."""
    start, end = fixed.params.get("from"), fixed.params.get("to")
    group = compared_values(sentence)
    if "group_by" in fixed.params or not (group or (_COMPARES | _YEARLY) & set(sentence.words)):
        return fixed
    if group == "category":  # "hosting, travel, office" is no vendor called Office Depot
        fixed = replace(fixed, named=[name for name in fixed.named if len(name.text.split()) > 1])
    if group is None and not end and _YEARLY & set(sentence.words):
        period = {"from": start_of("year", fixed.as_of, back=1), "to": fixed.as_of + timedelta(days=1)}
        return replace(fixed, params={**fixed.params, **period, "group_by": "quarter"})
    if group is None and start and end:
        steps = ("quarter", "month") if (end - start).days > _TWO_MONTHS else ("month",)
        group = next((step for step in steps if _is_several(step, start, end)), None)
    return replace(fixed, params={**fixed.params, "group_by": group}) if group else fixed


def _whole(sentence: Sentence, fixed: Fixed) -> Fixed:
    """Take the name, or the currency, that a question leaves out: its row stands beside the others."""
    words = sentence.words
    left_out = next((place for place, word in enumerate(words) if word in _EXCEPT), None)
    if left_out is None:
        return fixed
    if words[left_out] == "excluded":  # "spend, AWS excluded"
        left_out = 0
    params = dict(fixed.params)
    if not fixed.named and words[left_out] not in _UNSURE:
        return replace(fixed, params={name: value for name, value in params.items() if name != "currency"})
    if NAMED not in words[left_out:] or NAMED in words[:left_out]:
        return fixed
    group = next((role for name in fixed.named for role in ROLES if getattr(name, role)), None)
    return replace(fixed, named=[], params=({"group_by": group} if group else {}) | params)


def _is_several(step: str, start: date, end: date) -> bool:
    """Whether a period begins with a step of the calendar and reaches into another."""
    return start_of(step, start) == start and start_of(step, end - timedelta(days=1)) != start
