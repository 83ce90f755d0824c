"""Sites and departments: what there is of them, by code or by name."""

import re
from collections.abc import Mapping, Sequence

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Department, Site
from archive.tables import Transaction


def add_site(archive: Archive, actor: Actor, site: Site) -> None:
    """A site begins. Raises Conflict when its code or its fonds is taken."""
    rules.require(actor, Action.SET_UP)
    _checked_site(site)
    with archive.write() as tx:
        if any(site.code == one.code or site.fonds_code == one.fonds_code for one in tx.organisation.sites()):
            raise Conflict(f"The code {site.code!r} or the fonds {site.fonds_code!r} is taken.", "code-taken")
        tx.organisation.add_site(site)
        tx.ledger.add(archive.now(), actor.id, "site.added", "site", site.code)


def change_site(archive: Archive, actor: Actor, site: Site) -> None:
    """A site has another name, or another fonds as long as nothing was filed there.

    Raises NotFound, and Conflict for a fonds that is taken or stands in reference codes already.
    """
    rules.require(actor, Action.SET_UP)
    _checked_site(site)
    with archive.write() as tx:
        known = {one.code: one for one in tx.organisation.sites()}
        before = known.pop(site.code, None)
        if before is None:
            raise NotFound(f"There is no site {site.code!r}.", "no-such-site")
        if site == before:
            return
        if site.fonds_code in {one.fonds_code for one in known.values()}:
            raise Conflict(f"The fonds {site.fonds_code!r} is taken.", "code-taken")
        if site.fonds_code != before.fonds_code and tx.organisation.filed_at(site.code):
            raise Conflict("Records are filed at this site: its fonds stands in their reference codes.", "fonds-in-use")
        tx.organisation.change_site(site)
        tx.ledger.add(archive.now(), actor.id, "site.changed", "site", site.code)


def add_department(archive: Archive, actor: Actor, department: Department) -> None:
    """A department begins. Raises Conflict when its code is taken."""
    rules.require(actor, Action.SET_UP)
    _checked_code(department.code, department.name)
    with archive.write() as tx:
        if any(department.code == one.code for one in tx.organisation.departments()):
            raise Conflict(f"The code {department.code!r} is taken.", "code-taken")
        tx.organisation.add_department(department)
        tx.ledger.add(archive.now(), actor.id, "department.added", "department", department.code)


def rename_department(archive: Archive, actor: Actor, department: Department) -> None:
    """A department has another name; its code stays, people and records bear it. Raises NotFound."""
    rules.require(actor, Action.SET_UP)
    _checked_code(department.code, department.name)
    with archive.write() as tx:
        before = next((one for one in tx.organisation.departments() if one.code == department.code), None)
        if before is None:
            raise NotFound(f"There is no department {department.code!r}.", "no-such-department")
        if department != before:
            tx.organisation.rename_department(department)
            tx.ledger.add(archive.now(), actor.id, "department.renamed", "department", department.code)


def _checked_site(site: Site) -> None:
    _checked_code(site.code, site.name)
    if not re.fullmatch(r"[0-9A-Za-z]{1,4}", site.fonds_code):
        raise Invalid("The code of a fonds has one to four letters or digits.", "bad-code")


def _checked_code(code: str, name: str) -> None:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,20}", code) or not name.strip():
        raise Invalid("A code has one to twenty letters and digits, and there is a name to it.", "bad-code")


def places(tx: Transaction) -> Mapping[str, tuple[str, str]]:
    """Code of a department or site → what it is called in Chinese and in English."""
    known = (*tx.organisation.departments(), *tx.organisation.sites())
    return {one.code: (one.name, one.name_en or one.name) for one in known}


def sites_named(tx: Transaction, wanted: frozenset[str]) -> frozenset[str]:
    """Codes of sites, each given by its code or name; every site if none is named."""
    known = tx.organisation.sites()
    codes = {word: one.code for one in known for word in (one.code, one.name, one.name_en) if word}
    unknown = wanted - codes.keys()
    if unknown:
        there = _listed(known)
        raise Invalid(f"There is no site {min(unknown)!r}; there are: {there}.", "no-such-site")
    return frozenset(codes[one] for one in wanted) or frozenset(one.code for one in known)


def department_named(tx: Transaction, wanted: str) -> str:
    """The code of a department, given by its code or name; empty for none."""
    if not wanted:
        return ""
    known = tx.organisation.departments()
    codes = {word: one.code for one in known for word in (one.code, one.name, one.name_en) if word}
    if wanted not in codes:
        there = _listed(known)
        raise Invalid(f"There is no department {wanted!r}; there are: {there}.", "no-such-department")
    return codes[wanted]


def _listed(known: Sequence[Site] | Sequence[Department]) -> str:
    return ", ".join(f"{one.code} {one.name}" for one in sorted(known, key=lambda one: one.code)) or "none"
