"""What was done is said on the next page, with a link to where it goes on."""

import flask
from markupsafe import Markup


def flash(said: str, there: str, label: str) -> None:
    """A sentence, and behind it the way to what it is about or to what follows."""
    flask.flash(Markup('{} <a href="{}">{}</a>').format(said, there, label))
