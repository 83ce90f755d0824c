"""`muniment ledger`: what happened, and whether it still says so."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from access.actors import OPERATOR
from archive import anchoring, checking, printing, slips
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """The ledger."""


@archive_command()
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="An anchor that was kept outside: a file, or a folder of them. May be repeated.",
)
@click.option("--slip", "slips", multiple=True, help="What stands on a printed slip, as scanned or typed.")
def verify(call: Call, anchors: tuple[Path, ...], slips: tuple[str, ...]) -> int:
    """Follow the chain from the first line to the last and hold it against every anchor; name every line that was
    tampered with."""
    outside = [note for path in anchors for note in anchoring.notes_in(path)]
    for slip in slips:
        read = anchoring.read_note(slip, "printed slip")
        if not read:
            raise click.UsageError("This is not what stands on a slip; it begins with MUNIMENT-ANCHOR.")
        outside += read
    began = time.perf_counter()
    with call.archive() as archive:
        proof = anchoring.verify(archive, OPERATOR, outside)
    seconds = time.perf_counter() - began
    call.say(
        {
            "lines": proof.lines,
            "head": proof.head,
            "faults": proof.faults,
            "anchors": [asdict(note) for note in proof.held],
            "proven": proof.sentence,
            "lines_per_second": round(proof.lines / seconds) if seconds else 0,
        },
        *(f"{fault.kind}: line {fault.seq}: {fault.detail}" for fault in proof.faults),
        f"{proof.lines} lines, head {proof.head}: {'whole' if proof.whole else f'{len(proof.faults)} faults'}",
        proof.sentence,
    )
    return 0 if proof.whole else 1


@archive_command()
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder, best on another machine or medium.")
@click.option("--email", "address", help="Send it to this address instead.")
@click.option("--slip", type=click.Path(path_type=Path), help="Write a slip to print, as PDF, for a safe.")
def anchor(call: Call, folder: Path | None, address: str | None, slip: Path | None) -> None:
    """Write the head of the ledger down somewhere else, so that a ledger rewritten as a whole is found out."""
    chosen = [one for one in (folder, address, slip) if one]
    if len(chosen) > 1:
        raise click.UsageError("Say one of --to, --email and --slip.")
    with call.archive() as archive:
        if slip:
            made, note = anchoring.as_slip(archive, OPERATOR)
            slip.write_bytes(printing.render(slips.printout(note, archive.settings.company), "pdf"))
            where = str(slip)
        elif address:
            made = anchoring.by_email(archive, OPERATOR, address)
            where = address
        else:
            set_folder = archive.settings.anchor_folder
            made = anchoring.to_file(archive, OPERATOR, folder or Path(set_folder or archive.settings.home / "anchors"))
            where = made.place
    call.say(made, f"line {made.seq} is anchored: {where}", made.digest)


@archive_command()
@click.option("--reason", required=True, help="What had happened to the clock; it stands in the ledger for good.")
def clock(call: Call, reason: str) -> None:
    """Go on writing after the clock had been ahead and is right again. Says in the ledger which lines are misdated."""
    with call.archive() as archive:
        first, last = checking.correct_clock(archive, OPERATOR, reason)
    call.say({"first": first, "last": last}, f"lines {first} to {last} are marked as misdated; writing goes on.")


@archive_command()
def export(call: Call) -> None:
    """Print every line as JSON, one per line."""
    with call.archive() as archive:
        for line in checking.ledger_lines(archive, OPERATOR):
            sys.stdout.write(
                json.dumps({name: getattr(line, name) for name in line.__slots__}, ensure_ascii=False) + "\n"
            )


for one in (verify, anchor, clock, export):
    command.add_command(one)
