"""`GET /metrics`: the numbers of this deployment in the text format of Prometheus, for a token of any role.

The format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from litestar import Response, Router, get
from litestar.openapi.datastructures import ResponseSpec

from execops.client.records import Measures
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@get(
    "/",
    operation_id="metrics",
    summary="Numbers for Prometheus",
    media_type=_TEXT,
    responses={
        200: ResponseSpec(str, generate_examples=False, description="Lines of Prometheus", media_type=_TEXT)
    }
    | documented(401, 503),
)
async def metrics(request: ClientRequest) -> Response[str]:
    """Counts of deliveries, jobs, proposals, attempts and troubles, and the seconds from a draft to its decision."""
    lines = _lines(await request.user.deployment.measures())
    return Response("".join(f"{line}\n" for line in lines), media_type=_TEXT)


def _lines(measures: Measures) -> Iterator[str]:
    health = measures.health
    yield from _family("execops_events", "gauge", "Stored events by source and status.", measures.events)
    yield from _family("execops_jobs", "gauge", "Jobs that are not done, by task.", measures.jobs)
    overdue = [{"value": measures.overdue}]
    yield from _family(
        "execops_oldest_due_seconds", "gauge", "For how long the oldest job has been due.", overdue
    )
    yield from _family("execops_workers", "gauge", "Workers that live.", [{"value": health.workers}])
    yield from _family(
        "execops_paused", "gauge", "1 while executions are paused.", [{"value": int(health.paused)}]
    )
    yield from _family("execops_proposals", "gauge", "Proposals by status.", measures.proposals)
    yield from _family(
        "execops_executions_total", "counter", "Attempts by action type and outcome.", measures.executions
    )
    yield from _family("execops_troubles_total", "counter", "What was refused or failed, by kind.", [
        {"kind": row["kind"], "value": row["count"]} for row in measures.troubles
    ])  # fmt: skip
    name = "execops_decision_seconds"
    yield f"# HELP {name} From a draft to its approval or rejection."
    yield f"# TYPE {name} histogram"
    for row in measures.decisions:
        yield _line(f"{name}_bucket", {"le": f"{row['bound']:g}"}, row["value"])
    last = measures.decisions[-1]
    yield _line(f"{name}_bucket", {"le": "+Inf"}, last["count"])
    yield _line(f"{name}_sum", {}, last["sum"])
    yield _line(f"{name}_count", {}, last["count"])


def _family(name: str, kind: str, about: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for row in rows:
        yield _line(name, {label: text for label, text in row.items() if label != "value"}, row["value"])


def _line(name: str, labels: Mapping[str, object], value: float) -> str:
    quoted = ",".join(f'{label}="{_escaped(str(text))}"' for label, text in labels.items())
    return f"{name}{{{quoted}}} {value}" if quoted else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


router = Router(
    "/metrics", route_handlers=[metrics], middleware=[BearerAuth], security=SECURITY, tags=["health"]
)
