"""What other machines ask: is it alive, is it ready, how is it doing. Counts only, nothing of what is kept."""

import ipaddress
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request

from access.actors import OPERATOR
from archive import latency, readiness, status
from archive.errors import NotSignedIn
from archive.status import Status
from web import current

blueprint = Blueprint("probes", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """The tables answer and an index is in use."""
    lacking = readiness.lacking(current.archive())
    return Response("".join(f"{line}\n" for line in lacking) or "ok\n", 503 if lacking else 200, mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus: asked from this machine, or with the token of somebody who may see the status."""
    if current.person_or_none() is not None:
        actor = current.actor()
    elif _from_this_machine():
        actor = OPERATOR
    else:
        raise NotSignedIn("Ask from this machine, or with a token.")
    archive = current.archive()
    text = "".join([*_lines(status.of(archive, actor)), *_durations(latency.since_the_beginning(archive, actor))])
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine() -> bool:
    """Behind a proxy everything seems to come from this machine, so there only a token counts."""
    if current.archive().settings.tls_proxy or request.remote_addr is None:
        return False
    return ipaddress.ip_address(request.remote_addr).is_loopback


def _lines(now: Status) -> Iterator[str]:
    yield from _metric("records", "Records by lifecycle.", "lifecycle", now.records)
    yield from _metric("files_seen", "Files that came in, by what became of them.", "outcome", now.files_seen)
    yield from _metric("backups", "Backups of the last six weeks, by how they ended.", "outcome", now.backups)
    yield from _metric("jobs", "Jobs by kind and state.", "job", now.jobs)
    singles = (
        ("index_backlog", "Records the index has yet to catch up with.", now.index_backlog),
        ("index_lag_seconds", "Age of the oldest of them.", now.index_lag_s),
        ("index_missing", "Records that should be in it and are not; all while it is gone.", now.index_missing),
        ("objects", "Objects kept.", now.objects),
        ("bytes_kept", "Bytes kept, as they were captured.", now.bytes_kept),
        ("bytes_stored", "Bytes they take in the store.", now.bytes_stored),
        ("disk_free_bytes", "Room left on the disk of the home.", now.disk_free),
        ("ledger_lines", "Lines of the ledger.", now.ledger_lines),
    )
    for name, help_text, value in singles:
        yield f"# HELP muniment_{name} {help_text}\n# TYPE muniment_{name} gauge\nmuniment_{name} {value}\n"


def _durations(counts: Mapping[int, int]) -> Iterator[str]:
    """A histogram, from which Prometheus makes percentiles of any period."""
    yield "# HELP muniment_search_seconds How long searches took.\n# TYPE muniment_search_seconds histogram\n"
    seen = 0
    for up_to_ms in latency.UP_TO_MS:
        seen += counts.get(up_to_ms, 0)
        yield f'muniment_search_seconds_bucket{{le="{up_to_ms / 1000:g}"}} {seen}\n'
    yield f'muniment_search_seconds_bucket{{le="+Inf"}} {seen}\nmuniment_search_seconds_count {seen}\n'
    yield f"muniment_search_seconds_sum {sum(up_to * count for up_to, count in counts.items()) / 1000:g}\n"


def _metric(name: str, help_text: str, label: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"# HELP muniment_{name} {help_text}\n# TYPE muniment_{name} gauge\n"
    for value, count in values.items():
        yield f'muniment_{name}{{{label}="{value}"}} {count}\n'
