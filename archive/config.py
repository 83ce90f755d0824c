"""Settings: one TOML file, one frozen value, every field with its help text."""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast, get_type_hints

from access.actors import PEOPLE_ROLES
from archive.errors import Misconfigured

FILE_NAME = "muniment.toml"
ALARM_MINUTES = 30
MINUTES_MAX = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Inbox:
    """A watched folder and what is known of the files that arrive there."""

    path: Path
    site: str = ""
    class_code: str = ""
    level: int = 2
    department: str = ""
    polling: bool = False
    """True for network shares, which send no events: the folder is compared with what it was before."""
    separators: bool = False
    """True for a scanner's folder: batches are divided at separator sheets before they are read."""
    owner: str = ""
    """Login of whoever answers for this folder, and is told when something is left lying in it."""
    alarm_minutes: int = ALARM_MINUTES
    """A file that lies here longer, and is not taken in, is an alarm; 0 for never."""

    @property
    def name(self) -> str:
        """What the inbox is called where people read it: the name of its folder, never the path to it."""
        return self.path.name

    @property
    def done(self) -> Path:
        """Where sources go when they are safely kept."""
        return self.path / "done"

    @property
    def quarantine(self) -> Path:
        """Where sources go that could not be taken in or read, each with a `.reason.txt` beside it."""
        return self.path / "quarantine"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox whose messages come in, and what is known of them."""

    name: str
    host: str
    user: str
    password: str
    port: int = 993
    security: str = "tls"
    """tls, starttls, or none inside a trusted network."""
    folder: str = "INBOX"
    ca_file: str = ""
    """Certificate of the company's own authority; empty for those of the system."""
    site: str = ""
    class_code: str = ""
    level: int = 2
    department: str = ""


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class BackupTarget:
    """A place with a repository."""

    name: str
    location: str
    """A folder, or kind:rest as archive/backups/targets knows it."""
    off_site: bool = False
    """Does it survive the fire that takes the house?"""
    append_only: bool = False
    """The service only adds files there; forgetting is done by somebody else, with another credential."""
    credentials: str = ""
    """File with what the place asks for; for s3 a key and a secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Each may also be given as MUNIMENT_<NAME> in the environment."""

    home: Path
    company: str = _setting("", "Name of the company, shown at the top of every page.")
    language: str = _setting("zh", "Language of pages for people who have not chosen: zh or en.")
    address: str = _setting(
        "",
        "Address of the archive as people type it, https://archive.example.com; messages lead there. Empty for none.",
    )
    host: str = _setting("127.0.0.1", "Address the web server listens on; 0.0.0.0 for every network.")
    port: int = _setting(8080, "Port the web server listens on; 0 takes a free one.")
    tls_proxy: bool = _setting(False, "True when a proxy in front ends TLS: cookies are then sent over https only.")
    web_threads: int = _setting(8, "Requests answered at the same time.")
    database: str = _setting("", "Database URL; empty for catalogue.db in the home (SQLite).")
    store: str = _setting("local", "Where objects are kept: local, or s3:https://HOST/BUCKET/PREFIX.")
    store_credentials: str = _setting("", "File with key and secret for the object store, where it asks for them.")
    engine: str = _setting("whoosh", "Search engine: the name of a file in indexer/engines.")
    engine_address: str = _setting(
        "", "Where the search server of the engine opensearch is: https://HOST:9200/NAME, several with commas."
    )
    engine_credentials: str = _setting("", "File with user, password and ca_file for the search server.")
    backup_repository: str = _setting("", "Folder of the backup repository; empty for backups/ in the home.")
    backup_rpo_hours: float = _setting(
        26.0, "No more than so many hours of work may ever be lost: alarms, and what is never forgotten, follow it."
    )
    backup_at: str = _setting(
        "30 2 * * *", "When backups are made, as a cron expression in the server's time; empty for never."
    )
    backup_vital_classes: str = _setting(
        "GL02,GL09,KH01", "Classes whose records must be in a backup found whole, separated by commas (clause 2.7)."
    )
    backup_drill_at: str = _setting(
        "0 4 * * 0", "When a restore is rehearsed, as a cron expression in the server's time; empty for never."
    )
    fixity_days: int = _setting(
        90, "Within so many nights every file is read and held against its digest, a share each night (四性检测)."
    )
    fixity_at: str = _setting(
        "0 1 * * *", "When that share is tested, as a cron expression in the server's time; empty for never."
    )
    disposal_cooling_days: int = _setting(30, "What is approved for destruction is left alone for so many days.")
    backup_drill_days: int = _setting(14, "A rehearsal older than so many days is stale.")
    backup_drill_folder: str = _setting(
        "", "Folder on a disk with room for a whole copy, where rehearsals restore to; empty for work/ in the home."
    )
    backup_verify_nights: int = _setting(14, "In so many nights every byte of every repository has been read once.")
    backup_keep_daily: int = _setting(14, "The newest snapshot of so many days is kept.")
    backup_keep_weekly: int = _setting(8, "The newest snapshot of so many weeks is kept.")
    backup_keep_monthly: int = _setting(24, "The newest snapshot of so many months is kept.")
    inbox_folders: str = _setting(
        "",
        "Folders of this machine below which the page Set-up may watch a folder, separated by commas, as /srv/scans; "
        "empty: only folders in the home. Whatever lies in a watched folder is taken out of it.",
    )
    settle_s: float = _setting(0.2, "A file is taken in when it has not changed for this many seconds.")
    rescan_s: float = _setting(
        30.0, "Inboxes are looked through again every so many seconds, whatever the events said."
    )
    readers: int = _setting(0, "Files read at the same time; 0 for one per processor.")
    read_time_s: float = _setting(60.0, "Reading one file may take this many seconds.")
    read_memory_mb: int = _setting(1024, "Reading one file may take this much memory.")
    office_program: str = _setting(
        "soffice",
        "LibreOffice, which lays office files out to be looked at where it is installed; empty to show their text.",
    )
    pages_drawn: int = _setting(
        3, "Pages of each file that are drawn ahead, besides a thumbnail; others when somebody turns to them."
    )
    file_size_max_mb: int = _setting(2048, "Larger files are put in quarantine.")
    session_hours: float = _setting(12.0, "A sign-in ends after this many hours without a request.")
    sign_in_attempts: int = _setting(8, "An account is locked for a quarter of an hour after so many wrong passwords.")
    pages_per_minute: int = _setting(40, "Pages one borrower may turn in a minute under a loan.")
    notify: bool = _setting(True, "False keeps every message inside the house: for drills and restored copies.")
    rounds: bool = _setting(True, "False lets nothing come round by itself: for drills and restored copies.")
    level_names: str = _setting(
        "", "What this company calls the four levels, separated by commas; never by the grades of State secrets."
    )
    clearance_by_network: str = _setting(
        "",
        "How high a session reaches by where it comes from, as 10.1.0.0/16=3, 0.0.0.0/0=1; the narrowest network "
        "counts. Empty for no limit.",
    )
    second_factor_roles: str = _setting(
        "", "Roles that sign in with a code of their telephone besides, separated by commas."
    )
    oidc_issuer: str = _setting("", "Address of an OpenID Connect provider that may sign people in; empty for none.")
    oidc_client_id: str = _setting("", "What the provider knows this archive as.")
    oidc_secret_file: str = _setting("", "File that holds the client secret, alone.")
    oidc_login_claim: str = _setting("preferred_username", "Claim of the provider that is a login name here.")
    office_hours: str = _setting("07:00-20:00", "Reading confidential records outside these hours is looked into.")
    reads_per_hour: int = _setting(60, "More confidential records than this read by one person in an hour are too.")
    refusals_per_hour: int = _setting(20, "And so are more refusals than this of one person in an hour.")
    anchor_folder: str = _setting(
        "",
        "Folder on another machine or medium into which the ledger's head is written every day; empty for none.",
    )
    anchor_email: str = _setting("", "Address to which the ledger's head is sent every day, by the e-mail channel.")
    inboxes: tuple[Inbox, ...] = ()
    places: tuple[BackupTarget, ...] = ()
    """From [[backup_target]]."""
    mailboxes: tuple[Mailbox, ...] = ()
    channels: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Name of a channel in archive/notify → its settings, from [channels.NAME]."""

    @property
    def objects(self) -> Path:
        return self.home / "objects"

    @property
    def index(self) -> Path:
        return self.home / "index"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def work(self) -> Path:
        """Short-lived files while something is read, written or restored. Wiped at start."""
        return self.home / "work"

    @property
    def backups(self) -> Path:
        return Path(self.backup_repository) if self.backup_repository else self.home / "backups"

    @property
    def backup_targets(self) -> tuple[BackupTarget, ...]:
        """Every place to back up to; the setting backup_repository if no [[backup_target]] is given."""
        return self.places or (BackupTarget("local", str(self.backups)),)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'catalogue.db'}"


NAMES = tuple(f.name for f in fields(Settings) if "help" in f.metadata)
HELP: Mapping[str, str] = {f.name: f.metadata["help"] for f in fields(Settings) if "help" in f.metadata}
_TYPES = get_type_hints(Settings)
_TARGET_KEYS: Mapping[str, type] = {
    "name": str,
    "location": str,
    "off_site": bool,
    "append_only": bool,
    "credentials": str,
}
_INBOX_KEYS: Mapping[str, type] = {
    "path": str,
    "site": str,
    "class": str,
    "level": int,
    "department": str,
    "polling": bool,
    "separators": bool,
    "owner": str,
    "alarm_minutes": int,
}


_MAILBOX_KEYS: Mapping[str, type] = {
    "name": str,
    "host": str,
    "port": int,
    "user": str,
    "password": str,
    "security": str,
    "folder": str,
    "ca_file": str,
    "site": str,
    "class": str,
    "level": int,
    "department": str,
}


def load(home: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a home: defaults, then muniment.toml, then the environment.

    Raises Misconfigured with the name of the setting and what to write instead.
    """
    home = home.expanduser().absolute()
    file = home / FILE_NAME
    try:
        text = file.read_text("utf-8") if file.exists() else ""
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{file} is not valid TOML ({error}); correct that line.") from None
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    return read(home, text, environ)


def read(home: Path, text: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a home with this text for its muniment.toml. Raises as `load` does."""
    file = home / FILE_NAME
    values: dict[str, Any] = {}
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{file} is not valid TOML ({error}); correct that line.") from None
    inboxes = tuple(_inbox(home, entry, file) for entry in _tables(table.pop("inbox", []), file))
    mailboxes = _mailboxes(_tables(table.pop("mailbox", []), file, "mailbox", "a name, host, user, password"), file)
    targets = _targets(_tables(table.pop("backup_target", []), file, "backup_target", "a location"), file)
    channels = _channels(table.pop("channels", {}), file)
    for name, value in table.items():
        values[name] = _checked(name, value, str(file))
    for name in NAMES:
        raw = environ.get(f"MUNIMENT_{name.upper()}")
        if raw is not None:
            values[name] = _from_text(name, raw)
    settings = Settings(
        home=home,
        **values,
        inboxes=inboxes or (Inbox(home / "inbox"),),
        mailboxes=mailboxes,
        channels=channels,
        places=targets,
    )
    _check_inboxes(settings)
    return settings


def _check_inboxes(settings: Settings) -> None:
    """An inbox is emptied: it must not be, hold or lie in anything the archive lives on, or another inbox."""
    own = (settings.objects, settings.index, settings.keys, settings.logs, settings.work, settings.backups)
    for number, inbox in enumerate(settings.inboxes):
        path = inbox.path.resolve()
        others = [other.path for other in settings.inboxes[:number]]
        for taken in (settings.home, *own, *others):
            where = taken.resolve()
            inside = path.is_relative_to(where) and where != settings.home.resolve()
            if path == where or where.is_relative_to(path) or inside:
                raise Misconfigured(
                    f"{settings.home / FILE_NAME}: the inbox {inbox.path} overlaps {taken}, which would be emptied "
                    "or fill itself; give the inbox a folder of its own."
                )


def _channels(value: Any, file: Path) -> dict[str, Mapping[str, str]]:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        if all(isinstance(entry, dict) for entry in entries.values()):
            return {name: {key: str(one) for key, one in entry.items()} for name, entry in entries.items()}
    raise Misconfigured(f"{file}: channels are written as tables, one each: [channels.email].")


def _tables(value: Any, file: Path, name: str = "inbox", least: str = "a path") -> list[dict[str, Any]]:
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        if all(isinstance(entry, dict) for entry in entries):
            return cast("list[dict[str, Any]]", entries)
    raise Misconfigured(f"{file}: these are written as [[{name}]] tables with at least {least}.")


def _mailboxes(entries: list[dict[str, Any]], file: Path) -> tuple[Mailbox, ...]:
    found: list[Mailbox] = []
    for entry in entries:
        for key, value in entry.items():
            if key not in _MAILBOX_KEYS:
                raise Misconfigured(f"{file}: a mailbox has no setting {key!r}{_near(key, tuple(_MAILBOX_KEYS))}")
            if type(value) is not _MAILBOX_KEYS[key]:
                raise Misconfigured(f"{file}: mailbox setting {key!r} must be of type {_MAILBOX_KEYS[key].__name__}.")
        missing = [key for key in ("name", "host", "user", "password") if not entry.get(key)]
        if missing:
            raise Misconfigured(f"{file}: a [[mailbox]] needs {missing[0]}.")
        if entry.get("security", "tls") not in ("tls", "starttls", "none"):
            raise Misconfigured(f"{file}: security of a mailbox is tls, starttls or none.")
        if entry.get("level", 2) not in (0, 1, 2, 3):
            raise Misconfigured(f"{file}: the level of a mailbox is 0, 1, 2 or 3.")
        if entry["name"] in {other.name for other in found}:
            raise Misconfigured(f"{file}: two mailboxes have the name {entry['name']!r}.")
        values = {"class_code" if key == "class" else key: value for key, value in entry.items()}
        found.append(Mailbox(**values))
    return tuple(found)


def _targets(entries: list[dict[str, Any]], file: Path) -> tuple[BackupTarget, ...]:
    targets: list[BackupTarget] = []
    for number, entry in enumerate(entries, 1):
        for key, value in entry.items():
            if key not in _TARGET_KEYS:
                raise Misconfigured(f"{file}: a backup target has no setting {key!r}{_near(key, tuple(_TARGET_KEYS))}")
            if type(value) is not _TARGET_KEYS[key]:
                raise Misconfigured(
                    f"{file}: backup target setting {key!r} must be of type {_TARGET_KEYS[key].__name__}."
                )
        if not entry.get("location"):
            raise Misconfigured(f"{file}: a [[backup_target]] needs a location.")
        values: dict[str, Any] = {"name": f"target-{number}", **entry}
        target = BackupTarget(**values)
        if target.name in {other.name for other in targets}:
            raise Misconfigured(f"{file}: two backup targets have the name {target.name!r}.")
        targets.append(target)
    return tuple(targets)


def _inbox(home: Path, entry: dict[str, Any], file: Path) -> Inbox:
    for key, value in entry.items():
        if key not in _INBOX_KEYS:
            raise Misconfigured(f"{file}: an inbox has no setting {key!r}{_near(key, tuple(_INBOX_KEYS))}")
        if type(value) is not _INBOX_KEYS[key]:
            raise Misconfigured(f"{file}: inbox setting {key!r} must be of type {_INBOX_KEYS[key].__name__}.")
    if "path" not in entry:
        raise Misconfigured(f"{file}: an [[inbox]] needs a path.")
    level = entry.get("level", 2)
    if level not in (0, 1, 2, 3):
        raise Misconfigured(f"{file}: the level of an inbox is 0, 1, 2 or 3.")
    alarm = entry.get("alarm_minutes", ALARM_MINUTES)
    if not 0 <= alarm <= MINUTES_MAX:
        raise Misconfigured(f"{file}: alarm_minutes of an inbox is between 0 and {MINUTES_MAX}.")
    return Inbox(
        path=home / Path(entry["path"]).expanduser(),
        site=entry.get("site", ""),
        class_code=entry.get("class", ""),
        level=level,
        department=entry.get("department", ""),
        polling=entry.get("polling", False),
        separators=entry.get("separators", False),
        owner=entry.get("owner", ""),
        alarm_minutes=alarm,
    )


def _checked(name: str, value: Any, where: str) -> Any:
    if name not in NAMES:
        raise Misconfigured(f"{where}: there is no setting {name!r}{_near(name, NAMES)}")
    wanted = _TYPES[name]
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise Misconfigured(f"{where}: {name} must be of type {wanted.__name__}, not {type(value).__name__}.")
    _check_range(name, value, where)
    return value


def _from_text(name: str, raw: str) -> Any:
    where = f"MUNIMENT_{name.upper()}"
    wanted = _TYPES[name]
    try:
        if wanted is bool:
            value: Any = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
        else:
            value = wanted(raw)
    except (KeyError, ValueError):
        raise Misconfigured(f"{where} must be of type {wanted.__name__}, not {raw!r}.") from None
    _check_range(name, value, where)
    return value


_RANGES: Mapping[str, tuple[float, float]] = {
    "port": (0, 65535),
    "web_threads": (1, 256),
    "settle_s": (0.0, 3600.0),
    "rescan_s": (0.1, 86400.0),
    "readers": (0, 256),
    "read_time_s": (1.0, 86400.0),
    "read_memory_mb": (256, 1 << 20),
    "pages_drawn": (0, 10_000),
    "file_size_max_mb": (1, 1 << 20),
    "session_hours": (0.1, 24.0 * 31),
    "sign_in_attempts": (1, 1000),
    "pages_per_minute": (1, 10_000),
    "reads_per_hour": (1, 100_000),
    "refusals_per_hour": (1, 100_000),
    "backup_rpo_hours": (1.0, 24.0 * 31),
    "backup_verify_nights": (1, 365),
    "backup_drill_days": (1, 366),
    "fixity_days": (1, 3660),
    "disposal_cooling_days": (0, 3650),
    "backup_keep_daily": (1, 3660),
    "backup_keep_weekly": (0, 520),
    "backup_keep_monthly": (0, 1200),
}

STATE_SECRETS = ("绝密", "机密", "秘密", "top secret")
"""Grades of State secrets (保守国家秘密法 art. 14): a company that is not cleared for them must not stamp them."""


def level_names(text: str) -> tuple[str, ...]:
    """The four names, or none. Raises ValueError with the rest of a sentence."""
    names = tuple(name.strip() for name in text.replace("，", ",").split(",")) if text.strip() else ()
    if names and (len(names) != 4 or not all(names) or len(set(names)) != 4):
        raise ValueError("must name four different levels, from the lowest up, as: 公开,内部,普通商密,核心商密")
    for name in names:
        # 商业秘密 is the word of the law for trade secrets, and no grade of State secrets.
        stamped = name.lower().replace("商业秘密", "")
        if any(grade in stamped for grade in STATE_SECRETS):
            raise ValueError(f"must not be called {name!r}: that is a grade of State secrets, which never come in here")
    return names


def networks(text: str) -> Mapping[IPv4Network | IPv6Network, int]:
    """Network → how high a session from it reaches. Raises ValueError with the rest of a sentence."""
    found: dict[IPv4Network | IPv6Network, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        network, _, level = entry.partition("=")
        try:
            found[ip_network(network.strip())] = int(level)
        except ValueError:
            raise ValueError(f"must read 10.1.0.0/16=3, not {entry!r}") from None
        if level.strip() not in ("0", "1", "2", "3"):
            raise ValueError(f"must end in a level from 0 to 3, not {entry!r}")
    return found


def hours(text: str) -> tuple[time, time]:
    """From when until when people work. Raises ValueError with the rest of a sentence."""
    first, _, last = text.partition("-")
    try:
        times = time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    except ValueError:
        raise ValueError(f"must read 07:00-20:00, not {text!r}") from None
    if times[0] >= times[1]:
        raise ValueError("must end later than they begin")
    return times


def roles(text: str) -> frozenset[str]:
    """Names of roles. Raises ValueError with the rest of a sentence."""
    found = frozenset(filter(None, (part.strip() for part in text.split(","))))
    known = {role.value for role in PEOPLE_ROLES}
    if found - known:
        raise ValueError(f"must name roles; there are: {', '.join(sorted(known))}")
    return found


SYSTEM_FOLDERS = (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var/cache",
    "/var/lib", "/var/log", "/var/run", "/var/spool",
)  # fmt: skip
"""Folders that a machine lives on: nothing in or above them is ever emptied into an archive."""


def of_the_system(folder: Path) -> bool:
    """Does this folder lie in one that the machine lives on, or hold one?"""
    return any(folder.is_relative_to(one) or Path(one).is_relative_to(folder) for one in SYSTEM_FOLDERS)


def folders(text: str) -> tuple[Path, ...]:
    """Whole paths. Raises ValueError with the rest of a sentence."""
    found = tuple(Path(part.strip()) for part in text.split(",") if part.strip())
    for one in found:
        if not one.is_absolute() or ".." in one.parts:
            raise ValueError(f"must name whole paths, as /srv/scans, not {str(one)!r}")
        if of_the_system(one):
            raise ValueError(f"must not name {str(one)!r}: the machine lives on it")
    return found


def address(text: str) -> str:
    """Without a slash at its end. Raises ValueError with the rest of a sentence."""
    if text.strip() and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text.strip()):
        raise ValueError(f"must read https://archive.example.com, not {text!r}")
    return text.strip().rstrip("/")


_MEANINGS: Mapping[str, Callable[[str], object]] = {
    "address": address,
    "inbox_folders": folders,
    "level_names": level_names,
    "clearance_by_network": networks,
    "office_hours": hours,
    "second_factor_roles": roles,
}
"""Settings whose text means something: it is understood once when it is read, so that a mistake is said at once."""


def _check_range(name: str, value: Any, where: str) -> None:
    if name in _RANGES:
        low, high = _RANGES[name]
        if not low <= value <= high:
            raise Misconfigured(f"{where}: {name} must be between {low:g} and {high:g}, not {value}.")
    if name in _MEANINGS:
        try:
            _MEANINGS[name](value)
        except ValueError as error:
            raise Misconfigured(f"{where}: {name} {error}.") from None
    if name == "language" and value not in ("zh", "en"):
        raise Misconfigured(f"{where}: language must be zh or en, not {value!r}.")


def _near(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}."
