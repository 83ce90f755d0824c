"""Which language and which colours a page has: what was chosen in this browser, else the archive's setting."""
# Flask-Babel's types are incomplete; gettext and lazy_gettext below are the whole of it for everybody else.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

import flask_babel
from flask import Response, g, request
from flask_babel import LazyString
from werkzeug.wrappers import Response as AnyResponse

from web import current

LANGUAGES = {"zh": "中文", "en": "English"}
THEMES = ("auto", "light", "dark")
LANGUAGE_COOKIE = "muniment_language"
THEME_COOKIE = "muniment_theme"
_LASTS_S = 400 * 24 * 3600


def gettext(text: str, **values: object) -> str:
    """The text in the reader's language, with %(name)s filled in."""
    return flask_babel.gettext(text, **values)


def ngettext(one: str, several: str, num: int) -> str:
    """The text for so many, in the reader's language; %(num)s is how many."""
    return flask_babel.ngettext(one, several, num)


def lazy_gettext(text: str) -> LazyString:
    """The text in the language of whoever reads it later: for tables."""
    return flask_babel.lazy_gettext(text)


def language() -> str:
    """zh or en. Programs with a token get English unless they ask for Chinese: their readers expect it."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    if g.get("by_token", False):
        return request.accept_languages.best_match(("en", "zh"), "en")
    return current.archive().settings.language


def theme() -> str:
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def remember(response: AnyResponse | Response, name: str, value: str) -> None:
    secure = current.archive().settings.tls_proxy
    response.set_cookie(name, value, max_age=_LASTS_S, httponly=True, samesite="Lax", secure=secure)
