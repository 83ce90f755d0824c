"""A repository: what is in it, and how its files hang together."""

import json
import re
import secrets
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from archive.backups.crypto import FORMAT, ID_BYTES, MARK_BYTES, Seals
from archive.backups.keys import Keys
from archive.backups.packs import FIRST, Entry, Packed, Reader, Spool, Spooled
from archive.backups.targets import Target
from archive.errors import Conflict, Corrupt, Misconfigured, NotFound

HEADER = "repository"
NAMES: Mapping[str, re.Pattern[str]] = {
    "packs": re.compile(r"packs/[0-9a-f]{32}"),
    "index": re.compile(r"index/[0-9a-f]{32}"),
    "keystores": re.compile(r"keystores/[0-9]{8}-[0-9a-f]{16}"),
    "snapshots": re.compile(r"snapshots/[0-9]{8}-[0-9a-f]{32}"),
    "tidied": re.compile(r"tidied/[0-9]{8}-[0-9a-f]{16}"),
    "slots": re.compile(r"slots/[0-9a-f]{16}-[0-9]{5}"),
}
_PACK = struct.Struct(">16s8sQI")
_KEY = struct.Struct(f">32s{ID_BYTES}sB")
_ENTRY_BYTES = 25

Sizes = dict[str, int]
"""Name and size of every file in a repository."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an archive consisted of at one moment. The fields are those of docs/backup-format.md."""

    number: int
    previous: str
    taken_at: str
    archive: str
    program: str
    schema: str
    ledger_seq: int
    ledger_digest: str
    catalogue_bytes: int
    catalogue_list: str
    piece_bytes: int
    objects: int
    object_bytes: int
    missing: tuple[str, ...]
    """Addresses of objects that could not be copied, because they were damaged or gone in the archive."""
    keystore: str
    indexes: tuple[str, ...]
    settings: str
    format: int = FORMAT
    id: str = ""

    @property
    def file(self) -> str:
        """The name of the file it is in."""
        return snapshot_name(self.number, self.id)

    def content(self) -> bytes:
        values = asdict(self)
        del values["id"]
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A snapshot that was forgotten on purpose, and the one before it: the chain goes on behind it."""

    number: int
    id: str
    previous: str


@dataclass(frozen=True, slots=True)
class Tidying:
    """What has been tidied away, signed: whatever else is missing was not."""

    name: str = ""
    number: int = 0
    """Of the newest snapshot at that time."""
    indexes: tuple[str, ...] = ()
    forgotten: Mapping[str, Forgotten] = field(default_factory=dict[str, Forgotten])


class Key(NamedTuple):
    """A line of a keystore: where an object is, and its data key as the archive keeps it.

    There is one for every object, so it is of the kind that is made fastest.
    """

    address: bytes
    blob_id: bytes
    wrapped: bytes

    def line(self) -> bytes:
        return _KEY.pack(self.address, self.blob_id, len(self.wrapped)) + self.wrapped


@dataclass(slots=True)
class Loaded:
    """The packs that are there and whole as far as their names, sizes and directories tell."""

    packs: list[Packed] = field(default_factory=list[Packed])
    orphans: list[Packed] = field(default_factory=list[Packed])
    """Those of them that no index knows."""
    indexes: dict[str, list[Packed]] = field(default_factory=dict[str, list[Packed]])
    """What each index file says, whether the packs are there or not."""
    troubles: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Files that do not open, each with what is wrong."""
    gone: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Packs that an index knows and that are not there, each with a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob is."""

    pack: Packed
    offset: int
    entry: Entry


class Repository:
    def __init__(self, target: Target, seals: Seals) -> None:
        self.target = target
        self.seals = seals
        self.spool = Spool()

    def sizes(self) -> Sizes:
        return dict(self.target.sizes())

    def snapshot(self, name: str) -> Snapshot:
        """Raises NotFound, Corrupt, or Misconfigured when a newer program wrote it."""
        content = self.seals.signed(name, self._content(name))
        values: dict[str, Any] = json.loads(content)
        if values.get("format") != FORMAT:
            raise Misconfigured(f"{name} was written in format {values.get('format')}; use the program that wrote it.")
        values |= {"missing": tuple(values["missing"]), "indexes": tuple(values["indexes"])}
        snapshot = Snapshot(**values, id=self.seals.snapshot_id(content))
        if name != snapshot.file:
            raise Corrupt(f"{name} in the backup repository does not hold what its name says.")
        return snapshot

    def newest(self, sizes: Sizes) -> tuple[Snapshot | None, list[tuple[str, str]]]:
        """The newest snapshot that opens, and those newer ones that do not."""
        troubles: list[tuple[str, str]] = []
        for name in sorted(of(sizes, "snapshots"), reverse=True):
            try:
                return self.snapshot(name), troubles
            except (Corrupt, NotFound) as error:
                troubles.append((name, str(error)))
        return None, troubles

    def put_snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The last thing a run writes: from here on the snapshot counts."""
        content = snapshot.content()
        snapshot_id = self.seals.snapshot_id(content)
        name = snapshot_name(snapshot.number, snapshot_id)
        self.target.put(name, self.seals.seal(name, iter([self.seals.sign(content)]), None))
        return replace(snapshot, id=snapshot_id)

    def next_number(self, sizes: Sizes) -> int:
        """The number of the next snapshot.

        A keystore may lie there whose snapshot was cut off: two of one number could not be told apart when restoring.
        """
        written = [*of(sizes, "snapshots"), *of(sizes, "keystores")]
        return 1 + max((number_of(name) for name in written), default=0)

    def tidying(self, sizes: Sizes) -> "Tidying":
        """What was tidied away so far, as the newest file about it says; nothing if there is none.

        Raises Corrupt when it does not open: what is missing could not be told from what was forgotten.
        """
        names = sorted(of(sizes, "tidied"))
        if not names:
            return Tidying()
        values: dict[str, Any] = json.loads(self.seals.signed(names[-1], self._content(names[-1])))
        if values.get("format") != FORMAT:
            raise Misconfigured(f"{names[-1]} was written in another format; use the program that wrote it.")
        forgotten = {entry[1]: Forgotten(*entry) for entry in values["forgotten"]}
        return Tidying(names[-1], values["number"], tuple(values["indexes"]), forgotten)

    def put_tidying(self, number: int, indexes: Sequence[str], forgotten: "Mapping[str, Forgotten]") -> str:
        """Say which snapshots were forgotten on purpose and which index files count since; return its name."""
        entries = [[one.number, one.id, one.previous] for one in sorted(forgotten.values(), key=lambda f: f.number)]
        values = {"format": FORMAT, "number": number, "indexes": sorted(indexes), "forgotten": entries}
        content = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
        name = f"tidied/{number:08}-{secrets.token_hex(8)}"
        self.target.put(name, self.seals.seal(name, iter([self.seals.sign(content)]), None))
        return name

    def keys(self, name: str) -> Iterator[Key]:
        """The lines of a keystore, in order of address. Raises Corrupt at the first wrong byte."""
        buffer = bytearray()
        with self.target.open(name) as file:
            for piece in self.seals.unseal(name, file):
                buffer += piece
                at = 0
                while len(buffer) - at >= _KEY.size:
                    address, blob_id, length = _KEY.unpack_from(buffer, at)
                    end = at + _KEY.size + length
                    if end > len(buffer):
                        break
                    yield Key(address, blob_id, bytes(buffer[at + _KEY.size : end]))
                    at = end
                del buffer[:at]
        if buffer:
            raise Corrupt(f"{name} in the backup repository ends in the middle of a key.")

    def put_index(self, packs: Sequence[Packed], work: Path) -> str:
        name = f"index/{secrets.token_hex(16)}"
        pieces = (
            _PACK.pack(bytes.fromhex(pack.name), pack.mark, pack.size, pack.weight // _ENTRY_BYTES) + pack.directory
            for pack in packs
        )
        self.target.put(name, self.seals.seal(name, pieces, work))
        return name

    def load(self, sizes: Sizes) -> Loaded:
        """Every pack there is: from the index files, and, where none knows it, from its own directory."""
        loaded, known = Loaded(), dict[str, Packed]()
        for name in sorted(of(sizes, "index")):
            try:
                loaded.indexes[name] = list(self._index(name))
            except (Corrupt, NotFound) as error:
                loaded.troubles.append((name, str(error)))
                continue
            known.update((pack.name, pack) for pack in loaded.indexes[name])
        for name in sorted(of(sizes, "packs")):
            pack = known.get(name.removeprefix("packs/"))
            if pack is not None and pack.size == sizes[name]:
                loaded.packs.append(pack)
                continue
            try:
                pack = self.own_directory(name, sizes[name])
            except (Corrupt, NotFound) as error:
                loaded.troubles.append((name, str(error)))
                continue
            pack = pack.spooled(self.spool)
            loaded.packs.append(pack)
            loaded.orphans.append(pack)
        for name in sorted(known):
            if f"packs/{name}" not in sizes:
                loaded.gone.append((f"packs/{name}", f"packs/{name} is missing in the backup repository."))
        return loaded

    def own_directory(self, name: str, size: int) -> Packed:
        pack = name.removeprefix("packs/")
        with self.target.open(name) as file:
            mark = file.read(MARK_BYTES)
            directory = Reader(self.seals, pack, mark, file, len(mark)).own_directory(size)
            return Packed(pack, size, directory, mark)

    def read(self, places: Sequence[Place]) -> bytes:
        """One small blob, from the first of these places where it is whole."""
        content = BytesIO()
        self.copy(places, content)
        return content.getvalue()

    def copy(self, places: Sequence[Place], to: BinaryIO) -> None:
        """Write one blob into an empty file, from the first of these places where it is whole.

        Raises what was wrong with the last one.
        """
        for place in places:
            try:
                to.writelines(self.pieces(place))
            except (Corrupt, NotFound):
                if place is places[-1]:
                    raise
                to.seek(0)
                to.truncate()
            else:
                return

    def pieces(self, place: Place) -> Iterator[bytes]:
        """One blob, segment by segment, each authenticated."""
        with self.target.open(f"packs/{place.pack.name}", place.offset) as file:
            reader = Reader(self.seals, place.pack.name, place.pack.mark, file, place.offset)
            for piece in reader.blob(place.entry):
                yield bytes(piece)

    def _index(self, name: str) -> Iterator[Packed]:
        """Genuine from its first byte to its last before anything in it is believed."""
        spool = Spool()
        with self.target.open(name) as file:
            length = sum(len(piece) for piece in self.seals.unseal(name, file) if spool.add(piece) >= 0)
        at = 0
        while at < length:
            pack, mark, size, count = _PACK.unpack(spool.read(at, _PACK.size))
            at += _PACK.size
            yield Packed(pack.hex(), size, Spooled(spool, at, count * _ENTRY_BYTES), mark)
            at += count * _ENTRY_BYTES

    def _content(self, name: str) -> bytes:
        with self.target.open(name) as file:
            return b"".join(self.seals.unseal(name, file))


def begin(target: Target, key: Keys) -> Repository:
    """Make a repository where there is none. Raises Conflict where other files lie."""
    target.prepare()
    foreign = next((name for name, _ in target.sizes()), None)
    if foreign is not None:
        raise Conflict(f"{target.location} holds other files ({foreign}), no repository; choose an empty folder.")
    seals = Seals(key, secrets.token_hex(16))
    target.put(HEADER, [header(seals)])
    return Repository(target, seals)


def exists(target: Target) -> bool:
    try:
        target.open(HEADER).close()
    except NotFound:
        return False
    return True


def open_repository(target: Target, key: Keys) -> Repository:
    """Raises Misconfigured when there is none, it is of another version, or the key is not its key."""
    try:
        with target.open(HEADER) as file:
            text = file.read(1000)
    except NotFound:
        raise Misconfigured(f"There is no backup repository at {target.location}.", "no-repository") from None
    found = re.match(rb"muniment backup repository ([0-9]+)\nid ([0-9a-f]{32})\nsigner ([0-9a-f]{64})\n", text)
    if found is None:
        raise Corrupt(f"The file {HEADER} in {target.location} is damaged, or this is not a backup repository.")
    if int(found[1]) != FORMAT:
        raise Misconfigured(f"{target.location} is a repository of format {int(found[1])}; a newer program reads it.")
    seals = Seals(key, found[2].decode(), found[3].decode())
    if text != header(seals):
        raise Misconfigured(
            f"This key does not open the repository {target.location}: it belongs to another archive "
            f"(or the file {HEADER} is damaged).",
            "wrong-key",
        )
    return Repository(target, seals)


def of(sizes: Sizes, kind: str) -> list[str]:
    """The names of one kind of file."""
    pattern = NAMES[kind]
    return [name for name in sizes if pattern.fullmatch(name)]


def number_of(name: str) -> int:
    """The number in the name of a snapshot or keystore."""
    return int(name.partition("/")[2][:8])


def snapshot_name(number: int, snapshot_id: str) -> str:
    return f"snapshots/{number:08}-{snapshot_id}"


def new_keystore_name(number: int) -> str:
    return f"keystores/{number:08}-{secrets.token_hex(8)}"


def places(
    packs: Sequence[Packed], kinds: frozenset[int], only: Collection[bytes] | None = None
) -> dict[bytes, list[Place]]:
    """Where every blob of these kinds is; or those of them that are asked for. One that was copied again, because
    its pack was found damaged, is in more than one place."""
    found: dict[bytes, list[Place]] = {}
    for pack in packs:
        offset = FIRST
        for entry in pack.entries():
            if entry.kind in kinds and (only is None or entry.id in only):
                found.setdefault(entry.id, []).append(Place(pack, offset, entry))
            offset += entry.sealed
    return found


def header(seals: Seals) -> bytes:
    """What stands in the file `repository`."""
    lines = (f"id {seals.repository_id}", f"signer {seals.signer}", f"check {seals.check}")
    return "\n".join([f"muniment backup repository {FORMAT}", *lines, ""]).encode()
