"""`muniment backup list`: the snapshots of a repository, oldest first."""

from pathlib import Path

from archive.backups import check
from archive.cli import Call, archive_command, megabytes
from archive.cli.backup._where import elsewhere, opened


@archive_command(name="list")
@elsewhere
def command(call: Call, repository: str | None, keys_folder: Path | None) -> int:
    """List the snapshots, oldest first."""
    target, key = opened(call, repository, keys_folder)
    listed = check.snapshots(target, key)
    call.say(
        [
            {
                "id": one.snapshot.id if one.snapshot else None,
                "number": one.snapshot.number if one.snapshot else None,
                "taken_at": one.snapshot.taken_at if one.snapshot else None,
                "objects": one.snapshot.objects if one.snapshot else None,
                "bytes": one.snapshot.object_bytes if one.snapshot else None,
                "missing": len(one.snapshot.missing) if one.snapshot else None,
                "ledger_seq": one.snapshot.ledger_seq if one.snapshot else None,
                "ledger_digest": one.snapshot.ledger_digest if one.snapshot else None,
                "name": one.name,
                "problem": one.problem,
            }
            for one in listed
        ],
        *(
            f"{one.snapshot.number:>5}  {one.snapshot.taken_at}  {one.snapshot.id}  {one.snapshot.objects} objects, "
            f"{megabytes(one.snapshot.object_bytes)}, ledger line {one.snapshot.ledger_seq}"
            + (f", {len(one.snapshot.missing)} OBJECTS MISSING" if one.snapshot.missing else "")
            if one.snapshot
            else f"       {one.problem}"
            for one in listed
        ),
        *([] if listed else ["no snapshot yet"]),
    )
    return 1 if any(one.problem for one in listed) else 0
