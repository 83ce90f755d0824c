"""An archive is founded: home, keys, tables, file plan, first administrator. Done again, it only brings up to date."""

import csv
import json
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from access import credentials
from access.actors import OPERATOR
from archive import config, fileplan, indexing, keyring, naming, people
from archive.app import Archive, Clock, utc_now
from archive.errors import Misconfigured
from archive.model import Department, Site, new_id
from archive.people import NewPerson
from archive.tables import Tables

DEPARTMENTS = Path(__file__).parent / "data" / "departments.csv"
FIRST_LOGIN = "admin"
PASSWORD_FILE = "first-password.txt"  # noqa: S105 — the name of a file
ADMINISTRATORS = {
    FIRST_LOGIN: ("系统管理员", "sysadmin", PASSWORD_FILE),
    "security": ("保密员", "security_officer", "first-password-security.txt"),
    "audit": ("审计员", "auditor", "first-password-audit.txt"),
}
"""三员, each with their one-time password in a file of their own: three people from the first day (domain §7 T6)."""

TEMPLATE = """\
# Settings of this archive. `muniment config` lists all of them with their meaning.
company = {company}

[[inbox]]
path = "inbox"

# A scanner's folder: batches are divided at separator sheets, which are not kept.
[[inbox]]
path = "scans"
separators = true
"""


@dataclass(frozen=True, slots=True)
class Founded:
    home: Path
    new: bool
    password_file: Path | None
    """Where the first administrator's one-time password is; None if there was an administrator already."""


def found(
    home: Path,
    *,
    company: str = "",
    sites: Sequence[Site] = (Site("HQ", "公司本部", "Head office", "QZ01"),),
    now: Clock = utc_now,
) -> Founded:
    """Make an archive at `home`, or bring the one there to this version. Asks nothing.

    Raises Misconfigured when the folder cannot be used, or holds something that is not an archive.
    """
    home = home.expanduser().absolute()
    _prepare(home, company)
    settings = config.load(home)
    for folder in (settings.objects, settings.index, settings.logs, settings.backups):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for inbox in settings.inboxes:
        for folder in (inbox.path, inbox.done, inbox.quarantine):
            folder.mkdir(parents=True, exist_ok=True)
    with closing(Tables(settings.database_url)) as tables:
        fresh = tables.version()[0] is None
        if fresh and not (settings.keys / keyring.FILE_NAME).exists():
            keyring.create(settings.keys)
        keyring.load(settings.keys)
        tables.migrate()
    archive = Archive(settings, now=now)
    try:
        with archive.read() as tx:
            begun = tx.meta.get("archive") is not None
        if begun:
            return Founded(home, False, None)
        return Founded(home, True, _begin(archive, sites))
    finally:
        archive.close()


def _prepare(home: Path, company: str) -> None:
    file = home / config.FILE_NAME
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            if any(home.iterdir()):
                raise Misconfigured(f"{home} is not empty and holds no {config.FILE_NAME}; choose an empty folder.")
            # A JSON string is a TOML string, once control characters are out of it.
            file.write_text(TEMPLATE.format(company=json.dumps(naming.clean(company), ensure_ascii=False)), "utf-8")
    except NotADirectoryError:
        raise Misconfigured(f"{home} is not a folder; choose another home.") from None
    except OSError as error:
        raise Misconfigured(f"The home {home} cannot be written ({os.strerror(error.errno or 0)}).") from None


def _begin(archive: Archive, sites: Sequence[Site]) -> Path:
    """What a new archive begins with. The last step marks it as begun: cut off before, it is simply begun again."""
    with archive.write() as tx:
        known_sites = {site.code for site in tx.organisation.sites()}
        known_departments = {department.code for department in tx.organisation.departments()}
        for site in sites:
            if site.code not in known_sites:
                tx.organisation.add_site(site)
        for department in departments():
            if department.code not in known_departments:
                tx.organisation.add_department(department)
    fileplan.load(archive, OPERATOR, fileplan.SHIPPED.read_bytes())
    for login, (name, role, file_name) in ADMINISTRATORS.items():
        with archive.read() as tx:
            there = tx.people.by_login(login)
        if there is None:
            password, file = credentials.one_time_password(), archive.settings.keys / file_name
            file.write_text(password + "\n")
            file.chmod(0o600)
            people.add(archive, OPERATOR, NewPerson(login, name, frozenset({role})), password, must_change=True)
    with indexing.writing(archive):
        # An empty index, so that a question is answered before the first worker has ever run.
        (indexing.open_writer(archive) or indexing.rebuild(archive, OPERATOR, None)).close()
    with archive.write() as tx:
        archive_id = new_id()
        tx.meta.put("archive", archive_id)
        tx.ledger.add(archive.now(), OPERATOR.id, "archive.founded", "archive", archive_id)
    return archive.settings.keys / PASSWORD_FILE


def departments() -> Sequence[Department]:
    """The departments a property-management company usually has; the demo and every new archive begin with them."""
    with DEPARTMENTS.open(encoding="utf-8-sig", newline="") as file:
        return [Department(row["code"], row["name"], row["name_en"]) for row in csv.DictReader(file)]
