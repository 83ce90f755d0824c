"""`muniment status`: how the archive is doing."""

from access.actors import OPERATOR
from archive import status
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """Counts, backlog, lag and ages."""
    with call.archive() as archive:
        now = status.of(archive, OPERATOR)
        at = archive.now()
    seen = now.files_seen
    lines = [
        f"records     {sum(now.records.values())}  " + ", ".join(f"{k} {v}" for k, v in sorted(now.records.items())),
        f"files seen  {sum(seen.values())} = " + " + ".join(f"{outcome} {count}" for outcome, count in seen.items()),
        f"index       {now.index or 'none yet'}, {now.index_backlog} waiting, {now.index_lag_s:.1f} s behind"
        + status.INDEX_TROUBLES[now.index_trouble].format(now.index_missing)
        + (status.GIVEN_UP.format(now.index_given_up) if now.index_given_up else "")
        + (f", rebuilding {now.index_progress}" if now.index_progress else ""),
        f"jobs        {', '.join(f'{k} {v}' for k, v in sorted(now.jobs.items())) or 'none waiting'}",
        f"objects     {now.objects}, {now.bytes_kept} bytes kept as {now.bytes_stored}",
        f"disk        {now.disk_free >> 20} MB free",
        f"ledger      {now.ledger_lines} lines, head {now.ledger_head[:16]}",
        f"backup      {f'{at - now.last_backup} ago' if now.last_backup else 'none yet; run: muniment backup run'}"
        + "".join(f", {count} {outcome}" for outcome, count in sorted(now.backups.items()) if outcome != "done"),
    ]
    books = now.books
    lines.append(f"intake      {books.last_hour} in the last hour, {books.to_read} to be read")
    lines += [
        f"today       {one.source}: seen {one.seen} = filed {one.filed} + duplicate {one.duplicate} + "
        f"quarantined {one.quarantined} + waiting {one.waiting}"
        for one in books.sums
    ]
    if not books.balanced:
        lines.append(f"DOES NOT ADD UP: {books.unexplained} files; run: muniment verify")
    lines += [f"LEFT LYING  {one.count} files in {one.inbox} for more than {one.minutes} minutes" for one in books.left]
    if now.oldest_waiting:
        lines.append(f"oldest file waiting since {at - now.oldest_waiting}")
    lines += [f"dead job {job.id} ({job.kind}): {job.error}" for job in now.dead_jobs]
    call.say(now, *lines)
