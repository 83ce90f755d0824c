"""What goes wrong, as a sentence a person reads in their language: what happened, and what to do.

The house says it in English. Chinese is found for the sentence as it stands, or else by its code.
"""

import re
from collections.abc import Callable, Mapping

from flask_babel import LazyString

from access.actors import Role
from access.rules import DUTIES, Action, Denied
from indexer.errors import BadQuery
from indexer.query import Remark
from web import language
from web.language import gettext
from web.language import lazy_gettext as _l
from web.words import ROLES

SENTENCES: Mapping[str, LazyString] = {
    "not-found": _l("There is no such page, or none that you may see."),
    "conflict": _l("This is not possible in its present state; reload the page."),
    "invalid": _l("What was entered cannot be right."),
    "corrupt": _l("Something kept is not what it was. Nothing of it is shown; tell the system administrator."),
    "misconfigured": _l("The archive is not set up rightly; tell the system administrator."),
    "out-of-space": _l("The disk is full; make room and try again. Nothing was lost."),
    "not-signed-in": _l("Please sign in."),
    "password-change-needed": _l("Choose a password of your own first."),
    "wrong-password": _l(
        "Login name or password is wrong; after too many wrong tries an account is locked for a quarter of an hour."
    ),
    "wrong-present-password": _l("The present password is wrong."),
    "weak-password": _l("This password is too weak, or the old one."),
    "changed": _l("Somebody else has changed this record meanwhile; reload it and enter your change again."),
    "no-title": _l("A record needs a title."),
    "no-class": _l("Choose a class: without one a record has no retention period."),
    "no-site": _l("Choose a site: it decides who may see the record."),
    "no-such-class": _l("There is no such class in the file plan."),
    "no-such-site": _l("There is no such site."),
    "no-such-import": _l("There is no such import."),
    "which-file": _l("Several rows name a file of this name; choose its folder, so that it is known which."),
    "level-lowered": _l("A level is not lowered here: declassification needs a second person."),
    "not-a-period": _l("The period ends before it begins."),
    "not-a-date": _l("This is not a date; write 2026-03-01."),
    "bad-drill": _l("A drill draws 1 to 20 items each way and allows 1 to 3600 seconds."),
    "drill-running": _l("This person is in a drill that has not been closed yet."),
    "nothing-to-draw": _l("There is nothing to draw from that both may find."),
    "task-running": _l("A question is being answered."),
    "no-more-tasks": _l("Every question of this drill has been answered."),
    "no-task-running": _l("No question is being asked."),
    "not-your-drill": _l("Only whoever is timed may answer."),
    "drill-closed": _l("This drill is closed."),
    "no-name": _l("A saved search needs a name of at most 100 characters."),
    "name-taken": _l("You have a saved search of this name already."),
    "too-many-searches": _l("At most 100 searches are kept for one person; delete one first."),
    "no-such-alert": _l("What was entered cannot be right."),
    "too-deep": _l("Paging ends here; narrow the question instead."),
    "index-rebuilding": _l("The index is being rebuilt; search will be back in a moment."),
    "busy": _l("The catalogue is busy; try again in a moment."),
    "index-held": _l("Another process is writing the index."),
    "clock-set-back": _l("The clock of this server was set back; nothing is written until it is set right."),
    "object-missing": _l("A kept file is missing from the store; restore it from a backup."),
    "empty-file": _l("The file is empty; copy or scan it again."),
    "too-large": _l("The file is larger than one file may be."),
    "not-a-file": _l("This is not an ordinary file."),
    "link": _l("This is a link, not a file; links are never followed. Drop the file itself."),
    "unreadable": _l("The file cannot be read; correct its permissions, or scan it again."),
    "source-gone": _l("The file has gone again."),
    "source-changed": _l("The file changed while it was taken in; it is taken in anew."),
    "exhausted": _l("Reading the file cost more time or memory than one file may have."),
    "too-slow": _l("Reading the file took too long."),
    "crashed": _l("The reader crashed on this file."),
    "reader-failed": _l("The reader failed on this file."),
    "sandbox-broken": _l("The reader cannot work on this machine right now; try again in a moment."),
    "bomb": _l("The package unpacks to far more than a document can be."),
    "damaged": _l("The file is damaged; ask for it again or scan it again."),
    "damaged-archive": _l("The package is damaged; ask for it again."),
    "unsupported-archive": _l("Packages of this kind cannot be unpacked; unpack it and hand in what is inside."),
    "unknown-format": _l("The content is of no kind we know."),
    "executable": _l("The file is a program; it stays in quarantine."),
    "no-reader": _l("This kind of file cannot be read yet."),
    "checklist-changed": _l("Somebody else has changed this checklist meanwhile; reload it."),
    "no-such-checklist": _l("There is no such checklist."),
    "no-such-item": _l("There is no such line in the checklist."),
    "bad-checklist": _l("The table of checklists is not as it should be."),
    "own-document": _l("Who wrote a document neither reviews nor approves it."),
    "own-document-review": _l("Who reviewed a document does not approve it as well."),
    "effective-in-the-past": _l("What was in force in the past does not change: choose today or later."),
    "effective-too-early": _l("The edition before is still in force on that day: choose a later one."),
    "no-such-document": _l("There is no such controlled document, or none that you may see."),
    "edition-stands": _l("It is an edition of a controlled document that was submitted: change it by a new edition."),
    "no-such-copy": _l("There is no such copy."),
    "no-document-number": _l("A controlled document has a number, and each edition its own label."),
    "edition-there": _l("This record is an edition of a controlled document already."),
    "edition-in-the-making": _l("Another edition of this document is in the making."),
    "label-taken": _l("This document has an edition of that label."),
    "copies-out": _l("Copies of it are still out: call them back first."),
    "no-such-outcome": _l("What was entered cannot be right."),
    "nothing-in-force": _l("No edition of it is in force: there is nothing to review."),
    "not-ahead": _l("The day must lie ahead."),
    "still-in-force": _l("It still holds: only an obsolete edition is kept for reference or released."),
    "not-issued": _l("Only what is issued and not obsolete is distributed."),
    "copy-handed-out": _l("This copy was handed out already."),
    "copy-received": _l("This copy was not handed out, or its holder has signed for it already."),
    "copy-not-out": _l("This copy is not out."),
    "one-witness": _l("What is destroyed on paper is destroyed by two people."),
    "no-copy-place": _l("Say where the copy is kept: a post, a counter, a notice board."),
    "not-asked-to-read": _l("You were not asked to read it, or have said already that you did."),
    "may-not-read": _l("This person may not read the document: give them the right first."),
    "obsolete": _l("It is obsolete: it is given out with its mark only."),
    "obsolete-not-shown": _l("It is obsolete and cannot be shown with its mark; ask for its paper."),
    "no-document-reason": _l("Say why; it stays written."),
    "no-edition-reason": _l("Say why the document is changed."),
    "bad-review-cycle": _l("A document is reviewed every 1 to 120 months."),
    "edition-not-filed": _l("Only what is filed becomes an edition: file its record first."),
    "no-such-law": _l("There is no such law in the register."),
    "no-law-name": _l("A law has a code and a name."),
    "no-such-standing": _l("What was entered cannot be right."),
    "own-successor": _l("A law does not take its own place."),
    "form-not-registered": _l("There is no such form in the register."),
    "no-blank-serial": _l("Give out serials for the class of this form first (Missing numbers)."),
    "no-such-dossier": _l("There is no such dossier, or none that you may see."),
    "no-subject": _l("A dossier needs a title and what it is for: a unit, a machine, a project."),
    "level-below-class": _l("A dossier is at least as confidential as its class."),
    "dossier-open": _l("There is an open dossier for this already."),
    "dossier-closed": _l("This dossier is closed."),
    "in-dossier": _l("It lies there already."),
    "not-in-dossier": _l("That does not lie in this dossier."),
    "no-due-date": _l("Say by when it is due."),
    "nobody-owes": _l("Nobody owes it yet: say who, and by when."),
    "not-waivable": _l("This document is not waived: a dossier without it is not complete."),
    "waiver-asked": _l("It has been asked already."),
    "waiver-decided": _l("It has been decided already."),
    "no-such-waiver": _l("There is no such waiver."),
    "not-complete": _l("It is not complete: documents are missing that nobody has waived."),
    "not-missing": _l("This document is not missing."),
    "no-such-page": _l("There is no such page to draw."),
    "bad-query": _l("The question cannot be understood."),
    "index-broken": _l("The index is being rebuilt; search will be back in a moment."),
    "indexer-error": _l("The file cannot be read right now."),
    "error": _l("Something went wrong."),
    "revision": _l("Somebody else has changed it meanwhile: look at it again."),
    "not-a-draft": _l("Only a draft can be corrected, confirmed or voided."),
    "own-draft": _l("Who drafted a contract does not confirm it: somebody else does."),
    "term-missing": _l("A contract has a first day, and a last one or an open end."),
    "not-confirmed": _l("Only what is confirmed is renewed."),
    "no-term": _l("Only a confirmed contract with a term that was not ended goes on without one."),
    "not-ended": _l("Its term has not ended yet."),
    "overlap": _l("Another contract of this project holds on the same days."),
    "bad-end": _l("Say the last day of a confirmed contract, neither before its first nor after the agreed one."),
    "contract-there": _l("This record stands in the register of contracts already."),
    "no-project": _l("A contract belongs to a project: file its record first."),
    "bad-number": _l("This is no number of days or copies."),
    "bad-term": _l("A contract does not end before it begins."),
    "no-ground": _l("Say why it ends."),
    "no-notice": _l("Say on which day notice was given in writing."),
    "notice-too-short": _l("The law demands notice longer before the last day; see the periods below."),
    "not-indefinite": _l("Only a contract without a term ends like this."),
    "ended-already": _l("It has ended already."),
    "other-project": _l("What follows a contract belongs to the same project."),
    "no-provision": _l("The law of that day does not let a contract go on without a term."),
    "no-evidence": _l("Name the record that proves it, or say where it can be seen."),
    "no-change-said": _l("Say what it changes."),
    "not-amendable": _l("Only a confirmed contract that was not ended is amended."),
    "no-effective-day": _l("Say from which day it is in force."),
    "no-such-amendment": _l("There is no such amendment."),
    "no-such-kind": _l("There is no such kind."),
    "no-such-form": _l("This printout cannot have that form."),
    "bad-parameter": _l("A parameter is not what it should be."),
    "bad-body": _l("The body of the request is not what it should be."),
    "revision-missing": _l("Say which revision you saw."),
    "no-password": _l("Enter the password of the file."),
    "wrong-file-password": _l("The password does not open the file."),
    "cannot-unlock": _l("This file is locked in a way that cannot be opened here."),
    "not-locked": _l("No file here is locked by a password."),
    "no-file": _l("There is no file in the request."),
    "too-many-changes": _l("Rights changed too often in these days to be told at once: narrow them."),
    "choose-level": _l("The file waits at a stricter level than the record has: say which one holds."),
    "not-waiting": _l("Only what waits to be filed becomes a version of another record."),
    "several-files": _l("It has several files of its own; file it as a record."),
    "mailbox-unreachable": _l("A mailbox cannot be looked into right now; nothing in it is lost."),
    "outside": _l("The table names a file outside its folder."),
    "no-file-column": _l("The table needs a column that names the files: file, or 文件."),
    "no-such-job": _l("There is no such job that was given up."),
    "no-such-part": _l("The record has no such file."),
    "no-such-version": _l("The record has no such version."),
    "address-taken": _l("A place of this address is there already."),
    "ambiguous-place": _l("Several sites have a place of this address; scan its label."),
    "bad-place": _l("What is said of the place cannot be right: its kind, what it stands in, or its capacity."),
    "bad-place-code": _l("The code of a place cannot be used: it is empty, too long, or holds a hyphen."),
    "no-such-label": _l("No place and no paper has this label."),
    "no-such-place": _l("There is no such place."),
    "not-a-place": _l("Scan the place second: this is the label of a paper."),
    "not-here": _l("What is not here cannot be moved."),
    "other-site": _l("A place stays at its site."),
    "place-closed": _l("This place is out of use."),
    "place-not-empty": _l("Something stands in this place; move that first."),
    "too-many-papers": _l("Too many papers stand in it; move it part by part."),
    "no-such-stocktake": _l("There is no such stocktake."),
    "no-second-person": _l("Name a second person who keeps these rooms."),
    "not-for-both": _l("This paper is not for both of you: set it aside and report it."),
    "not-seen": _l("Scan the paper first."),
    "stocktake-closed": _l("Nothing is counted any more in this stocktake."),
    "stocktake-counting": _l("Say first that everything was walked over."),
    "not-explained": _l("A difference needs how it came about, who sees to it, and a day."),
    "not-your-stocktake": _l("Two others take this stocktake."),
    "outside-stocktake": _l("This place is not part of the stocktake."),
    "bad-reading": _l("This reading cannot be right: look at day, time, temperature and humidity."),
    "other-reading": _l("This instrument was read at this time already."),
    "no-such-reading": _l("There is no such reading."),
    "reading-struck": _l("This reading is struck out already."),
    "bad-instrument": _l("An instrument has a number and a day that has come; a calibration holds until a later day."),
    "instrument-taken": _l("This is written down already: the number of an instrument, or the day of a calibration."),
    "instrument-retired": _l("This instrument is out of use."),
    "no-such-instrument": _l("There is no such instrument."),
    "no-such-room-action": _l("There is no such corrective action."),
    "room-action-closed": _l("This corrective action is closed."),
    "bad-rule": _l("Such a rule asks nothing of a room: look at the ranges, the numbers and the first day."),
    "no-source": _l("Say where it comes from."),
    "bad-inspection": _l("Say of every item whether it is good, and what is done where it is not."),
    "same-store": _l("The objects lie in this store already."),
    "same-database": _l("The catalogue is in this database already."),
    "other-rows": _l("The database to move to is not empty; name an empty one."),
    "other-objects": _l("Objects of another archive lie in the store to move to; name an empty place."),
    "bucket-file": _l("A file is missing in a bucket."),
    "same-version": _l("These very bytes are the current version already."),
    "in-quarantine": _l("A record in quarantine gets no new version; retry it first."),
    "no-level": _l("Choose a confidentiality level."),
    "already-lent": _l("This paper is spoken for: somebody has asked for it or has it. Reserve it instead."),
    "already-waiting": _l("You are waiting for it already."),
    "no-such-step": _l("This is not possible in its present state; reload the page."),
    "lapsed": _l("It was not collected in five working days: apply again."),
    "reclassified": _l("The record became stricter since it was approved: apply again."),
    "clearance-too-low": _l("The borrower may not have it any more."),
    "no-note": _l("Say what happened."),
    "no-pages": _l("Count the pages."),
    "no-condition": _l("State the condition it is in."),
    "no-reason": _l("Say why: the borrower reads it."),
    "bad-matrix": _l("A line of the approval matrix is not as it should be."),
    "matrix-gap": _l("Every case has exactly one line in the matrix, and what is open anyway has none."),
    "matrix-too-loose": _l("More people have to agree than this matrix asks: at level 2 one, at level 3 two."),
    "matrix-easier": _l("A higher level is never lent longer, or renewed more often, than the one below."),
    "matrix-numbers": _l("A loan is for 1 to 366 days, and renewed 0 to 12 times."),
    "matrix-same": _l("This is the matrix that is in force: nothing would change."),
    "matrix-waits": _l("Another version waits to be agreed to; decide about it first."),
    "matrix-decided": _l("This version of the matrix does not wait to be decided."),
    "own-matrix": _l("Whoever proposes a matrix does not put it in force."),
    "no-such-matrix": _l("There is no such version of the matrix."),
    "nothing-asked": _l("Nothing is asked about this loan at present."),
    "renewed-too-late": _l("A loan is renewed before it is due. Return it, or apply again."),
    "not-settled": _l("It cannot be closed yet: something is out, or not settled."),
    "is-free": _l("It is free: apply for it."),
    "own-loan": _l("Nobody hands out to themselves, nor takes back from themselves."),
    "no-such-login": _l("There is nobody with this login name."),
    "no-such-person": _l("There is nobody of that name who could do this."),
    "own-deputy": _l("A deputy is somebody else."),
    "no-items": _l("A request names what is to be borrowed, each once."),
    "no-letter": _l("Somebody from outside has a name, an organisation and a letter with a number."),
    "recalled": _l("It was called back: return it instead."),
    "nothing-to-renew": _l("There is nothing to renew: nothing of this loan is running."),
    "no-renewals-left": _l("It cannot be renewed any more. Return it, or apply again."),
    "renewal-pending": _l("A renewal has been asked for already and waits for approval."),
    "somebody-waits": _l("Somebody else is waiting for it: return it on the day it is due."),
    "delegation-dates": _l("A delegation ends after it begins, and not in the past."),
    "delegation-too-long": _l("A delegation lasts longer than it may."),
    "own-request": _l("Nobody approves their own request, nor has it approved by a deputy of theirs."),
    "not-asked": _l("It is somebody else who is asked now."),
    "clearance": _l("The records are above your clearance."),
    "second-approval": _l("You have approved this already: every approval is another person's."),
    "no-post": _l("Only somebody who approves has something to delegate."),
    "not-a-person": _l("Only people borrow: sign in, or act as somebody."),
    "loan-ended": _l("The loan has ended. Apply again if it is still needed."),
    "no-session": _l("What is borrowed is read on screen by a person who has signed in."),
    "read-elsewhere": _l("This loan is being read in another session; close it there, or wait two minutes."),
    "undelivered": _l("The message could not be delivered."),
    "too-many-pages": _l("Pages are being turned faster than anybody reads: wait a minute."),
    "password-mismatch": _l("The two new passwords differ."),
    "blocked": _l("Something is more than a week overdue: return it first."),
    "digital-outside": _l("Somebody from outside reads paper under supervision, or gets a copy."),
    "no-paper": _l("No shelf address is known: there is no paper to lend."),
    "no-purpose": _l("Say what it is needed for."),
    "nobody-to-ask": _l("Nobody else holds a post that has to approve; ask the security officer to fill it."),
    "not-enough-people": _l(
        "Each approval must be another person's, and too few people hold these posts: one of them may appoint a "
        "deputy, or the security officer gives somebody the post."
    ),
    "open-already": _l("What is open to the borrower anyway does not have to be borrowed on screen."),
    "no-deed": _l("That cannot be asked for."),
    "no-place": _l("There is no such place."),
    "wish-ended": _l("This wish to restore has ended."),
    "wish-lapsed": _l("It was asked for more than 7 days ago: ask again, and for agreement."),
    "reserved": _l("Somebody else is first in the queue for this paper. Reserve it too."),
    "runs-the-archive": _l("Who runs the archive borrows nothing from it."),
    "not-for-this-token": _l("This token was not made for that. Make one that is."),
    "changed-meanwhile": _l("Somebody else has changed this meanwhile; reload the page."),
    "proposed-already": _l("A proposal for this record is running already."),
    "login-taken": _l("There is somebody with this login name already."),
    "nothing-to-anchor": _l("Nothing has happened yet: there is nothing to anchor."),
    "not-an-address": _l("This is not an e-mail address."),
    "code-taken": _l("This code is taken."),
    "wrong-code": _l("The code is wrong: look again, and check the clock of the telephone."),
    "second-factor-there": _l("You have a second factor already: remove it first."),
    "grant-dates": _l("A grant ends after it begins, within a year, and not in the past."),
    "second-factor-needed": _l("Enter the code that your telephone shows."),
    "not-lower": _l("This does not lower anything: correct the description instead."),
    "bad-code": _l("A code has letters and digits, and there is a name to it."),
    "still-open": _l("It is reviewed when it has ended."),
    "administrators": _l("Who the three administrators are is decided at the server, not by one of the three."),
    "no-such-department": _l("There is no such department."),
    "bad-login": _l("A login name has 1 to 60 characters and no spaces."),
    "no-account": _l("The sign-in service knows you, this archive does not: ask for an account."),
    "clock-right": _l("The clock is not behind the ledger: there is nothing to correct."),
    "own-rights": _l("Nobody gives themselves rights."),
    "no-declassification-reason": _l("Say why it need not be secret any more."),
    "no-finding": _l("Say what you found."),
    "token-days": _l("A token lasts 1 to 366 days."),
    "no-reset": _l("Nobody has asked for a new password for them."),
    "no-anchor": _l("There is no anchor in it."),
    "day-or-event": _l("Name a day or an event, one of them."),
    "second-person": _l("It takes somebody else."),
    "emergency-too-long": _l("An emergency lasts at most four hours."),
    "token-scope": _l("A token is for one of the purposes there are."),
    "other-archive": _l("An anchor is of another archive, not of this one."),
    "own-alert": _l("Somebody else looks into what is said about you."),
    "not-vouched-for": _l("The sign-in service did not vouch for you; try again, or sign in with a password."),
    "enrolment-needed": _l("Your role needs a second factor: set up your telephone first."),
    "term-too-long": _l("The term is longer than may be."),
    "no-retention": _l("A class needs a retention period."),
    "same-case": _l("Two rules of a retention period stand for the same case; name the cases."),
    "bad-retention": _l("The retention period cannot be read; write it like: 终止日 → D10."),
    "bad-deadline": _l("The filing deadline cannot be read; write it like: 7 日."),
    "table-too-large": _l("The table is larger than may be imported at once."),
    "bad-table": _l("This file cannot be read as a table; save it as CSV or XLSX and try again."),
    "columns-missing": _l("The table lacks columns it needs; begin with the export."),
    "class-twice": _l("The file plan names a class twice."),
    "no-class-code": _l("A class needs a code of at most 20 characters and a name."),
    "bad-class": _l("Level, personal information, numbering or review cycle of a class cannot be right."),
    "no-change-reason": _l("Say why the class is changed: it stands with the version."),
    "class-changed": _l("Somebody else has changed this class meanwhile; reload it."),
    "class-closed": _l("This class is closed: it takes no new records. See what took its place."),
    "class-exists": _l("There is a class of this code already."),
    "code-stands": _l("Class and site are part of the reference code, which never changes."),
    "all-kept": _l("Everything filed at this site has a keeper."),
    "bad-package": _l("The package is not whole, was altered, or is of no kind we take. Nothing of it was taken in."),
    "no-package": _l("There is no package at this stage of the handover."),
    "already-frozen": _l("Something on the list is being handed over already."),
    "custody-open": _l("This person keeps records: first they are handed over, then the account is closed."),
    "custody-open-there": _l("This person keeps records there: first they are handed over, then the post is taken."),
    "digest-changed": _l("The list has changed: look at it again, and sign again."),
    "files-count-themselves": _l("Files are compared with their digests by the archive itself."),
    "frozen": _l("It is being handed over: nothing of it is changed or lent until that is finished."),
    "giver-absent": _l(
        "A handover without its giver is planned by the final approver or the security officer, for a custodian only."
    ),
    "no-department": _l("Say which department hands its records in."),
    "no-difference": _l("It is as it should be: there is nothing to explain."),
    "no-explanation": _l("Say how the difference came about."),
    "no-owner": _l("Name somebody who puts it right."),
    "no-such-party": _l("There is nobody of that name who could take part."),
    "no-such-thing": _l("Only keys, passwords, seals and equipment are added by hand."),
    "not-a-keeper": _l("Records are kept by a document controller."),
    "not-yours-to-freeze": _l("Whoever keeps the records freezes the list: it shows them to everybody who takes part."),
    "not-frozen": _l("Freeze the list first."),
    "not-on-list": _l("This is not on the list. If it lies here, count it as surplus."),
    "not-on-loan": _l("No loan is known for it: it is missing, or it is there."),
    "not-reconciled": _l("Something is not counted or not explained."),
    "not-signed": _l("It is completed when everybody has signed."),
    "not-surplus": _l("It stands on the list: it is not surplus."),
    "not-to-be-signed": _l("It is signed when everything is counted and every difference explained."),
    "not-your-part": _l("This belongs to somebody else who takes part."),
    "not-your-turn": _l("The giver signs first, then the receiver, then the supervisor."),
    "nothing-to-hand-over": _l("There is nothing to hand over."),
    "parties-missing": _l("Say who gives, who receives and who supervises."),
    "party-clearance": _l("Somebody who has to sign is not cleared for everything on the list."),
    "party-outside": _l("In this kind of handover somebody else comes from outside."),
    "party-role": _l("Somebody named does not hold the post this part needs."),
    "password-not-changed": _l("A shared password has to be changed before the handover is completed."),
    "pieces-of-nothing": _l("What is not there has no pages."),
    "same-person": _l("Giver, receiver, supervisor and witness are different people."),
    "settle-by": _l("The day by which it is put right lies in the past."),
    "too-many-lines": _l("A handover has at most 50000 records: divide it."),
    "wrong-list-code": _l("The code is not that of this list: print it again and have it signed."),
    "no-label": _l("No label can be read in this photo; go nearer, and mind the light."),
    "bad-segment": _l("A part of the reference code has signs that codes do not take: capitals and digits only."),
    "bad-batch": _l("A batch has 1 to 200 records."),
    "own-handover": _l("Nobody hands over to themselves: name who brought it."),
    "mixed-batch": _l("A batch holds records of one class and one site."),
    "no-such-batch": _l("There is no such batch."),
    "not-filed": _l("Only what is filed and has no reference code yet is accepted."),
    "test-authentic": _l("Its file is not what was captured: mend it from a backup first."),
    "test-no-date": _l("It has no document date: the year of a reference code is that of the document."),
    "test-no-department": _l("It has no department: the reference code names it."),
    "test-no-file": _l("It has no file."),
    "test-unusable": _l("Its file is protected by a password or partly unreadable: get a usable one."),
    "test-unread": _l("Its file has not been read yet: try again in a moment."),
    "no-volume": _l("Choose a volume, or open one by its title."),
    "no-such-volume": _l("There is no such volume."),
    "other-volume": _l("This volume is closed, or of another class or site."),
    "bad-count": _l("Between 1 and 500 blank forms are given out at once."),
    "no-serials": _l("This class has no form serials."),
    "no-void-reason": _l("Say why the number stays empty."),
    "no-such-serial": _l("No blank form of this class and site has this number."),
    "serial-taken": _l("This number is taken, or voided already."),
    "nothing-to-copy": _l("A copy is made of 1 to 300 pages that can be shown."),
    "too-many-labels": _l("At most 960 labels are printed at once: say a shelf."),
    "nothing-overdue": _l("Nothing of this loan is overdue or called back."),
    "nothing-lost": _l("Nothing of this loan was lost or came back damaged."),
    "no-hold-reason": _l("Say why it is held, or why the hold ends."),
    "no-records": _l("A hold is put on records: name them."),
    "own-hold": _l("Who placed a hold does not release it: somebody else does."),
    "no-such-hold": _l("There is no such hold."),
    "hold-released": _l("This hold has been released."),
    "copy-destroyed": _l("The record has been destroyed since, and the copy kept here with it."),
    "files-changed": _l("A record got another file since this was proposed: send it back."),
    "is-destroyed": _l("It has been destroyed: there is nothing to hold."),
    "held": _l("A hold stands on it: it is not disposed of."),
    "no-such-case": _l("The class has no such case."),
    "future-trigger": _l("What has not happened yet triggers nothing."),
    "bad-list": _l("A list has 1 to 500 records."),
    "small-group": _l("A group for appraisal has at least three people."),
    "not-due": _l("It is not due, or there is no such record."),
    "in-a-list": _l("One of these records stands in an open list already."),
    "no-decision": _l("A record is kept longer, kept for ever, or destroyed."),
    "no-decision-reason": _l("Say why: the reason stands in the report."),
    "no-years": _l("Say for how many years it is kept longer."),
    "no-report": _l("A proposal has a report: scope, standards, method, findings."),
    "undecided": _l("Something is not decided yet."),
    "no-witnesses": _l("Two witnesses check the list and sign it first."),
    "own-proposal": _l("Nobody approves what they have proposed."),
    "not-all-seen": _l("The list names records that you may not see: somebody who may see all of it has to do this."),
    "own-disposal": _l("A witness has neither proposed nor approved what is destroyed."),
    "own-disposal-execution": _l("Who carries it out has neither approved nor witnessed it."),
    "cooling-off": _l("It may not be carried out before the cooling-off ends."),
    "signed-already": _l("You have signed already."),
    "no-such-disposal": _l("There is no such disposal."),
}
"""By code: what is said where a sentence has no translation of its own."""

EXACT: tuple[LazyString, ...] = (
    _l("There is no such record."),
    _l("There is no such file."),
    _l("There is no such arrival."),
    _l("There is no such page."),
    _l("The present password is wrong."),
    _l("The new password is the old one."),
    _l("A password needs at least {} characters."),
    _l("A password must not contain the login name."),
    _l("A password needs at least five different characters."),
    _l("A record in quarantine cannot be filed; retry it first."),
    _l("Only a file that lies in quarantine can be tried again."),
    _l("The token is unknown, expired or revoked."),
    _l("The file is larger than {} MB; split it, or raise file_size_max_mb."),
    _l("There is nothing to look for: type at least one letter, digit or character."),
    _l("A confidentiality level is {}, {}, {} or {}, not {}."),
)
"""Sentences whose code says less than they do; {} stands for a number."""

UNREADABLE: tuple[LazyString, ...] = (
    _l("The workbook is damaged; no sheet can be read."),
    _l("The file is one part of a divided zip archive."),
    _l("The document's map of its text is empty."),
    _l("The document's map of its text is damaged."),
    _l("The document holds no text that can be found."),
    _l("The document has no readable beginning."),
    _l("7z archives cannot be unpacked."),
    _l("A part is in a format that cannot be read yet."),
    _l("ARJ and cabinet archives cannot be unpacked."),
    _l("Bzip2 archives cannot be unpacked."),
    _l("Gzip archives cannot be unpacked."),
    _l("LHA archives cannot be unpacked."),
    _l("No sheet of the workbook can be read."),
    _l("No slide of the presentation can be read."),
    _l("Pack200 archives cannot be unpacked."),
    _l("RAR archives cannot be unpacked."),
    _l("Reading took too long."),
    _l("Tar archives cannot be unpacked."),
    _l("The PDF is damaged; no page can be read."),
    _l("The XML is damaged from its beginning."),
    _l("The body of the document is damaged."),
    _l("The content is not what the name says, and of no other kind we know."),
    _l("The content is of no kind we know."),
    _l("The file begins like a zip package, but its directory cannot be read."),
    _l("The file holds more than one file may hand back."),
    _l("The file is a Windows shortcut, which starts a program."),
    _l("The file is a database."),
    _l("The row names no file."),
    _l("The file is a program."),
    _l("The file is a script."),
    _l("The file is empty."),
    _l("The file is larger than one file may be."),
    _l("The package has no content in it."),
    _l("The package has no document in it."),
    _l("The package has no presentation in it."),
    _l("The package has too many members."),
    _l("The package unpacks to far more than a document can be."),
    _l("The package's directory cannot be read."),
    _l("The pages of this file cannot be drawn."),
    _l("The reader answered nonsense."),
    _l("The reader crashed on this file."),
    _l("The reader failed on this file."),
    _l("The workbook has no readable list of sheets."),
    _l("The workbook has no sheets."),
    _l("There is no such page to draw."),
    _l("This page is damaged and cannot be drawn."),
    _l("XZ archives cannot be unpacked."),
    _l("Zip archives cannot be unpacked yet."),
    _l("Zstandard archives cannot be unpacked."),
)
"""Why a file is in quarantine, as its reader said it; what is not here is said by its code."""

REFUSALS: Mapping[str, LazyString] = {
    Action.FIND: _l("The rules do not let you see this record."),
    Action.READ: _l("The rules do not let you read this record. Apply to borrow it, or ask the responsible post."),
    Action.DOWNLOAD: _l(
        "The rules do not let you download this record. "
        "Read it on screen, or ask a document controller for a certified copy."
    ),
    Action.DESCRIBE: _l(
        "The rules do not let you describe this record. Ask a document controller of this site to correct it."
    ),
    Action.FILE: _l("The rules do not let you file this record. Ask a document controller of this site to file it."),
    "read-text": _l("The rules do not let you copy the text of this record. Read its pages as pictures."),
    "borrow": _l("The rules do not let you borrow this record. Ask the responsible post."),
    "hand-out": _l("The rules do not let you hand out this record. Ask a document controller of this site."),
    "declassify": _l(
        "The rules do not let you declassify this record. Ask a document controller of this site or the responsible "
        "post."
    ),
    "agree-to-declassify": _l(
        "The rules do not let you agree to declassify this record. It takes the responsible post, the security officer "
        "or the final approver."
    ),
}

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def code_of(error: Exception) -> str:
    """The stable code of any error, for programs."""
    if isinstance(error, Denied):
        return error.reason
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return code
    name = getattr(error, "name", None) or "unexpected"
    return re.sub(r"[^a-z]+", "-", str(name).lower()).strip("-")


def sentence(error: Exception) -> str:
    """What an error of the house says, in the reader's language."""
    if isinstance(error, Denied):
        return _refusal(error)
    return reason(code_of(error), str(error))


def reason(code: str, text: str) -> str:
    """A sentence that was written down in English, in the reader's language: itself, or by its code."""
    if language.language() == "en":
        return text or str(SENTENCES.get(code, code))
    return translated(text) or (str(SENTENCES[code]) if code in SENTENCES else text or code)


FAULTS: Mapping[str, LazyString] = {
    "too-long": _l("The question has %(found)s characters; at most 500 are understood."),
    "nothing": _l("There is nothing to look for: type at least one letter, digit or character."),
    "only-left-out": _l("There are only words to leave out; add at least one word to look for."),
    "too-many": _l("There are more than 40 words; put a sentence in quotes."),
    "too-deep": _l("At character %(at)s there are too many brackets inside each other; leave some out."),
    "no-value": _l("At character %(at)s: behind “%(found)s” nothing is said; write for example %(instead)s"),
    "bad-time": _l("At character %(at)s: “%(found)s” is no time; write 2026, 2026-03, 2026-03-01, 2025..2026 or <90天"),
    "no-such-day": _l("At character %(at)s: there is no day “%(found)s”; write a date as 2026-03-01"),
    "backwards": _l("At character %(at)s: “%(found)s” ends before it begins; write %(instead)s"),
    "no-class": _l("At character %(at)s: there is no class “%(found)s”; write for example %(instead)s"),
    "no-site": _l("At character %(at)s: there is no site “%(found)s”; write for example %(instead)s"),
    "no-department": _l("At character %(at)s: there is no department “%(found)s”; write for example %(instead)s"),
    "no-level": _l("At character %(at)s: there is no level “%(found)s”; write 0, 1, 2 or 3"),
    "open-quote": _l("The quote at character %(at)s is not closed; it was taken to go to the end."),
    "open-bracket": _l("A bracket is not closed; it was taken to go to the end."),
    "stray-sign": _l("“%(found)s” at character %(at)s joins nothing and was left out."),
    "unknown-field": _l(
        "“%(found)s” at character %(at)s is not the name of a field, so it was looked for as it stands."
    ),
}
"""What is wrong with a question, or how it was understood all the same."""


def fault(one: BadQuery | Remark) -> str:
    return str(FAULTS[one.kind]) % {"at": one.at, "found": one.found, "instead": getattr(one, "instead", "")}


def translated(text: str) -> str:
    """The sentence in the reader's language, whatever numbers are in it; empty if nobody has translated it."""
    if language.language() == "en":
        return text
    pattern = _NUMBER.sub("{}", text)
    for key in (text, pattern):
        found = gettext(key) if key else ""
        if found and found != key:
            return found.format(*_NUMBER.findall(text)) if key == pattern else found
    return ""


def _refusal(error: Denied) -> str:
    if language.language() == "en":
        return str(error)
    if error.reason == "not-your-duty":
        return gettext("This is the duty of: %(roles)s. Ask one of them.", roles=duty_of(error.action))
    if error.reason == "not-in-scope":
        return str(REFUSALS.get(error.action, SENTENCES["error"]))
    return reason(error.reason, str(error))


def duty_of(action: Action) -> str:
    roles = sorted(DUTIES[action] - {Role.OPERATOR, Role.SERVICE})
    return gettext(", ").join(str(ROLES[role]) for role in roles)


def kind_of(error: str) -> str:
    """What may be shown of why a job failed: a sentence of ours, or the kind of an error that may quote a document."""
    unexpected = re.match(r"(\w+)\(", error)
    return unexpected[1] if unexpected else error


FILTERS: Mapping[str, Callable[..., str]] = {"reason": reason, "translated": translated, "kind_of": kind_of}
