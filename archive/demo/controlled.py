"""The work instructions and posts of the demo company become controlled documents: in force, in review, to be read."""

import re

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import distributing, documents, people
from archive.app import Archive
from archive.documents import Draft
from archive.model import Record
from archive.model.documents import Edition

CLASS = "GL02"
AUTHORS = {"JF01": "qiaoyining", "YL02": "wenshujun"}
KINDS = {"HX-WI": "instruction", "HX-GW": "duty", "HX-QP": "procedure"}
_LABEL = re.compile(r"[（(]([A-Z]/\d)版")
LATE = 2
"""How many of them nobody has looked at again since their review fell due."""


def bring(archive: Archive) -> None:
    """Take over what lies filed as it was in force before: safe to repeat, each document is made once."""
    keeper = people.named(archive, "shenyanqiu")
    scope = rules.scope(keeper, Action.FILE)
    with archive.read() as tx:
        filed = [record for site in AUTHORS for record in tx.records.filed(scope, CLASS, site, limit=100)]
    made = 0
    for record in sorted(filed, key=lambda one: (str(one.document_date), one.id)):
        if record.doc_number[:5] not in KINDS or record.document_date is None:
            continue
        with archive.read() as tx:
            known = tx.documents.by_number(record.doc_number)
            done = tx.documents.of_records([record.id])
        # The next edition may lie at another site: somebody writes it who works at both.
        author = people.named(archive, AUTHORS[record.site] if known is None else "baizhiyuan")
        if done:
            continue
        one = _submitted(archive, author, record, first=known is None)
        if known is not None:
            continue  # the next edition waits for its review
        one = _approved(archive, one)
        one = documents.issue(archive, keeper, one.id, record.document_date.isoformat(), revision=one.revision)
        made += 1
        _given_out(archive, keeper, AUTHORS[record.site], one, read=made % 2 == 0)
        if made > LATE:
            documents.check(archive, people.named(archive, "baizhiyuan"), one.document_id, "stays", "")


def _submitted(archive: Archive, author: Actor, record: Record, *, first: bool) -> Edition:
    found = _LABEL.search(record.title)
    draft = Draft(
        record.doc_number,
        found[1] if found else "A/0",
        re.sub(r"[（(].*?[）)]", "", record.title),
        KINDS[record.doc_number[:5]],
        record.department,
        owner="baizhiyuan",
        why="首次纳入受控" if first else "按档案法实施条例修订保管与销毁条款",
        impact="" if first else "各部门文件管理员须培训",
    )
    one = documents.draft(archive, author, record.id, draft)
    return documents.submit(archive, author, one.id, revision=one.revision)


def _approved(archive: Archive, one: Edition) -> Edition:
    one = documents.review(archive, people.named(archive, "baizhiyuan"), one.id, revision=one.revision)
    return documents.approve(archive, people.named(archive, "mengjinglan"), one.id, revision=one.revision)


def _given_out(archive: Archive, keeper: Actor, holder: str, one: Edition, *, read: bool) -> None:
    copy = distributing.hand_out(archive, keeper, one.id, holder, "部门文件夹")
    distributing.receive(archive, people.named(archive, holder), copy.id)
    distributing.ask_to_read(archive, keeper, one.id, [holder, "baizhiyuan"])
    if read:
        distributing.acknowledge(archive, people.named(archive, holder), one.id)
