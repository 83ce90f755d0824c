"""Ways back to the keys: a slot holds the key folder, locked by a passphrase, by a key file, or by two of three shares.

Slots lie in `keys/slots/` and are copied into every repository, so that a repository and what opens a slot bring
everything back. What a slot holds is sealed to the slot's public key; only the private key behind it is locked. So
the keys can be changed, and every slot sealed anew, without anybody's passphrase or share.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import shamir_mnemonic
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from archive import keyring, sealing
from archive.backups import keys
from archive.backups.targets import Target
from archive.errors import Conflict, Corrupt, Invalid, Misconfigured, NotFound

FOLDER = "slots"
PASSPHRASE, KEY_FILE, SHARES = "passphrase", "key-file", "shares"
THRESHOLD, COUNT = 2, 3
"""So many of so many shares are needed."""

PASSPHRASE_CHARACTERS_MIN = 12
FORMAT = 1
_SLOT_BYTES_MAX = 1 << 20
_UNLOCK_HEADING = "muniment backup unlock key 1"
_MEMORY_KIB, _PASSES, _LANES = 65536, 3, 4  # RFC 9106, second recommended option
_MEMORY_KIB_MAX, _PASSES_MAX, _LANES_MAX = 1 << 20, 32, 16


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the keys. Nothing in it tells what the archive keeps; every value is text or a number."""

    id: str
    kind: str
    made_at: str
    generation: int
    """Of the newest key it holds."""
    salt: str
    memory_kib: int
    passes: int
    lanes: int
    """What Argon2id makes of a passphrase; zero for the other kinds."""
    public: str
    private: str
    """Locked."""
    sender: str
    sealed: str
    """The key folder, sealed from the sender's key to the public one."""
    signature: str = ""
    format: int = FORMAT

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.id}-{self.generation:05}"

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, indent=1) + "\n"

    def signed_part(self) -> bytes:
        return b"muniment backup slot\n" + replace(self, signature="").text().encode()


@dataclass(frozen=True, slots=True)
class Unlocking:
    """What somebody has in hand: one of these."""

    passphrase: str = ""
    key_file: bytes = b""
    shares: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return PASSPHRASE if self.passphrase else KEY_FILE if self.key_file else SHARES


def every(folder: Path) -> tuple[Slot, ...]:
    """The slots of this key folder that are in use, oldest first."""
    found = [parsed(path.read_text("utf-8"), path.name) for path in sorted((folder / FOLDER).glob("*-?????"))]
    newest = {slot.id: slot for slot in found}
    return tuple(sorted((s for s in newest.values() if s.id not in revoked(folder)), key=lambda s: (s.made_at, s.id)))


def revoked(folder: Path) -> frozenset[str]:
    return frozenset(path.name.removesuffix(".revoked") for path in (folder / FOLDER).glob("*.revoked"))


def add_passphrase(folder: Path, passphrase: str, at: datetime) -> Slot:
    if len(passphrase) < PASSPHRASE_CHARACTERS_MIN:
        raise Invalid(f"A passphrase has at least {PASSPHRASE_CHARACTERS_MIN} characters.", "passphrase-short")
    salt = secrets.token_bytes(16)
    lock = _from_passphrase(passphrase, salt, _MEMORY_KIB, _PASSES, _LANES)
    return _add(folder, PASSPHRASE, lock, at, salt.hex(), _MEMORY_KIB, _PASSES, _LANES)


def add_key_file(folder: Path, at: datetime) -> tuple[Slot, str]:
    """The slot, and the text of the key file that opens it: to be kept where neither archive nor repository is."""
    secret = sealing.new_key()
    slot = _add(folder, KEY_FILE, _from_key(secret), at)
    return slot, f"{_UNLOCK_HEADING}\n{secret.hex()}\n{sealing.derive(secret, 'check', length=8).hex()}\n"


def add_shares(folder: Path, at: datetime) -> tuple[Slot, Sequence[str]]:
    """The slot, and three shares (SLIP-39), any two of which open it; one alone says nothing."""
    secret = sealing.new_key()
    slot = _add(folder, SHARES, _from_key(secret), at)
    return slot, shamir_mnemonic.generate_mnemonics(1, [(THRESHOLD, COUNT)], secret)[0]


def reseal(folder: Path) -> int:
    """Seal the present keys into every slot anew; how many there are."""
    slots = every(folder)
    for slot in slots:
        _put(folder, _sealed(folder, slot))
    return len(slots)


def revoke(folder: Path, slot_id: str) -> Slot:
    """From now on this slot is in no new copy, and tidying removes it. Copies made before still open."""
    matching = [slot for slot in every(folder) if slot_id and slot.id.startswith(slot_id)]
    if len(matching) != 1:
        raise NotFound(f"There is no slot {slot_id!r} (or more than one); see: muniment backup key list", "no-slot")
    keys.replace(folder / FOLDER / f"{matching[0].id}.revoked", "")
    for path in (folder / FOLDER).glob(f"{matching[0].id}-?????"):
        path.unlink()
    return matching[0]


def copy_to(folder: Path, target: Target, sizes: Mapping[str, int]) -> None:
    """Put the slots in use that the repository does not have."""
    for slot in every(folder):
        if slot.name not in sizes:
            target.put(slot.name, [slot.text().encode()])


def of_target(target: Target) -> tuple[Slot, ...]:
    """The newest form of every slot in a repository; those that do not open are left out (`check` names them)."""
    newest: dict[str, Slot] = {}
    for name in sorted(name for name, _ in target.sizes() if name.startswith(f"{FOLDER}/")):
        try:
            slot = read(target, name)
        except (Corrupt, NotFound):
            continue
        newest[slot.id] = slot
    return tuple(newest.values())


def read(target: Target, name: str) -> Slot:
    with target.open(name) as file:
        slot = parsed(file.read(_SLOT_BYTES_MAX).decode("utf-8", "replace"), name)
    if slot.name != name:
        raise Corrupt(f"{name} in the backup repository does not hold what its name says.")
    return slot


def check(slot: Slot, signer: str, name: str) -> None:
    """Raises Corrupt unless the slot was made by whoever may write to the repository."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
        key.verify(bytes.fromhex(slot.signature), slot.signed_part())
    except (InvalidSignature, ValueError):
        raise Corrupt(f"{name} in the backup repository was not made by its archive.") from None


def unlock(slots: Sequence[Slot], unlocking: Unlocking) -> tuple[Slot, Mapping[str, str]]:
    """The slot that this opens, and the key folder in it. Raises Invalid when it opens none of them."""
    for slot in slots:
        if slot.kind != unlocking.kind:
            continue
        try:
            private = sealing.unwrap(_lock(slot, unlocking), bytes.fromhex(slot.private), f"slot {slot.id}")
        except (Corrupt, ValueError):
            continue
        shared = X25519PrivateKey.from_private_bytes(private).exchange(_public(slot.sender))
        box = sealing.unwrap(_box_key(shared, slot), bytes.fromhex(slot.sealed), f"slot {slot.id}")
        return slot, json.loads(box)
    what = {PASSPHRASE: "passphrase", KEY_FILE: "key file", SHARES: "set of shares"}[unlocking.kind]
    raise Invalid(f"This {what} opens no slot of this repository.", "wrong-secret")


def recover(target: Target, unlocking: Unlocking, folder: Path) -> Slot:
    """Make the key folder anew from a repository and what opens a slot of it. Raises Conflict where one lies."""
    slots = of_target(target)
    if not slots:
        raise NotFound(f"There is no slot in {target.location}: only a copy of the key folder opens it.", "no-slot")
    slot, files = unlock(slots, unlocking)
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty; choose a new folder for the keys.", "not-empty")
    (folder / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in slots:
        _put(folder, one)
    for name in (keyring.FILE_NAME, keys.FILE_NAME):
        keys.replace(folder / name, files[name])
    keys.load(folder)
    keyring.load(folder)
    return slot


def parsed(text: str, name: str) -> Slot:
    try:
        values = json.loads(text)
        if values["format"] != FORMAT:
            raise Misconfigured(f"The slot {name} is of a form that this version does not know.")
        slot = Slot(**values)
        whole = slot.text() == text and slot.kind in (PASSPHRASE, KEY_FILE, SHARES)
    except (ValueError, TypeError, KeyError):
        raise Corrupt(f"The slot {name} is damaged.") from None
    if not whole:
        raise Corrupt(f"The slot {name} is damaged.")
    return slot


def key_file_text(path: Path) -> bytes:
    """The secret in a key file. Raises Misconfigured when it is none."""
    try:
        heading, value, check = path.read_text("ascii").splitlines()
        secret = bytes.fromhex(value)
    except (OSError, ValueError):
        heading, secret, check = "", b"", ""
    if heading != _UNLOCK_HEADING or check != sealing.derive(secret, "check", length=8).hex():
        raise Misconfigured(f"{path} is not a key file made by: muniment backup key file")
    return secret


def _add(
    folder: Path,
    kind: str,
    lock: bytes,
    at: datetime,
    salt: str = "",
    memory_kib: int = 0,
    passes: int = 0,
    lanes: int = 0,
) -> Slot:
    slot_id, private = secrets.token_hex(8), X25519PrivateKey.generate()
    slot = Slot(
        id=slot_id,
        kind=kind,
        made_at=at.isoformat(timespec="seconds"),
        generation=0,
        salt=salt,
        memory_kib=memory_kib,
        passes=passes,
        lanes=lanes,
        public=private.public_key().public_bytes_raw().hex(),
        private=sealing.wrap(lock, private.private_bytes_raw(), f"slot {slot_id}").hex(),
        sender="",
        sealed="",
    )
    return _put(folder, _sealed(folder, slot))


def _sealed(folder: Path, slot: Slot) -> Slot:
    """The slot with the keys as they are now."""
    held = keys.load(folder)
    if held.signing is None:
        raise Misconfigured("These keys can read and verify backups but not write them.", "keys-only-read")
    keyring.load(folder)
    box = json.dumps({name: (folder / name).read_text("ascii") for name in (keyring.FILE_NAME, keys.FILE_NAME)})
    sender = X25519PrivateKey.generate()
    slot = replace(slot, generation=len(held.generations), sender=sender.public_key().public_bytes_raw().hex())
    shared = sender.exchange(_public(slot.public))
    slot = replace(slot, sealed=sealing.wrap(_box_key(shared, slot), box.encode(), f"slot {slot.id}").hex())
    return replace(slot, signature=held.signing.sign(slot.signed_part()).hex())


def _put(folder: Path, slot: Slot) -> Slot:
    (folder / FOLDER).mkdir(exist_ok=True, mode=0o700)
    keys.replace(folder / slot.name, slot.text())
    for path in (folder / FOLDER).glob(f"{slot.id}-?????"):
        if path.name < slot.name.partition("/")[2]:
            path.unlink()
    return slot


def _lock(slot: Slot, unlocking: Unlocking) -> bytes:
    if slot.kind == PASSPHRASE:
        return _from_passphrase(
            unlocking.passphrase, bytes.fromhex(slot.salt), slot.memory_kib, slot.passes, slot.lanes
        )
    if slot.kind == KEY_FILE:
        return _from_key(unlocking.key_file)
    return _from_key(_combined(unlocking.shares))


def _combined(shares: Sequence[str]) -> bytes:
    try:
        return shamir_mnemonic.combine_mnemonics([" ".join(share.lower().split()) for share in shares])
    except shamir_mnemonic.MnemonicError as error:
        raise Invalid(f"These shares do not go together ({error}); check each word.", "wrong-secret") from None


def _from_key(secret: bytes) -> bytes:
    return sealing.derive(secret, "slot")


def _from_passphrase(passphrase: str, salt: bytes, memory_kib: int, passes: int, lanes: int) -> bytes:
    within = 8 * lanes <= memory_kib <= _MEMORY_KIB_MAX and 0 < passes <= _PASSES_MAX and 0 < lanes <= _LANES_MAX
    if not within or len(salt) < 8:
        raise Corrupt("A slot asks for more work than is reasonable; it was not made here.")
    made = Argon2id(salt=salt, length=sealing.KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory_kib)
    return made.derive(passphrase.encode())


def _public(value: str) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(bytes.fromhex(value))


def _box_key(shared: bytes, slot: Slot) -> bytes:
    bound = sha256(f"{slot.sender}{slot.public}".encode()).hexdigest()
    return sealing.derive(shared, f"slot/{slot.id}/{slot.generation}/{bound}")
