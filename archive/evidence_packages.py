"""The evidence of a period in one package: an index as PDF, every printout that proves a clause, the records behind
them, and a manifest with the digest of each; the manifest's own digest stands in the ledger.

What is in it is what its maker may find and print, and nothing else. Whoever is handed the package compares the files
with the manifest, and the manifest with the ledger: after that nobody can change a letter of it unnoticed.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import evidence, organisation, printing, reports
from archive.app import Archive
from archive.errors import ArchiveError, Invalid
from archive.loan_sheets import LEVELS
from archive.zipping import Pipe

INDEX = {"zh": "条款证据索引.pdf", "en": "index.pdf"}
MANIFEST = {"zh": "校验清单.json", "en": "manifest.json"}
SEAL = {"zh": "校验清单.sha256", "en": "manifest.sha256"}
RECORDS = {"zh": "文件清单.csv", "en": "records.csv"}
"""What the files are called for a reader of each language."""

Progress = Callable[[int, int], None]
"""Told how many parts are made, and of how many."""

HEADS = {
    "zh": ("条款", "分类号", "类目", "系统标识", "档号", "题名", "成文日期", "密级", "项目", "收录时间"),
    "en": (
        "clause", "class", "class_name", "record", "archival_code", "title", "document_date", "level", "site",
        "captured_at",
    ),
}  # fmt: skip
NOT_PRINTED = {
    "not-yours": {"zh": "不属于导出人的职责", "en": "not a duty of who made the package"},
    "asks-for-one": {"zh": "按单份打印，不按期间", "en": "printed of one thing at a time, not of a period"},
    "refused": {"zh": "不能打印", "en": "could not be printed"},
}
"""Why a printout is not in a package; any other code is that of a refusal."""


def pack(
    archive: Archive,
    actor: Actor,
    first: date,
    last: date,
    *,
    language: str,
    progress: Progress = lambda _done, _total: None,
) -> Iterator[bytes]:
    """The package as the bytes of a ZIP, a part at a time as it is made; the ledger says so when the last is out.

    Raises Invalid for days in the wrong order, and Denied; both before the first part.
    """
    rules.require(actor, Action.SEE_DOCUMENTS)
    if first > last:
        raise Invalid("The period ends before it begins.", "period-backwards")
    return _parts(archive, actor, first, last, language, progress)


def records_in(package: BinaryIO) -> frozenset[str] | None:
    """The records that may stand in a package, by id: each that was read while it was made and that its maker could
    find. These are more than are printed: a printout that only counts them reads them too. None where a program made
    it that did not write them down."""
    with zipfile.ZipFile(package) as opened:
        name = next(name for name in opened.namelist() if name in MANIFEST.values())
        said = json.loads(opened.read(name)).get("records")
        return None if said is None else frozenset(said)


def _parts(
    archive: Archive, actor: Actor, first: date, last: date, language: str, progress: Progress
) -> Iterator[bytes]:
    at, sink = archive.now(), Pipe()
    listed: list[dict[str, object]] = []
    refused: list[dict[str, str]] = []
    read: set[str] = set()
    with archive.read() as tx:
        seq, head = tx.ledger.head()
        maker = tx.people.names([actor.id]).get(actor.id, actor.id)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _files(archive.noting(read), actor, first, last, language, progress, refused):
            package.writestr(name, content)
            listed.append({"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
            yield sink.taken()
        manifest = {
            "company": archive.settings.company,
            "from": first.isoformat(),
            "to": last.isoformat(),
            "made_at": at.isoformat(timespec="seconds"),
            "made_by": actor.id,
            "made_by_name": maker,
            "ledger": {"line": seq, "digest": head},
            "files": listed,
            # What was read for a printout may stand in it. What its maker may not find does not, and is not said.
            "records": _findable(archive, actor, read),
            "not_printed": refused,
        }
        text = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
        seal = hashlib.sha256(text).hexdigest()
        package.writestr(MANIFEST[language], text)
        package.writestr(SEAL[language], f"{seal}  {MANIFEST[language]}\n")
        with archive.write() as tx:
            tx.ledger.add(
                archive.now(), actor.id, "evidence.packed", "evidence", first.isoformat(), to=last.isoformat(),
                files=len(listed), sha256=seal,
            )  # fmt: skip
    yield sink.taken()


def _findable(archive: Archive, actor: Actor, ids: Collection[str]) -> list[str]:
    with archive.read() as tx:
        return sorted(tx.records.admitted(sorted(ids), rules.scope(actor, Action.FIND)))


def _files(
    archive: Archive,
    actor: Actor,
    first: date,
    last: date,
    language: str,
    progress: Progress,
    refused: list[dict[str, str]],
) -> Iterator[tuple[str, bytes]]:
    found = evidence.index(archive, actor, first=first, last=last)
    period = {"since": first, "from": first, "to": last, "until": last, "on": last, "year": last.year}
    names = sorted({name for line in found.lines for name in line.proof.printouts} - {"evidence"})
    progress(0, len(names) + 1)
    index = reports.print_out(
        archive, actor, "evidence", {"since": first.isoformat(), "until": last.isoformat()}, form="pdf",
        language=language,
    )  # fmt: skip
    yield INDEX[language], index.content
    yield RECORDS[language], _records(archive, actor, found.lines, first, last, language)
    offered = reports.offered(actor, language)
    for done, name in enumerate(names, 1):
        progress(done, len(names) + 1)
        asked = reports.open_report(name).ASKED if name in offered else ()
        if name not in offered or any(one.needed for one in asked):
            # Of one room, form or handover at a time: which is nothing that a period says.
            refused.append(_unprinted(name, "not-yours" if name not in offered else "asks-for-one", language))
            continue
        said = {one.name: str(period[one.name]) for one in asked if one.name in period}
        for form in ("pdf", "csv"):
            try:
                printed = reports.print_out(archive, actor, name, said, form=form, language=language)
            except (ArchiveError, Denied) as error:
                if form == "pdf":
                    refused.append(_unprinted(name, getattr(error, "code", "") or "refused", language))
                    break
                continue
            yield _called(name, form, language), printed.content


def _unprinted(name: str, why: str, language: str) -> dict[str, str]:
    said = NOT_PRINTED.get(why, NOT_PRINTED["refused"])[language]
    return {"printout": name, "title": reports.open_report(name).TITLE[language], "why": why, "said": said}


def _called(name: str, form: str, language: str) -> str:
    """What a printout is called in the package: in Chinese by its title, of which there is one each."""
    return f"报表/{reports.open_report(name).TITLE['zh']}.{form}" if language == "zh" else f"printouts/{name}.{form}"


def _records(
    archive: Archive, actor: Actor, lines: Sequence[evidence.Line], first: date, last: date, language: str
) -> bytes:
    """Which records stand behind which clause; those dated within the period."""
    scope, named = rules.scope(actor, Action.FIND), 0 if language == "zh" else 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS[language])
    with archive.read() as tx:
        classes = {one.code: one.name_zh if language == "zh" else one.name_en for one in tx.file_plan.every()}
        places = {code: names[0 if language == "zh" else 1] for code, names in organisation.places(tx).items()}
        for line in lines:
            for one in tx.records.dated_within(scope, line.proof.classes, first, last):
                writer.writerow(
                    [
                        printing.harmless(cell)
                        for cell in (
                            line.proof.code, one.class_code, classes.get(one.class_code, ""), one.id,
                            one.archival_code, one.title, str(one.document_date), LEVELS[one.level][named],
                            places.get(one.site, one.site), one.captured_at.astimezone().isoformat(" ", "minutes"),
                        )
                    ]
                )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")
