"""A contract is changed by a paper of its own: drafted by one, confirmed by another, in force from a day on (2.14)."""

from collections.abc import Mapping
from dataclasses import replace

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import contracts, labels, naming, numbering
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import new_id
from archive.model.contracts import Amendment, Contract
from archive.tables import Transaction

SAYS_MAX = 2000


def draft(archive: Archive, actor: Actor, contract_id: str, record_id: str, said: Mapping[str, str]) -> Amendment:
    """Write down a paper that changes a confirmed contract. Nothing is changed by that yet."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    says = said.get("says", "").strip()[:SAYS_MAX]
    if not says:
        raise Invalid("Say what it changes.", "no-change-said")
    with archive.write() as tx:
        contract, _ = contracts.found(tx, actor, contract_id)
        if contract.state != "confirmed" or contract.ended_on is not None:
            raise Conflict("Only a confirmed contract that was not ended is amended.", "not-amendable")
        record = tx.records.found(numbering.meant(tx, actor, record_id), rules.scope(actor, Action.FIND))
        if tx.contracts.is_amendment(record.id) or tx.contracts.of_records([record.id]):
            raise Conflict("This record stands in the register of contracts already.", "contract-there")
        signed, effective, ends = (
            naming.parsed_date(said.get(name, "")) for name in ("signed_on", "effective_on", "ends_on")
        )
        naming.not_ahead(signed, contracts.today(archive))
        number = " ".join(said.get("number", record.doc_number).split())[: contracts.TEXT_MAX]
        made = Amendment(
            new_id(),
            contract_id,
            record.id,
            number,
            says,
            "draft",
            actor.id,
            archive.now(),
            signed_on=signed,
            effective_on=effective,
            ends_on=ends,
        )
        if made.effective_on is None:
            raise Invalid("Say from which day it is in force.", "no-effective-day")
        if contract.begins_on and made.ends_on and made.ends_on < max(contract.begins_on, made.effective_on):
            raise Invalid("A contract does not end before it begins.", "bad-term")
        tx.contracts.amend(made)
        _write_down(archive, tx, actor.id, contract, "contract.amendment-drafted", made.id)
        return made


def confirm(archive: Archive, actor: Actor, contract_id: str, amendment_id: str) -> Amendment:
    """Somebody else than who drafted it says that it is so. Where it sets another last day the contract has that one.

    Raises Conflict when the contract would then hold on a day of another (INV-15).
    """
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        contract, _ = contracts.found(tx, actor, contract_id)
        one = _drafted(tx, actor, contract_id, amendment_id)
        if one.drafted_by == actor.id:
            raise Conflict("Who drafted a contract does not confirm it: somebody else does.", "own-draft")
        if contract.ended_on is not None:
            raise Conflict("Only a confirmed contract that was not ended is amended.", "not-amendable")
        after = replace(one, state="confirmed", confirmed_by=actor.id, ended_before=contract.ends_on)
        if one.ends_on is not None:
            contract = replace(contract, ends_on=one.ends_on, indefinite=False)
            contracts.refuse_overlap(tx, contract)
            contract = tx.contracts.change(contract)
            labels.changed(tx, [contract.record_id], archive.now())
        tx.contracts.amend(after)
        _write_down(archive, tx, actor.id, contract, "contract.amended", one.id)
        return after


def void(archive: Archive, actor: Actor, contract_id: str, amendment_id: str) -> None:
    """A draft that was none."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        contract, _ = contracts.found(tx, actor, contract_id)
        one = _drafted(tx, actor, contract_id, amendment_id)
        tx.contracts.amend(replace(one, state="void"))
        _write_down(archive, tx, actor.id, contract, "contract.amendment-voided", one.id)


def _drafted(tx: Transaction, actor: Actor, contract_id: str, amendment_id: str) -> Amendment:
    one = next((one for one in tx.contracts.amendments([contract_id]) if one.id == amendment_id), None)
    if one is None or not tx.records.admitted([one.record_id], rules.scope(actor, Action.FIND)):
        raise NotFound("There is no such amendment.", "no-such-amendment")
    if one.state != "draft":
        raise Conflict("Only a draft is confirmed.", "not-a-draft")
    return one


def _write_down(archive: Archive, tx: Transaction, by: str, one: Contract, action: str, amendment: str) -> None:
    tx.ledger.add(
        archive.now(), by, action, "record", one.record_id, site=one.site, contract=one.id, amendment=amendment
    )
