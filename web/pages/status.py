"""How the archive is doing, for those who keep it running."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import indexing, outbox, status
from archive.errors import Conflict
from web import backup_words, current, notice_words, sentences
from web.language import gettext

blueprint = Blueprint("status", __name__)


@blueprint.post("/status/jobs")
def retry_jobs() -> ResponseReturnValue:
    count = status.retry_jobs(current.archive(), current.actor(), request.form.get("job", None, int))
    flash(gettext("%(count)s jobs are tried again.", count=count))
    return redirect(url_for("status.show"), 303)


@blueprint.post("/status/index")
def rebuild_index() -> ResponseReturnValue:
    indexing.want_rebuild(current.archive(), current.actor())
    return redirect(url_for("status.show"), 303)


@blueprint.post("/status/index/stop")
def stop_rebuild() -> ResponseReturnValue:
    try:
        indexing.stop_rebuild(current.archive(), current.actor())
    except Conflict as error:
        flash(sentences.sentence(error), "problem")
    return redirect(url_for("status.show"), 303)


@blueprint.get("/status")
def show() -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "status/show.html",
        status=status.of(archive, actor),
        posts=outbox.post(archive, actor),
        told=notice_words,
        ended=backup_words.OUTCOMES,
    )
