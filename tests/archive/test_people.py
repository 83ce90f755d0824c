"""Accounts: who may sign in, for how long, and what is remembered of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access import credentials, factors
from access.actors import OPERATOR
from access.loans import Form
from access.rules import TOKEN_SCOPES, Denied
from archive import (
    config,
    custody,
    granting,
    lending,
    organisation,
    passwords,
    people,
    records,
    second_factor,
    signing_in,
    tokens,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, Misconfigured, NotFound, NotSignedIn
from archive.granting import Wanted
from archive.lending import Wish
from archive.model import Department, Person, Site
from archive.people import NewPerson, Rights
from archive.signing_in import Browser, SecondFactorNeeded
from tests.builders import PASSWORD, a_person, a_record, an_office, now
from tests.conftest import Clock


def actions(archive: Archive) -> list[str]:
    with archive.read() as tx:
        return [event.action for event in tx.ledger.lines(limit=20)]


def test_signing_in_opens_a_session_that_ends_when_nobody_uses_it(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    signed_in = signing_in.sign_in(archive, "li", PASSWORD)
    assert signing_in.of_session(archive, signed_in.secret).login == "li"

    clock.advance(hours=11)
    assert signing_in.of_session(archive, signed_in.secret).login == "li"
    clock.advance(hours=11)
    assert signing_in.of_session(archive, signed_in.secret).login == "li"
    clock.advance(hours=13)

    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, signed_in.secret)


def test_a_wrong_login_and_a_wrong_password_are_told_in_the_same_words(archive: Archive) -> None:
    a_person(archive, "li")

    with pytest.raises(NotSignedIn) as wrong_password:
        signing_in.sign_in(archive, "li", "Wrong-Password-1")
    with pytest.raises(NotSignedIn) as wrong_login:
        signing_in.sign_in(archive, "nobody", "Wrong-Password-1")

    assert str(wrong_password.value) == str(wrong_login.value)
    assert wrong_password.value.code == wrong_login.value.code


def test_too_many_wrong_passwords_lock_an_account_for_a_while(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    for _ in range(archive.settings.sign_in_attempts):
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(archive, "li", "Wrong-Password-1")

    with pytest.raises(NotSignedIn) as locked:
        signing_in.sign_in(archive, "li", PASSWORD)
    with pytest.raises(NotSignedIn) as unknown:
        signing_in.sign_in(archive, "nobody", PASSWORD)
    assert str(locked.value) == str(unknown.value)
    assert locked.value.code == unknown.value.code

    clock.advance(minutes=16)
    assert signing_in.sign_in(archive, "li", PASSWORD).person.login == "li"


def test_signing_in_and_out_and_being_refused_stand_in_the_ledger(archive: Archive) -> None:
    a_person(archive, "li")
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(archive, "li", "Wrong-Password-1")
    secret = signing_in.sign_in(archive, "li", PASSWORD).secret

    signing_in.sign_out(archive, secret)

    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, secret)
    assert actions(archive)[:2] == ["sign-in", "sign-in.refused"]


def test_a_new_password_ends_every_session(archive: Archive) -> None:
    a_person(archive, "li")
    signed_in = signing_in.sign_in(archive, "li", PASSWORD)

    passwords.change_password(archive, signed_in.person, PASSWORD, "Another-Password-9")

    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, signed_in.secret)
    assert signing_in.sign_in(archive, "li", "Another-Password-9")
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(archive, "li", PASSWORD)


@pytest.mark.parametrize(
    ("old", "new"), [("Wrong-Old-One", "Another-Password-9"), (PASSWORD, "short"), (PASSWORD, PASSWORD)]
)
def test_a_password_is_not_changed_without_reason_to_trust_it(archive: Archive, old: str, new: str) -> None:
    a_person(archive, "li")
    person = signing_in.sign_in(archive, "li", PASSWORD).person

    with pytest.raises(Invalid):
        passwords.change_password(archive, person, old, new)


def test_a_closed_account_is_closed_at_once(archive: Archive) -> None:
    a_person(archive, "li")
    secret = signing_in.sign_in(archive, "li", PASSWORD).secret
    token = tokens.create_token(archive, OPERATOR, "li")

    people.deactivate(archive, OPERATOR, "li")

    for attempt in (
        lambda: signing_in.of_session(archive, secret),
        lambda: tokens.of_token(archive, token),
        lambda: signing_in.sign_in(archive, "li", PASSWORD),
    ):
        with pytest.raises(NotSignedIn):
            attempt()
    with pytest.raises(NotFound):
        people.named(archive, "li")


def test_a_token_acts_for_its_person_until_it_expires(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    token = tokens.create_token(archive, OPERATOR, "li", days=7)
    assert tokens.of_token(archive, token).login == "li"

    clock.advance(days=8)

    with pytest.raises(NotSignedIn):
        tokens.of_token(archive, token)
    with pytest.raises(Invalid):
        tokens.create_token(archive, OPERATOR, "li", days=4000)


def test_accounts_that_must_not_be_are_refused(archive: Archive) -> None:
    a_person(archive, "li")
    for new, password, error in (
        (NewPerson("li", "", frozenset({"borrower"})), PASSWORD, Conflict),
        (NewPerson("a b", "", frozenset({"borrower"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset()), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"king"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"operator"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"auditor", "sysadmin"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"}), clearance=9), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"}), sites=frozenset({"MARS"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"})), "short", Invalid),
    ):
        with pytest.raises(error):
            people.add(archive, OPERATOR, new, password)
    with archive.read() as tx:
        assert [person.login for person in tx.people.every()] == ["admin", "audit", "li", "security"]


def test_nobody_makes_accounts_for_themselves(archive: Archive) -> None:
    """Not even the system administrator: whoever can make accounts can make one that reads (T6)."""
    for role in ("sysadmin", "security_officer", "document_controller"):
        somebody = a_person(archive, role, role, clearance=3)
        with pytest.raises(Denied):
            people.add(archive, somebody, NewPerson("x", "", frozenset({"document_controller"}), 3), PASSWORD)
        with pytest.raises(Denied):
            tokens.create_token(archive, somebody, "admin")


def test_passwords_and_tokens_are_nowhere_in_the_tables(archive: Archive) -> None:
    a_person(archive, "li")
    secret = signing_in.sign_in(archive, "li", PASSWORD).secret
    token = tokens.create_token(archive, OPERATOR, "li")
    archive.close()

    raw = b"".join(path.read_bytes() for path in archive.settings.home.glob("catalogue.db*"))

    for hidden in (PASSWORD, secret, token):
        assert hidden.encode() not in raw


# ---- Opened by one, given rights by another ----


def test_an_account_is_opened_without_rights_and_given_them_by_somebody_else(archive: Archive) -> None:
    """T6: neither administrator can make somebody who reads."""
    admin, officer = a_person(archive, "xitong", "sysadmin"), a_person(archive, "baomi", "security_officer")

    opened, password = people.open_account(
        archive, admin, NewPerson("wang", "王", frozenset({"document_controller"}), 3, "客户服务部")
    )
    assert (opened.roles, opened.clearance, opened.department) == (frozenset(), 0, "KFB")
    assert signing_in.sign_in(archive, "wang", password).person.must_change_password
    with pytest.raises(Denied):
        people.change_rights(archive, admin, "wang", Rights(frozenset({"borrower"}), 2, "KFB", frozenset()))
    with pytest.raises(Denied):
        people.open_account(archive, officer, NewPerson("zhao", "赵", frozenset()))

    changed = people.change_rights(archive, officer, "wang", Rights(frozenset({"borrower"}), 2, "KFB", frozenset()))
    assert (changed.roles, changed.clearance) == (frozenset({"borrower"}), 2)
    assert changed.sites == frozenset({"JF01", "YL02"})


def test_nobody_changes_their_own_rights_nor_makes_an_administrator(archive: Archive) -> None:
    officer = a_person(archive, "baomi", "security_officer")
    a_person(archive, "li")

    for login, roles, code in (
        ("baomi", {"security_officer", "document_controller"}, "own-rights"),
        ("li", {"auditor"}, "administrators"),
        ("admin", {"borrower"}, "administrators"),
    ):
        with pytest.raises(Conflict) as refused:
            people.change_rights(archive, officer, login, Rights(frozenset(roles), 3, "", frozenset()))
        assert refused.value.code == code
    with pytest.raises(Conflict):
        people.deactivate(archive, officer, "admin")
    people.change_rights(archive, OPERATOR, "li", Rights(frozenset({"auditor"}), 1, "", frozenset()))


def test_who_loses_clearance_loses_loans_and_grants_with_it(archive: Archive) -> None:
    """INV-10, in the same transaction."""
    office = an_office(archive)
    record_id = a_record(archive, level=2)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "查证", 3))
    for approver in (office.head, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    grant = granting.give(archive, office.officer, "borrower", Wanted(2, "内审", archive.now() + timedelta(days=5)))
    granting.confirm(archive, office.final, grant.id)
    assert now(archive, office.borrower).on_loan == {record_id}

    people.change_rights(
        archive, office.officer, "borrower", Rights(frozenset({"borrower"}), 1, "KFB", frozenset({"JF01", "YL02"}))
    )

    after = now(archive, office.borrower)
    assert (after.on_loan, after.openings, after.clearance) == (frozenset(), (), 1)


def test_a_custodian_loses_neither_post_nor_site_before_they_have_handed_over(archive: Archive) -> None:
    """T10: the gate before which an account is closed stands before these ways out as well."""
    officer = a_person(archive, "officer", "security_officer")
    keeper = a_person(archive, "keeper", "document_controller")
    a_record(archive, site="JF01")
    custody.take_charge(archive, keeper, "JF01")
    post, both = frozenset({"document_controller"}), frozenset({"JF01", "YL02"})

    for taken in (
        Rights(frozenset({"borrower"}), 1, "KFB", both),
        Rights(frozenset(), 1, "KFB", both),
        Rights(post, 1, "KFB", frozenset({"YL02"})),
    ):
        with pytest.raises(Conflict) as refused:
            people.change_rights(archive, officer, "keeper", taken)
        assert refused.value.code == "custody-open-there"

    left = people.change_rights(archive, officer, "keeper", Rights(post, 0, "KFB", frozenset({"JF01"})))
    assert (left.clearance, left.sites) == (0, {"JF01"})


def test_nobody_waits_while_a_password_is_hashed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is made outside any transaction: here it writes itself, which it could not inside one."""
    machinist, officer = a_person(archive, "machinist", "sysadmin"), a_person(archive, "officer", "security_officer")
    hashed = credentials.hash_password

    def hash_and_write(password: str) -> str:
        with archive.write() as tx:
            tx.counters.next("hashed")
        return hashed(password)

    monkeypatch.setattr(credentials, "hash_password", hash_and_write)

    people.open_account(archive, machinist, NewPerson("wang", "王", frozenset()))
    first = passwords.ask_reset(archive, machinist, "wang")
    second = passwords.confirm_reset(archive, officer, "wang")
    assert signing_in.sign_in(archive, "wang", f"{first}-{second}").person.must_change_password
    given = passwords.reset_password(archive, OPERATOR, "wang")
    assert signing_in.sign_in(archive, "wang", given)
    a_person(archive, "li")
    with archive.write() as tx:
        assert tx.counters.next("hashed") == 4 + 1


def test_departments_and_sites_are_those_there_are_by_code_or_name(archive: Archive) -> None:
    added = people.add(
        archive, OPERATOR, NewPerson("li", "", frozenset({"borrower"}), 1, "工程部", frozenset({"JF大厦"})), PASSWORD
    )
    assert (added.department, added.sites) == ("GCB", frozenset({"JF01"}))
    with pytest.raises(Invalid) as refused:
        people.add(archive, OPERATOR, NewPerson("wang", "", frozenset({"borrower"}), 1, "外星部"), PASSWORD)
    assert refused.value.code == "no-such-department"

    organisation.add_department(archive, OPERATOR, Department("WXB", "外星部", ""))
    organisation.add_site(archive, OPERATOR, Site("MARS", "火星", "Mars", "MA01"))
    people.add(archive, OPERATOR, NewPerson("wang", "", frozenset({"borrower"}), 1, "外星部"), PASSWORD)
    for taken in (
        lambda: organisation.add_department(archive, OPERATOR, Department("WXB", "x", "")),
        lambda: organisation.add_site(archive, OPERATOR, Site("MARS2", "x", "", "MA01")),
    ):
        with pytest.raises(Conflict):
            taken()
    with pytest.raises(Invalid):
        organisation.add_site(archive, OPERATOR, Site("火", "火星", "", "MARS5"))


def test_a_new_password_is_given_out_by_two_and_by_neither_alone(archive: Archive) -> None:
    admin, officer = a_person(archive, "xitong", "sysadmin"), a_person(archive, "baomi", "security_officer")
    a_person(archive, "li")
    secret = signing_in.sign_in(archive, "li", PASSWORD).secret
    with pytest.raises(Conflict):
        passwords.confirm_reset(archive, officer, "li")

    first = passwords.ask_reset(archive, admin, "li")
    assert signing_in.sign_in(archive, "li", PASSWORD), "nothing has changed yet"
    with pytest.raises(Denied):
        passwords.confirm_reset(archive, admin, "li")
    second = passwords.confirm_reset(archive, officer, "li")

    for wrong in (PASSWORD, first, second, f"{second}-{first}"):
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(archive, "li", wrong)
    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, secret)
    assert signing_in.sign_in(archive, "li", f"{first}-{second}").person.must_change_password


def test_a_request_for_a_new_password_is_forgotten_after_a_day(archive: Archive, clock: Clock) -> None:
    admin, officer = a_person(archive, "xitong", "sysadmin"), a_person(archive, "baomi", "security_officer")
    person = a_person(archive, "li")
    passwords.ask_reset(archive, admin, "li")
    assert passwords.resets(archive, officer) == {person.id}

    clock.advance(days=1, minutes=1)

    assert passwords.resets(archive, officer) == frozenset()
    with pytest.raises(Conflict):
        passwords.confirm_reset(archive, officer, "li")


# ---- Sessions ----


def test_the_lower_clearance_counts_of_person_session_and_network(archive: Archive) -> None:
    a_person(archive, "li", clearance=3)
    archive.settings = replace(archive.settings, clearance_by_network="10.1.0.0/16=2, 10.1.9.0/24=3, 0.0.0.0/0=1")
    low = signing_in.sign_in(archive, "li", PASSWORD, browser=Browser(ceiling=1)).secret
    full = signing_in.sign_in(archive, "li", PASSWORD).secret

    def clearance(secret: str, address: str) -> int:
        return signing_in.of_session(archive, secret, address).clearance

    assert [clearance(full, a) for a in ("10.1.9.4", "10.1.2.3", "192.168.0.1", "::1", "")] == [3, 2, 1, 0, 0]
    assert clearance(low, "10.1.9.4") == 1


def test_a_token_reaches_no_higher_than_the_network_it_comes_from(archive: Archive) -> None:
    a_person(archive, "li", clearance=3)
    archive.settings = replace(archive.settings, clearance_by_network="10.1.9.0/24=3, 0.0.0.0/0=1")
    token = tokens.create_token(archive, OPERATOR, "li")

    reached = [tokens.bearer(archive, token, address).person.clearance for address in ("10.1.9.4", "192.168.0.1", "")]

    assert reached == [3, 1, 0]


def test_a_session_is_lowered_and_never_raised_again(archive: Archive) -> None:
    a_person(archive, "li", clearance=3)
    signed_in = signing_in.sign_in(archive, "li", PASSWORD)
    signing_in.lower_session(archive, signed_in.person, signed_in.secret, 1)
    signing_in.lower_session(archive, signed_in.person, signed_in.secret, 3)

    assert signing_in.of_session(archive, signed_in.secret).clearance == 1


def test_everybody_sees_and_ends_their_own_sessions_only(archive: Archive) -> None:
    a_person(archive, "li")
    a_person(archive, "wang")
    here = signing_in.sign_in(archive, "li", PASSWORD, browser=Browser("10.0.0.1", "Firefox"))
    there = signing_in.sign_in(archive, "li", PASSWORD, browser=Browser("10.0.0.2", "Telephone"))
    other = signing_in.sign_in(archive, "wang", PASSWORD)

    shown = signing_in.sessions(archive, here.person)
    assert {one.device for one in shown} == {"Firefox", "Telephone"}
    signing_in.end_session(archive, here.person, signing_in.mark_of(there.secret))
    signing_in.end_session(archive, here.person, signing_in.mark_of(other.secret))

    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, there.secret)
    assert signing_in.of_session(archive, other.secret)
    assert signing_in.of_session(archive, here.secret)


# ---- Tokens ----


def test_people_make_tokens_for_themselves_and_revoke_them(archive: Archive) -> None:
    li, wang = now(archive, a_person(archive, "li")), now(archive, a_person(archive, "wang"))
    token = tokens.create_token(archive, li, "li", name="报表", scope="read")
    with pytest.raises(Denied):
        tokens.create_token(archive, wang, "li")
    bearer = tokens.bearer(archive, token)
    assert bearer.only == TOKEN_SCOPES["read"]
    with pytest.raises(Denied):
        tokens.create_token(archive, replace(li, only=bearer.only), "li")

    (kept,) = tokens.tokens(archive, li, "li")
    with pytest.raises(Denied):
        tokens.tokens(archive, wang, "li")
    with pytest.raises(Denied):
        tokens.revoke_token(archive, wang, kept.id)
    tokens.revoke_token(archive, li, kept.id)
    with pytest.raises(NotSignedIn):
        tokens.bearer(archive, token)
    for scope, days in (("king", 90), ("read", 0)):
        with pytest.raises(Invalid):
            tokens.create_token(archive, li, "li", scope=scope, days=days)


def test_no_token_makes_another_that_could_outlive_it(archive: Archive) -> None:
    li = a_person(archive, "li")
    token = tokens.create_token(archive, OPERATOR, "li", days=1)
    program = people.at_the_door(archive, tokens.bearer(archive, token).person, only=None)

    with pytest.raises(Denied):
        tokens.create_token(archive, program, "li", days=366)

    assert len(tokens.tokens(archive, li, "li")) == 1


def test_a_token_made_in_a_lowered_session_reaches_no_higher(archive: Archive) -> None:
    li = a_person(archive, "li", clearance=3)

    token = tokens.create_token(archive, replace(now(archive, li), clearance=1), "li")

    assert tokens.of_token(archive, token).clearance == 1


# ---- A second factor ----


def enrolled(archive: Archive, login: str) -> tuple[Person, str, list[str]]:
    person = signing_in.sign_in(archive, login, PASSWORD).person
    secret = second_factor.begin(archive, person).secret
    codes = second_factor.finish(archive, person, factors.code_at(secret, archive.now()))
    return person, secret, list(codes)


def test_who_has_enrolled_signs_in_with_password_and_code(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    _, secret, _ = enrolled(archive, "li")
    clock.advance(minutes=2)

    with pytest.raises(SecondFactorNeeded):
        signing_in.sign_in(archive, "li", PASSWORD)
    with pytest.raises(NotSignedIn) as wrong:
        signing_in.sign_in(archive, "li", PASSWORD, "000000")
    assert wrong.value.code == "wrong-code"
    with pytest.raises(NotSignedIn) as password:
        signing_in.sign_in(archive, "li", "Wrong-Password-1", factors.code_at(secret, clock.at))
    assert not isinstance(password.value, SecondFactorNeeded)

    code = factors.code_at(secret, clock.at)
    assert signing_in.sign_in(archive, "li", PASSWORD, code)
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(archive, "li", PASSWORD, code)


def test_a_recovery_code_opens_once(archive: Archive) -> None:
    a_person(archive, "li")
    person, _, codes = enrolled(archive, "li")
    assert len(codes) == 10

    assert signing_in.sign_in(archive, "li", PASSWORD, codes[0].upper())
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(archive, "li", PASSWORD, codes[0])
    assert second_factor.state(archive, person).recovery_codes_left == 9


def test_guessing_codes_locks_the_account_like_guessing_passwords(archive: Archive) -> None:
    a_person(archive, "li")
    _, _, codes = enrolled(archive, "li")
    for _ in range(archive.settings.sign_in_attempts):
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(archive, "li", PASSWORD, "123456")

    with pytest.raises(NotSignedIn) as locked:
        signing_in.sign_in(archive, "li", PASSWORD, codes[0])
    assert locked.value.code == "wrong-password"


def test_guessing_codes_to_remove_a_second_factor_locks_the_account(archive: Archive) -> None:
    a_person(archive, "li")
    person, _, codes = enrolled(archive, "li")
    for _ in range(archive.settings.sign_in_attempts):
        with pytest.raises(Invalid):
            passwords.remove_second_factor(archive, person, "123456")

    with pytest.raises(Invalid):
        passwords.remove_second_factor(archive, person, codes[0])
    assert second_factor.state(archive, person).enrolled


def test_a_second_factor_is_removed_with_a_code_of_it_or_by_two_people(archive: Archive, clock: Clock) -> None:
    admin, officer = a_person(archive, "xitong", "sysadmin"), a_person(archive, "baomi", "security_officer")
    a_person(archive, "li")
    person, _, codes = enrolled(archive, "li")
    with pytest.raises(Conflict):
        second_factor.begin(archive, person)
    with pytest.raises(Invalid):
        passwords.remove_second_factor(archive, person, "000000")
    passwords.remove_second_factor(archive, person, codes[3])
    assert signing_in.sign_in(archive, "li", PASSWORD)

    enrolled(archive, "li")
    first = passwords.ask_reset(archive, admin, "li")
    second = passwords.confirm_reset(archive, officer, "li", telephone_lost=True)
    assert signing_in.sign_in(archive, "li", f"{first}-{second}")


def test_a_role_that_needs_a_second_factor_says_so_until_it_is_there(archive: Archive) -> None:
    archive.settings = replace(archive.settings, second_factor_roles="security_officer, auditor")
    a_person(archive, "li")
    a_person(archive, "baomi", "security_officer")

    assert not second_factor.lacking(archive, signing_in.sign_in(archive, "li", PASSWORD).person)
    person = signing_in.sign_in(archive, "baomi", PASSWORD).person
    assert second_factor.lacking(archive, person)
    enrolled(archive, "baomi")
    assert not second_factor.lacking(archive, person)


def test_the_secret_behind_the_codes_is_nowhere_in_the_tables(archive: Archive) -> None:
    a_person(archive, "li")
    _, secret, codes = enrolled(archive, "li")
    archive.close()

    raw = b"".join(path.read_bytes() for path in archive.settings.home.glob("catalogue.db*"))

    for hidden in (secret, *codes):
        assert hidden.encode() not in raw


def test_whom_the_companys_sign_in_service_knows_needs_an_account_here(archive: Archive) -> None:
    a_person(archive, "li")

    assert signing_in.sign_in_vouched(archive, "li", "https://sso.example").person.login == "li"
    with pytest.raises(NotSignedIn) as stranger:
        signing_in.sign_in_vouched(archive, "nobody", "https://sso.example")
    assert stranger.value.code == "no-account"


def test_what_the_shell_does_in_somebodys_name_is_told_as_such(archive: Archive) -> None:
    a_person(archive, "li", "document_controller", clearance=2)
    record_id = a_record(archive, level=2)
    archive.by = "operator"
    records.text(archive, people.named(archive, "li"), record_id)

    with archive.read() as tx:
        line = tx.ledger.lines(subject_id=record_id, limit=1)[0]
    assert (line.action, line.payload["by"]) == ("record.text-read", "operator")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("level_names", "公开,内部,秘密,机密", "State secrets"),
        ("level_names", "公开,内部", "four different"),
        ("clearance_by_network", "10.1.0.0/16", "10.1.0.0/16=3"),
        ("clearance_by_network", "10.1.0.0/16=7", "level"),
        ("office_hours", "late", "07:00-20:00"),
        ("office_hours", "20:00-07:00", "later"),
        ("second_factor_roles", "king", "roles"),
    ],
)
def test_a_setting_of_rights_that_cannot_be_is_refused_in_a_sentence(
    archive: Archive, name: str, value: str, why: str
) -> None:
    with pytest.raises(Misconfigured, match=why):
        config.load(archive.settings.home, {f"MUNIMENT_{name.upper()}": value})


def test_a_company_may_call_its_levels_otherwise(archive: Archive) -> None:
    assert config.level_names("公开, 内部, 商业秘密, 核心商业秘密") == ("公开", "内部", "商业秘密", "核心商业秘密")
    assert config.level_names("") == ()
