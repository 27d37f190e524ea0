"""`python -m execops.canvas.manual > docs/canvas.md`: the page of the catalogue, from the metrics' headers."""

from __future__ import annotations

import sys

from execops.canvas import catalogue
from execops.canvas.catalogue import BUCKET, Metric

_INTRODUCTION = """\
# The canvas

<!-- Made by `python -m execops.canvas.manual > docs/canvas.md`; a test keeps it in step with the metrics. -->

One metric of this page answers a question, or the canvas refuses it: `execops canvas QUESTION`, `GET /api/canvas?q=`,
a chat ([agui.md](agui.md)), and `c` in the inbox. There is no other way to a number: each metric is one file in `execops/canvas/metrics/`, a header
and one SELECT with bound parameters, checked when it is loaded. To add a metric, add a file.

- **Reads only.** Answers come from connections that are read-only, with a time limit (`EXECOPS_CANVAS_TIMEOUT`,
  5 s) and at most 1,000 rows: the latest days where they are grouped by time, else the first of each currency; `EXECOPS_CANVAS_DATABASE_URL` may name a replica.
- **Periods** are half-open: `from` is the first day, `to` the day after the last one, in `EXECOPS_TIME_ZONE`. Weeks
  start on Monday. A question that names no period gets the metric's own, which the table below names.
- **Currencies** are rows of their own, never added; a `limit` counts within each.
- **Totals** stand under the rows of sums, for each currency by itself: on stderr below a table and a CSV, which keep rows
  alone, and in `totals` of JSON. One row has none, and neither has an answer whose rows were cut.
- **Zero and unknown.** A period without movements is zero once movements of its kind are known, and absent before.
  An answer that is not known says why, and what to connect.
  A parameter names a vendor or a category in any case, and a customer by id or by name. A name that the books do not know is no zero:
  the answer says so.
- **The receipt** names the definition, the parameters as they were bound, today, and the latest event and movement
  that could count. It says `until` with the last day that counts. JSON and CSV keep money as whole minor units under the
  names of the columns, with the row's currency beside it; the JSON names each column's unit.
- **Charts.** Sums by time are bars from zero, levels (MRR, rates) are lines. The running week, month or quarter of a sum
  is drawn light and named: "November so far" (`so_far` in JSON). So is one that the period cuts: "Q2 2026 from 1 June",
  "September until 15 September" (`cut_steps` in JSON). `--svg FILE` draws the same chart as a picture. A currency of one row
  is not drawn; a note names it. `execops canvas` alone opens the canvas in the terminal.

## How a question is understood

Rules understand it (`execops/canvas/ask/`), without a network. A model is asked only where one is configured and the
rules find no answer ([model.md](model.md#questions)). Every word has to be understood: as one of a metric's own words
(its name, title and `synonyms`, in any order), a period, a grouping, a number of rows, a currency, a name that the ledger
knows, or a word that says nothing about the number. One word left over, and the canvas refuses the question. If
several metrics fit, it asks back. `--explain` shows how a question is understood.

**Nobody is left at a refusal.** A refusal that holds a word of a metric, and a question back, offer up to three
suggestions with their parameters bound, such as "Refunds, October": a number asks one, in the inbox and in a terminal;
`--json` and the HTTP API list them as `suggestions`, each with `title`, `metric` and `params`. A small scorer puts them in
order (`execops/canvas/ask/scorer.py`, trained by `python -m tests.scorer`); it never answers by itself. A suggestion may hold
what no answer takes for granted: a grouping that a word hints at ("who", "won vs lost", "customers against months"), a lone
number of rows, a name that is a word of the dictionary too, one sentence of several. Orders get none. A title means the
same when it is typed: `python -m tests.suggested` prints those that do not.

- **Rolling periods**: "last 30 days" ends today; "last 3 months" counts the current one, "last 3 full months" does not.
  "The past week, month, year" are the last 7 days, 30 days and 12 months, and so is "in the last month".
- **Calendar periods**: "last month", "Q3", "H1 2025", "in October", "2025", "the month before last", "week of 12 October",
  "yesterday", "on Monday", "3 October". Without a year: the latest that has begun. "This quarter", "year to date", "MTD"
  end today, and so does a period that still runs: with `--as-of 2024-06-15`, "in 2024" ends on 15 June.
  "Three months ago" is that whole month, "same month last year" the one a year before, "last YTD" the last year up to this day.
- **From, to**: "since March" and "from March on" end today; "between 1 Sep and 15 Oct" holds both days; "until March" holds March,
  "before March" does not.
- **FY25** is the fiscal year that ends in 2025, where `EXECOPS_FISCAL_YEAR_START` names its first month; else it is refused.
  "This fiscal quarter" and "fiscal year to date", "FYTD", "FQTD" follow it.
- **Groupings**: "by week", "per vendor", "monthly", "month by month", "over time". **Rows**: "top 5", "our biggest customer",
  "new vendors, 10 max", "AWS transactions, last 5". "Revenue by customer and month" is the one question that names two groupings.
- **Single movements**: "last 10 transactions", "biggest payments", "outgoing", "over $500". An amount is in major units of
  each row's currency, and only `movements` takes one; any other question with an amount is refused.
- **A balance** is known at the end of a day: "cash on 1 October", "cash at the end of September". "Cash in September" names
  no day, and is refused with the end of it as a suggestion. "Yesterday evening" and "at the close of Friday" are the end of that
  day; "yesterday noon" is refused.
- **Several months** that are one after the other are one period: "August and September", "April, May and June", "Q1 and Q2". "MRR at the end of
  September" is that month's row. A word such as "rising", "grown" or "gone up" asks for more than one step; over a single one
  it is refused. "Has AWS gone up" is spend by month.
- **Words around a question** count for nothing: greetings and thanks in some languages, "sorry", "if I may ask", "for the board deck".
  "Umsatz... sorry, revenue in October" asks for revenue. "Recurring revenue" without monthly or annual asks which is meant.
- **Orders** have somebody or something, and a verb of doing: "pay GitHub". "Spend this month", "pay by vendor" and "the
  invoice from AWS" are questions, and so is "how many disputes did customers open". "What is a refund" asks for a meaning, and
  is refused.
- **Names** of vendors and customers: as the ledger writes them, or the beginning of one that no other shares, with a letter
  or two wrong, but for words of the dictionary: "spend on motion" is not Notion. A name that fits several is refused
  with their names. A part of a name that is a word of the dictionary, such as "spend on delta", is a suggestion, not an
  answer; behind "we paid" it is a name ("what did we pay delta"). `--explain` knows no ledger: it takes a name as written where it is capitalised, quoted or possessive.
- **Who pays whom** matters: "what did AWS charge us" is spend, "what did we charge AWS" is refused. So does **what is
  counted**: "how many customers got refunds" is refused, for refunds count refunds.
- **Compared** are days, weeks, months or quarters that follow one another: "spend this quarter against last", "fees Q2 vs Q3".
  "Is our burn this month bigger than last month's" asks the same. The answer is a row for each; the running one is marked as
  unfinished. Years have no rows: "sales this year vs last" offers quarters. "MRR yoy, by month since January 2025" is MRR by month,
  for its rows are of both years.
- **Refused**: the future, advice, causes, orders, bills that you have not paid ("what do we owe AWS"), other comparisons, conditions
  ("spend over $100", "except AWS"), statistics that no metric computes, and dates such as 10/03 that two countries read differently;
  31.10.2026 and 10/31/2026 have one reading each.
  "Spend without AWS" offers the spend by vendor, in which AWS is a row. "Spend by card" is refused, for spend counts the bank's payments too.

The **category** of a vendor is the one that a person put the vendor into (`execops vendors category Hetzner "web shops"`), else
that of a table of well-known vendors (`migrations/0043_vendor_categories.sql`), else "uncategorised". Earlier movements
follow at once; `execops vendors uncategorise Hetzner` takes it back, and the audit log keeps both. A question names a
category by its whole name: "spend on web shops last quarter", "hosting by vendor", "weekly software costs". A name that is
a vendor's too asks which. The categories of that table are understood although no vendor of yours is in them.

**Refusals teach.** `execops canvas --refused` lists the questions that were refused, how often and why; `--refused --erase`
erases them all; the 1,000 latest are kept. `execops synonyms add dinero spend` lets a word of your company mean words that
the canvas knows, once you have seen which refused questions that changes. The table names you as the reviewer, and the
audit log keeps it. The canvas understands English; a question of other words is refused with this command. A synonym is tried only where the rules have no answer, so it changes no question that is understood. A
word that orders something stays refused, and so does a phrase that heads a sentence with an object behind it. `--explain`
knows no synonyms.

**Your own questions.** `execops canvas --check FILE` asks the questions of a file and exits with 1 where an answer is not
as expected; it names the lines. Each line is a JSON object as `execops canvas - --json` prints it: `question`, and any of
`kind`, `metric`, `params`, `columns` and `rows`. Only what a line names is compared, of `params` too; `as_of` stands for
the line's today, and `--as-of` for that of the others.

    {"question": "spend by vendor in October", "as_of": "2026-11-22", "metric": "spend_by_vendor"}
    {"question": "how will sales go", "kind": "refuse"}

The words stand in `execops/canvas/ask/words/*.toml`. Each list and each pattern carries an example question; a test asks
it with and without each word, and a word that changes nothing fails the test. `python -m tests.questions` prints how many
of the labelled questions in `tests/data/questions` are understood as labelled: the vocabulary was written against
`tuned` and `third`, and never from `held_out`, whose labels are older than the newest metrics. From `fifth` on, strangers wrote
the sets, who knew nothing but the table of metrics; each was asked before rules were written from it. The latest one,
`twentysecond`, 240 questions, when it was first asked: 159 of 165 answered as labelled, 164 of 165 within one key, 70 of 70
outside refused, 4 of 5 that name two metrics asked back, none answered wrongly. The one before it: 156 of 165,
164 of 165 within one key, 70 of 70 outside refused, 3 of 5 asked back and 1 answered wrongly. `kinds` holds variants of
each kind of question that was mended since, and what is near to them and must stay refused. `seventh` to `eleventh` lean to one kind each, such as slang or
long sentences, and do worse. Of `third`, left out of its training, the
scorer put the right metric first for 96.5 %, and among three for 99.3 %.

## Adding a metric

A file in `execops/canvas/metrics/`, named like the metric. Its header is comment lines `-- key: value`, checked at start;
what is wrong is refused with the file's name and the reason.

| key | says |
|---|---|
| `name`, `title`, `definition` | what it is called, and in one sentence what it counts |
| `unit`, `chart`, `columns` | of the answer: `name unit` for each column; money stands beside a `currency` column, `amounts` bring their own currencies and are left out where no row has any |
| `samples` | questions that it answers, shown as examples; a test asks each |
| `synonyms` | words by which it is asked for, in any order, as `ask/words/rewrites.toml` leaves them; may be repeated on further lines |
| `also` | further words that such a question may hold |
| `counts` | nouns that its "how many" may be of, besides the names of its columns |
| `flow` | `in` or `out`: which way the money of a question has to go |
| `family` | shared with metrics that count the same in other ways, such as a list and its count over time |
| `params`, `groups`, `default_period` | the parameters that a question may fix; without one, the first group and this period hold |
| `each` | beside the step of time, rows are of each of these; a question has to name both |
| `totals` | the columns that are added up under the rows |
| `behind` | the proposals or events behind a row: see `execops/canvas/drilldown.py` |

Below it stands one SELECT with `%(parameter)s` bound: `from`, `to`, `group_by`, `limit`, `currency`, `vendor`, `category`,
`customer`, `direction`, `order`, `over`, and `org_id`, `zone`, `as_of`, `today` (the clock's, which `--as-of` leaves as it is) and `grain`, which every metric is
given.

## How it stays fast

Sums by day and month are kept by the ledger's own writes, by kind, vendor, customer and currency
(`migrations/0014_rollup_tables.sql` to `0017_rollup_rebuild.sql`); no periodic task does. An answer reads whole months as months (and
customers by quarters) and only the rest as days. Days are the org's: sums in UTC would serve no other time zone, and sums
by the hour, which would serve most, cost twenty-four times the rows. Changing `EXECOPS_TIME_ZONE` builds them anew, once, at the next question, and holds
up the ledger's writers meanwhile: seconds for a million movements. All processes on one database need the same zone. The
sums change their zone at most four times a day; after that, a question from another zone is refused with the reason.
Writers never wait for each other's sums: each adds to rows of its own, and readers add those up.

`python -m tests.bench.canvas` prints what each metric takes at 10,000, 100,000 and 1,000,000 movements. What grows
with the company still costs: ranking customers reads each of them.

## The metrics

"""


def render() -> str:
    """The page."""
    metrics = list(catalogue.load().values())
    rows = ["| metric | answers | ask |", "|---|---|---|"]
    rows += [
        f"| [{metric.name}](#{metric.name}) | {metric.title} | {metric.samples[0]} |" for metric in metrics
    ]
    return _INTRODUCTION + "\n".join(rows) + "\n\n" + "\n".join(map(_metric, metrics))


def _metric(metric: Metric) -> str:
    names = ["what it is grouped by" if column.name == BUCKET else column.name for column in metric.columns]
    columns = ", ".join(f"{name} ({column.unit})" for name, column in zip(names, metric.columns, strict=True))
    lines = [
        f"### {metric.name}",
        "",
        f"{metric.definition}.",
        "",
        f"- columns: {columns}",
        f"- parameters: {', '.join(metric.params) or 'none'}; period: {metric.default_period}",
    ]
    if metric.groups != ("",):
        lines.append(f"- grouped by {metric.groups[0]}, or: {', '.join(metric.groups[1:]) or 'nothing else'}")
    lines.append(f"- asked as: {'; '.join(metric.samples)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
