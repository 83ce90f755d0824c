"""Somebody should know: a notice inside the house, and a message by every way out that they chose for it.

The notice is written in the transaction of what it is about, and so is what is to leave; it leaves by `archive.outbox`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import notify
from archive.app import Archive
from archive.errors import NotFound
from archive.model import Notice, new_id
from archive.model.notices import HERE, TEST, Chosen, Way, way
from archive.tables import Transaction

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "inbox.left-lying": {
        "zh": "收件夹“{inbox}”中有 {count} 个文件超过 {minutes} 分钟仍未入库，请检查。",
        "en": "In the inbox {inbox} lie {count} files for more than {minutes} minutes; look into it.",
    },
    "handed-in.quarantined": {
        "zh": "您提交的一个文件无法读取，已移入隔离区：{why_zh}原件没有丢失；请核对改正后重新提交，或联系档案管理员。",
        "en": "A file that you handed in cannot be read and lies in quarantine: {why_en} Nothing is lost; correct it "
        "and hand it in again, or ask a document controller.",
    },
    "matrix.proposed": {
        "zh": "审批权限表第 {number} 版已拟定，等待您同意。",
        "en": "Version {number} of the approval matrix is proposed and waits for you to agree.",
    },
    "loan.asked": {
        "zh": "借阅单 {number} 等待您审批。",
        "en": "Loan {number} waits for your approval.",
    },
    "loan.still-asked": {
        "zh": "借阅单 {number} 仍在等待您审批。",
        "en": "Loan {number} is still waiting for your approval.",
    },
    "loan.ready": {
        "zh": "借阅单 {number} 已批准，请到档案室领取纸质件。",
        "en": "Loan {number} is approved: collect the paper at the counter.",
    },
    "loan.copy-ready": {
        "zh": "借阅单 {number} 已批准，核证副本由档案室制作。",
        "en": "Loan {number} is approved: the records office makes the certified copy.",
    },
    "loan.copied": {
        "zh": "借阅单 {number} 的核证副本已制作，请领取。",
        "en": "The certified copy of loan {number} is made: fetch it.",
    },
    "loan.opened": {
        "zh": "借阅单 {number} 已批准，可在线阅览至 {due}。",
        "en": "Loan {number} is approved: read it on screen until {due}.",
    },
    "loan.rejected": {
        "zh": "借阅单 {number} 未获批准，理由见借阅单。",
        "en": "Loan {number} is refused; the reason is on the slip.",
    },
    "loan.renewed": {
        "zh": "借阅单 {number} 已续借至 {due}。",
        "en": "Loan {number} is renewed until {due}.",
    },
    "loan.renewal-refused": {
        "zh": "借阅单 {number} 的续借未获批准，请按期归还。",
        "en": "The renewal of loan {number} is refused; return it when it is due.",
    },
    "loan.recalled": {
        "zh": "借阅单 {number} 已被催回，请立即归还。",
        "en": "Loan {number} is called back: return it at once.",
    },
    "loan.revoked": {
        "zh": "借阅单 {number} 的在线阅览已终止。",
        "en": "Reading under loan {number} has been ended.",
    },
    "loan.cancelled": {
        "zh": "借阅单 {number} 已取消。",
        "en": "Loan {number} is cancelled.",
    },
    "loan.lapsed": {
        "zh": "借阅单 {number} 逾期未领取，已失效。",
        "en": "Loan {number} was not collected in time and has lapsed.",
    },
    "loan.due-soon": {
        "zh": "借阅单 {number} 将于 {due} 到期。",
        "en": "Loan {number} is due on {due}.",
    },
    "loan.due": {
        "zh": "借阅单 {number} 今日到期，请归还。",
        "en": "Loan {number} is due today: return it.",
    },
    "loan.overdue": {
        "zh": "借阅单 {number} 应于 {due} 归还，已逾期 {days} 天。",
        "en": "Loan {number} was due on {due}; it is {days} days overdue.",
    },
    "loan.still-out": {
        "zh": "借阅单 {number} 的借阅人逾期 {days} 天未归还，应还日 {due}。",
        "en": "Loan {number} of somebody you answer for was due on {due}; it is {days} days overdue.",
    },
    "loan.damaged": {
        "zh": "借阅单 {number} 归还时缺页或破损，须处理后方可结案。",
        "en": "Loan {number} came back damaged or with pages missing; it cannot be closed until that is settled.",
    },
    "loan.lost": {
        "zh": "借阅单 {number} 的纸质件已报遗失，须终审人处理。",
        "en": "The paper of loan {number} is reported lost; the final approver decides what is done.",
    },
    "loan.at-repair": {
        "zh": "借阅单 {number} 的纸质件已送修，预计 {due} 归还；上架后另行通知，领取期限届时重新起算。",
        "en": "The paper of loan {number} is at repair until {due}; you are told when it can be collected.",
    },
    "repair.lost": {
        "zh": "送修档案遗失，修复记录 {number} 须处理。",
        "en": "A paper was lost when it was to be mended: look at repair case {number}.",
    },
    "reservation.turn": {
        "zh": "您预约的档案已可借阅，请在三日内提出申请。",
        "en": "What you reserved is free: apply for it within three days.",
    },
    "reading.throttled": {
        "zh": "借阅单 {number} 的翻页过快，已被限速，请核查。",
        "en": "Pages of loan {number} were turned faster than anybody reads; it was slowed down. Look into it.",
    },
    "handover.planned": {
        "zh": "交接 {number} 已拟定，您是其中一方。",
        "en": "Handover {number} is planned, and you take part in it.",
    },
    "handover.frozen": {
        "zh": "交接 {number} 的清册已冻结，可以清点。",
        "en": "The list of handover {number} is frozen: it can be counted.",
    },
    "handover.confirm": {
        "zh": "您借阅或修复的 {number} 正在办理移交，请确认纸质件在您手中。",
        "en": "What you borrowed or treat under {number} is being handed over: confirm that you have it.",
    },
    "handover.void": {
        "zh": "交接 {number} 的清册有变动，您的签字已作废，须重新签字。",
        "en": "The list of handover {number} has changed: your signature is void, sign again.",
    },
    "handover.sign": {
        "zh": "交接 {number} 已核对完毕，请您签字。",
        "en": "Handover {number} is reconciled: it is for you to sign.",
    },
    "handover.sealed": {
        "zh": "交接 {number} 各方均已签字，可以办结。",
        "en": "Everybody has signed handover {number}: it can be completed.",
    },
    "handover.completed": {
        "zh": "交接 {number} 已办结。",
        "en": "Handover {number} is completed.",
    },
    "handover.cancelled": {
        "zh": "交接 {number} 已撤销，冻结已解除。",
        "en": "Handover {number} is cancelled; nothing is frozen any more.",
    },
    "dossier.owed": {
        "zh": "卷宗 {number} 缺一份材料，由您负责，期限 {due}。",
        "en": "A document is missing from dossier {number}: it is yours to bring, by {due}.",
    },
    "dossier.chased": {
        "zh": "卷宗 {number} 仍缺您负责的材料，期限 {due}，请尽快补齐。",
        "en": "Dossier {number} still lacks the document you see to; it was due on {due}.",
    },
    "dossier.handed-on": {
        "zh": "卷宗 {number} 现由您负责。",
        "en": "You answer for dossier {number} from now on.",
    },
    "dossier.waiver-decided": {
        "zh": "您对卷宗 {number} 提出的免交申请已有决定。",
        "en": "What you asked to have waived in dossier {number} was decided.",
    },
    "contract.sent-back": {
        "zh": "您起草的合同 {number} 评审后被退回，理由见合同页面。",
        "en": "The contract {number} that you drafted was reviewed and sent back; its page says why.",
    },
    "controlled.sent-back": {
        "zh": "您编写的受控文件 {number} 被退回，理由见文件页面。",
        "en": "The controlled document {number} that you wrote was sent back; its page says why.",
    },
    "controlled.to-read": {
        "zh": "受控文件 {number} 须由您阅知，期限 {due}。",
        "en": "The controlled document {number} is for you to read and acknowledge by {due}.",
    },
    "law.to-read": {
        "zh": "《{law}》须由您阅知，期限 {due}。",
        "en": "The law {law} is for you to read and acknowledge by {due}.",
    },
    "law.still-to-read": {
        "zh": "《{law}》须由您阅知，期限 {due} 已过，请尽快阅知并确认。",
        "en": "The law {law} was for you to read and acknowledge by {due}: it is still waiting.",
    },
    "controlled.copy": {
        "zh": "受控副本 {number} 已发放给您，请签收。",
        "en": "The numbered copy {number} was handed out to you: say that you have it.",
    },
    "controlled.recalled": {
        "zh": "受控文件 {number} 自 {day} 起作废，请交回您持有的受控副本。",
        "en": "The controlled document {number} is obsolete from {day}: give your numbered copy back.",
    },
    "backup.never": {
        "zh": "尚无经过校验的备份。",
        "en": "There is no backup yet that was found whole.",
    },
    "backup.clock": {
        "zh": "服务器时钟早于最近一次备份的时间，无法判断备份是否过期，请校准时钟。",
        "en": "The clock of the server is earlier than the last backup; set it right, or nobody knows how old that is.",
    },
    "backup.overdue": {
        "zh": "最近一次经过校验的备份已超过承诺的时限。",
        "en": "The last backup that was found whole is older than promised.",
    },
    "backup.failed": {
        "zh": "备份位置“{place}”的最近一次备份失败。",
        "en": "The last backup to {place} failed.",
    },
    "backup.damaged": {
        "zh": "备份位置“{place}”的备份库有损坏，请查看校验结果。",
        "en": "The repository in {place} is damaged; look at what was found.",
    },
    "backup.not-all-copied": {
        "zh": "有对象因损坏或缺失未能备份到“{place}”。",
        "en": "Objects that are damaged or gone could not be backed up to {place}.",
    },
    "backup.uncovered": {
        "zh": "有重要档案尚未进入经过校验的备份。",
        "en": "There are vital records that are in no backup found whole.",
    },
    "backup.behind": {
        "zh": "备份位置“{place}”落后：其中经过校验的备份已超过承诺的时限。",
        "en": "The place {place} is behind: what was found whole there is older than promised.",
    },
    "backup.drill-stale": {
        "zh": "恢复演练已过期或未成功，请演练。",
        "en": "Restoring has not been rehearsed with success for too long.",
    },
    "share.waits": {
        "zh": "备份密钥的一份恢复份额由您保管，请在“启用向导”页面领取打印，三日内有效。",
        "en": "A recovery share of the backup keys is yours to keep: take it on the page Set-up within three days.",
    },
    "restore.asked": {
        "zh": "有人申请用较早的备份替换档案库，等待您的意见。",
        "en": "Somebody wants the archive replaced by an earlier state of it; you are asked.",
    },
    "search.news": {
        "zh": "您保存的检索有新档案。",
        "en": "Something new answers a search you saved.",
    },
    "delegation.given": {
        "zh": "您自 {first} 至 {last} 受委托代为审批。",
        "en": "From {first} to {last} you decide for somebody else.",
    },
    "grant.asked": {
        "zh": "有一项授权等待第二人确认。",
        "en": "A grant waits for a second person.",
    },
    "grant.opened": {
        "zh": "您获得一项授权，有效期至 {until}。",
        "en": "You were given a right until {until}.",
    },
    "grant.ended": {
        "zh": "您的一项授权已被终止或未获确认。",
        "en": "A right of yours was refused or withdrawn.",
    },
    "emergency.asked": {
        "zh": "有人申请紧急查阅，等待第二人确认。",
        "en": "Somebody asks for access in an emergency; it waits for a second person.",
    },
    "emergency.opened": {
        "zh": "一项紧急查阅已开启，至 {until} 止，结束后须复核。",
        "en": "Access in an emergency is open until {until}; it is to be reviewed afterwards.",
    },
    "emergency.review-late": {
        "zh": "一项紧急查阅逾期未复核。",
        "en": "An emergency has not been reviewed in time.",
    },
    "rights.changed": {
        "zh": "您的角色、密级或范围已变更。",
        "en": "Your roles, clearance or sites were changed.",
    },
    "reset.asked": {
        "zh": "系统管理员为一个账号申请重置密码，等待您确认。",
        "en": "The system administrator asks for a new password for an account; it waits for you.",
    },
    "password.reset": {
        "zh": "您的密码已被重置。如非您本人要求，请立即告知安全保密员。",
        "en": "Your password was set anew. If you did not ask for it, tell the security officer at once.",
    },
    "lowering.asked": {
        "zh": "有一件档案的降密提议等待第二人决定。",
        "en": "A proposal to lower a level waits for a second person.",
    },
    "lowering.decided": {
        "zh": "您的降密提议已有决定。",
        "en": "Your proposal to lower a level was decided.",
    },
    "lowering.void": {
        "zh": "档案已变更，原降密提议失效。",
        "en": "The record changed meanwhile: the proposal to lower its level is void.",
    },
    "properties.failed": {
        "zh": "四性检测 {number} 未通过，请查看报告并处理。",
        "en": "The four-property test {number} was not passed; look at its report.",
    },
    "room.action": {
        "zh": "库房出现异常，整改 {number} 待处理。",
        "en": "Something in a store-room is not as it has to be: corrective action {number}.",
    },
    "ledger.clock-corrected": {
        "zh": "服务器时钟曾经超前，审计日志自第一条误时记录起已加注，请核查原因。",
        "en": "The clock of the server had been ahead; the ledger says which lines are misdated. Look into it.",
    },
    "due.contracts": {
        "zh": "合同期限：{soon} 项将于七日内到期，{late} 项已逾期。",
        "en": "Contracts: {soon} deadlines within seven days, {late} overdue.",
    },
    "due.reviews": {
        "zh": "评审与复查：{soon} 项将于七日内到期，{late} 项已逾期。",
        "en": "Reviews: {soon} due within seven days, {late} overdue.",
    },
    "due.others": {
        "zh": "其他待办：{soon} 项将于七日内到期，{late} 项已逾期。",
        "en": "Other tasks: {soon} due within seven days, {late} overdue.",
    },
    TEST: {
        "zh": "这是一条测试消息，由您在“我的通知”页面发出。",
        "en": "This is a test message that you sent from the page My notifications.",
    },
    "alert.raised": {
        "zh": "审计日志中有异常情况，请核查。",
        "en": "Something unusual is in the ledger. Look into it.",
    },
}
"""What is said of each kind of notice. Numbers and days: never titles, never names."""

NEUTRAL: Mapping[str, str] = {
    "zh": "有一条新通知，系统升级后可查看内容。",
    "en": "There is something new; it can be read after the upgrade.",
}
"""Said of a kind that only a later program knows: machines are upgraded one after the other."""

LINKS: Mapping[str, str] = {
    "loan": "/loans/{id}",
    "handover": "/handovers/{id}",
    "record": "/records/{id}",
    "dossier": "/dossiers/{id}",
    "contract": "/contracts/{id}",
    "document": "/documents/{id}",
    "law": "/laws/{id}",
    "room": "/climate/{id}",
    "repair": "/repairs/{id}",
    "saved-search": "/searches/{id}/new",
    "property-test": "/properties/{id}",
    "matrix": "/loans/matrix",
    "grant": "/grants",
    "delegation": "/loans/deputies",
    "alert": "/alerts",
    "backup": "/backups",
    "restore": "/backups/restore?want=replace",
    "inbox": "/intake",
    "arrival": "/upload?arrival={id}",
    "due": "/tasks",
    "person": "/account",
}
"""Where what a notice is about is done or looked at, below the archive's own address."""


def tell(
    archive: Archive, tx: Transaction, people: Iterable[str], kind: str, subject: tuple[str, str], **details: str
) -> None:
    """Leave each of these people a notice about a subject (kind, id), and put out what is to leave the house."""
    assert kind in SENTENCES
    at = archive.now()
    for person_id in sorted(set(people)):
        chosen = tx.notices.chosen(person_id)
        seen = at if way(chosen, kind, HERE) is Way.OFF else None
        notice = Notice(new_id(), person_id, at, kind, *subject, details, seen)
        tx.notices.add(notice)
        for channel in archive.settings.channels if archive.settings.notify else ():
            how = wanted(chosen, kind, channel)
            if how is not Way.OFF:
                tx.notices.put_out(notice, channel, at)
            if how is Way.NOW:
                tx.jobs.add(at, "tell", notice=notice.id, channel=channel)
            elif how is Way.DIGEST:
                expect_digest(tx, person_id, at)


def wanted(chosen: Chosen, kind: str, channel: str) -> Way:
    """How this kind leaves by a way out of the house; nobody chooses where nobody reads."""
    if notify.reach(channel) == notify.NOBODY:
        return Way.NOW
    return way(chosen, kind, channel, room=notify.is_room(channel))


def expect_digest(tx: Transaction, person_id: str, at: datetime) -> None:
    """Something waits for this person's digest: it leaves at the next hour they chose."""
    if tx.notices.digest_next_at(person_id) is None:
        hours = tx.notices.hours(person_id)
        tx.notices.set_hours(person_id, hours, hours.next_digest(at))


def sentence(notice: Notice, language: str) -> str:
    """What a notice says, in zh or en."""
    said = SENTENCES.get(notice.kind, NEUTRAL)[language]
    return said.format(**notice.details)


def link(notice: Notice) -> str:
    """Where it leads, below the archive's own address; empty where there is nothing to look at."""
    if notice.kind == "reset.asked":
        return "/people"
    if notice.kind == "share.waits":
        return "/setup/share"
    if notice.kind.startswith("lowering."):
        return "/declassifications"
    return LINKS.get(notice.subject_kind, "").format(id=notice.subject_id)


def inbox(archive: Archive, actor: Actor, *, unread: bool | None = None) -> Sequence[Notice]:
    """What this person has been told, newest first; what they have read of it, or not, if asked. Everybody reads their
    own."""
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        return tx.notices.of(actor.id, unread=unread)


def unread(archive: Archive, person_id: str) -> int:
    """How much this person has been told and has not looked at."""
    with archive.read() as tx:
        return tx.notices.unread(person_id)


def read_all(archive: Archive, actor: Actor) -> None:
    rules.scope(actor, Action.FIND)
    with archive.write() as tx:
        tx.notices.set_read(actor.id, archive.now())


def read_one(archive: Archive, actor: Actor, notice_id: str) -> Notice:
    """One notice of theirs, read from now on. Raises NotFound for one that was for somebody else."""
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        notice = tx.notices.get(notice_id)
    if notice is None or notice.person_id != actor.id:
        raise NotFound("There is no such notice.")
    if notice.read_at is None:
        with archive.write() as tx:
            tx.notices.set_read(actor.id, archive.now(), notice_id)
    return notice


def day(at: datetime) -> str:
    """An instant as people say it, in the server's time."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
