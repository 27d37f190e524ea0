"""`python -m execops.canvas.manual > docs/canvas.md`: the page of the catalogue, from the metrics' headers."""

from __future__ import annotations

import sys

from execops.canvas import catalogue
from execops.canvas.catalogue import BUCKET, Metric

_INTRODUCTION = """\
# The canvas

<!-- Made by `python -m execops.canvas.manual > docs/canvas.md`; a test keeps it in step with the metrics. -->

A question is answered by one metric of this page, or refused: `execops canvas QUESTION`, `GET /api/canvas?q=`. So far a
question is understood where it is a metric's name or title; `--metric` and `--param` ask for
anything else the metrics can answer. There is no other way to a number: each metric is one file in
`execops/canvas/metrics/`, a header and one SELECT with bound parameters, checked when it is loaded; adding a metric
is adding a file.

- **Reads only.** Answers come from connections that are read-only, with a time limit (`EXECOPS_CANVAS_TIMEOUT`,
  5 s) and at most 1,000 rows; `EXECOPS_CANVAS_DATABASE_URL` may name a replica.
- **Periods** are half-open: `from` is the first day, `to` the day after the last one, in `EXECOPS_TIME_ZONE`. Weeks
  start on Monday. The period in the table below holds where a question names none.
- **Currencies** are rows of their own, never added; a `limit` counts within each.
- **Zero and unknown.** A period without movements is zero once movements of its kind are known, and absent before.
  What cannot be known says why and what to connect.
- **The receipt** names the definition, the parameters as they were bound, today, and the latest event and movement
  that could count.

## How it stays fast

Sums by day and month are kept by the ledger's own writes, by kind, vendor, customer and currency
(`migrations/0006_rollups.sql`); no periodic task does. An answer reads whole months as months (and
customers by quarters) and only the rest as days. Days are the org's: sums in UTC would serve no other time zone, and sums by the hour, which would serve most,
cost twenty-four times the rows. Changing `EXECOPS_TIME_ZONE` builds them anew, once, at the next question, and holds
up the ledger's writers meanwhile: seconds for a million movements. All processes on one database need the same zone.
Writers never wait for each other's sums: each adds to rows of its own, and readers add those up.

`python -m tests.bench.canvas` prints what each metric takes at 10,000, 100,000 and 1,000,000 movements. What grows
with the company still costs: ranking customers reads each of them.

## The metrics

"""


def render() -> str:
    """The page."""
    metrics = list(catalogue.load().values())
    rows = ["| metric | answers | ask |", "|---|---|---|"]
    rows += [f"| [{each.name}](#{each.name}) | {each.title} | {each.samples[0]} |" for each in metrics]
    return _INTRODUCTION + "\n".join(rows) + "\n\n" + "\n".join(_metric(each) for each in metrics)


def _metric(metric: Metric) -> str:
    names = ["what it is grouped by" if each.name == BUCKET else each.name for each in metric.columns]
    columns = ", ".join(f"{name} ({each.unit})" for name, each in zip(names, metric.columns, strict=True))
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
