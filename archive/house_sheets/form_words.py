"""表单英文用语: names of forms, their fields, choices and occasions, as an English page says them."""

from access.rules import Action
from archive.house_sheets import plan_words
from archive.house_sheets.plan_words import Phrase
from archive.tables.house_sheets import Line

TITLE = {"zh": "表单英文用语", "en": "English of the forms"}
DUTY = Action.SEE_DOCUMENTS
COLUMNS = plan_words.COLUMNS
KEY = plan_words.KEY
FILE = "form_words.csv"


def check(line: Line) -> Phrase:
    return plan_words.check(line)
