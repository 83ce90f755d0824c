"""One record comes back as it was at a moment, out of a backup: its files, byte for byte, and what was known of it."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from archive import keyring, naming, sealing
from archive.backups import keys, restore
from archive.backups.packs import OBJECT
from archive.backups.rebuilding import Rebuilding
from archive.backups.repository import open_repository, places
from archive.backups.targets import Target
from archive.errors import Corrupt, Invalid
from archive.tables import Tables
from archive.threads import silent


@dataclass(frozen=True, slots=True)
class Brought:
    """What was brought back."""

    record: str
    snapshot: str
    number: int
    taken_at: str
    folder: Path
    files: tuple[Path, ...]
    destroyed: tuple[str, ...]
    """Names of files that were destroyed in the archive since: they cannot be had back."""


def bring(target: Target, keys_folder: Path, record_id: str, folder: Path, *, at: datetime | None = None) -> Brought:
    """Write the record's files and `record.json` into a new folder, from the newest snapshot of then or before.

    It needs the repository and the key folder only. Raises NotFound for a record there was not, Corrupt naming what
    is damaged, Invalid when the folder is there already. Files destroyed since are named, not brought.
    """
    folder = folder.expanduser().absolute()
    if folder.exists():
        raise Invalid(f"{folder} exists already; choose a new folder.", "not-empty")
    master = keyring.load(keys_folder)
    repository = open_repository(target, keys.load(keys_folder))
    # Beside what is brought, not where everybody keeps temporary files: the catalogue is put together in it.
    beside = tempfile.TemporaryDirectory(dir=folder.parent, prefix=".muniment-record-")
    with target.lock(exclusive=False), beside as work:
        snapshot = restore.chosen(repository, "") if at is None else restore.at(repository, at)
        rebuilding = Rebuilding(repository, master, keys_folder, Path(work), silent, scratch=True)
        copy = Path(work, "catalogue.db")
        loaded = repository.load(repository.sizes())
        rebuilding.catalogue(snapshot, loaded.packs, copy)
        rebuilding.fill(copy, repository.sizes())
        tables = Tables(f"sqlite:///{copy}")
        try:
            tables.migrate()
            with tables.read() as tx:
                record = tx.records.get(record_id)
                components = tx.records.components_of([record_id]).get(record_id, ())
                held = {one.digest: tx.objects.get(one.digest) for one in components}
        finally:
            tables.close()
        data_keys = {
            row.address: sealing.unwrap(master.wrapping, row.wrapped_key, row.address)
            for row in held.values()
            if row is not None and row.wrapped_key
        }
        blob_ids = {
            address: repository.seals.object_id(bytes.fromhex(address), data_key)
            for address, data_key in data_keys.items()
        }
        where = places(loaded.packs, frozenset({OBJECT}), frozenset(blob_ids.values()))
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            files: list[Path] = []
            destroyed: list[str] = []
            for number, component in enumerate(components, 1):
                row = held[component.digest]
                if row is None or not row.wrapped_key:
                    destroyed.append(component.file_name)
                    continue
                found = where.get(blob_ids[row.address])
                if not found:
                    raise Corrupt(f"Object {row.address} of this record is missing in {target.location}.")
                path = made / f"{number:02}-{naming.clean(component.file_name)}"
                sealed = Path(work, row.address)
                with sealed.open("wb") as file:
                    repository.copy(found, file)
                with sealed.open("rb") as file, path.open("xb") as out:
                    content = sealing.unseal(file, data_keys[row.address], row.address)
                    out.writelines(_checked(content, component.digest))
                sealed.unlink()
                files.append(path)
            about = {"record": _plain(asdict(record)), "components": [_plain(asdict(one)) for one in components]}
            (made / "record.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
            os.rename(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    brought = tuple(folder / path.name for path in files)
    return Brought(record_id, snapshot.id, snapshot.number, snapshot.taken_at, folder, brought, tuple(destroyed))


def _checked(pieces: Iterator[bytes], digest: str) -> Iterator[bytes]:
    """The content, which must have the digest it was kept under."""
    check = hashlib.sha256()
    for piece in pieces:
        check.update(piece)
        yield piece
    if check.hexdigest() != digest:
        raise Corrupt("A file of this record does not have the digest it was kept under.")


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}
