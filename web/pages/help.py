"""Help: the handbook with search in it, the chapter that explains a page, and the words of the field."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.errors import NotFound
from web import handbook, language

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
def index() -> str:
    words = request.args.get("q", "").strip()[:100]
    spoken = language.language()
    return render_template(
        "help/index.html", chapters=handbook.chapters(spoken), words=words, hits=handbook.find(spoken, words)
    )


@blueprint.get("/<int:number>")
def chapter(number: int) -> str:
    every = handbook.chapters(language.language())
    if not 1 <= number <= len(every):
        raise NotFound("There is no such page.")
    return render_template("help/chapter.html", chapter=every[number - 1], every=every)


@blueprint.get("/of/<area>")
def of(area: str) -> ResponseReturnValue:
    """To the chapter that explains this area of pages."""
    found = handbook.of_area(language.language(), area)
    if found is None:
        return redirect(url_for("help.index"))
    return redirect(url_for("help.chapter", number=found[0], _anchor=found[1] or None))


@blueprint.get("/glossary")
def glossary() -> str:
    said = request.args.get("q", "").strip()[:100]
    found = handbook.find_words(language.language(), said)
    return render_template("help/glossary.html", found=found, said=said)
