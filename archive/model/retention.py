"""How long what is kept: a rule is case, trigger, term and action, written as the schedule of a company is written.

    一般: D10; 重要: 终止日 → D30; 证照: Y

Rules stand side by side, each `case: trigger → term → action (remark)`; all but the term may be left out. A term is
Y (permanent), D30 (archival, thirty years) or `3 年` (an operational record that gets no place in the archive).
The first rule holds where nobody has said which case it is. Nothing is ever destroyed because a term has ended
(INV-05): the action says what is proposed to those who appraise.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from archive.errors import Invalid

Action = Literal["keep", "review", "transfer", "destroy"]

ACTIONS: dict[str, Action] = {"鉴定": "review", "移交": "transfer", "销毁": "destroy", "永久保存": "keep"}
"""What a schedule may say is to be proposed when a term has ended."""

YEARS_MAX = 999

_REMARK = re.compile(r"\(([^()]*)\)")
_TERM = re.compile(r"(?:(Y)|D(\d{1,3})|(\d{1,3}) ?(?:年|years?|y))$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a retention schedule.

    An empty trigger, or one that ends in 年度, is the year of the document itself; any other is an event that
    somebody has to state before the term begins to run.
    """

    case: str
    trigger: str
    years: int | None
    """None: permanent."""
    archival: bool
    """False for an operational record, kept in monthly bundles under its form serial."""
    action: Action
    remark: str = ""

    @property
    def by_event(self) -> bool:
        return self.trigger != "" and not self.trigger.endswith("年度")

    @property
    def code(self) -> str:
        """The period as a reference code has it."""
        return "Y" if self.years is None else f"D{self.years}"

    def ends_on(self, began: date) -> date | None:
        """The first day on which this may be appraised; None if it is permanent.

        A term runs from the first of January after the day it was triggered (起算), whatever day that was.
        """
        return None if self.years is None else date(min(began.year + 1 + self.years, date.max.year), 1, 1)


def parse(schedule: str) -> tuple[Rule, ...]:
    """The rules of a schedule, in their order. Raises Invalid and says which part cannot be read."""
    text = unicodedata.normalize("NFKC", schedule).replace("->", "→")
    rules = tuple(_rule(part.strip()) for part in re.split(r"[;\n]", text) if part.strip())
    if not rules:
        raise Invalid("A class needs a retention period.", "no-retention")
    if len({rule.case for rule in rules}) != len(rules):
        raise Invalid("Two rules of a retention period stand for the same case; name the cases.", "same-case")
    return rules


def rule_for(rules: tuple[Rule, ...], case: str) -> Rule:
    """The rule of this case; the first where none is stated or the case is not among them any more."""
    return next((rule for rule in rules if rule.case == case), rules[0])


def _rule(part: str) -> Rule:
    remark = "; ".join(found.strip() for found in _REMARK.findall(part))
    words = [word.strip() for word in _REMARK.sub("", part).split("→")]
    case, colon, rest = words[0].rpartition(":")
    words[0] = rest.strip()
    action = ACTIONS[words.pop()] if len(words) > 1 and words[-1] in ACTIONS else None
    found = _TERM.match(words[-1])
    if found is None or len(words) > 2 or (colon and not case.strip()):
        raise Invalid(f"The retention period {part!r} cannot be read; write it like: 终止日 → D10.", "bad-retention")
    digits = found[2] or found[3]
    years = None if found[1] else int(digits)
    if years == 0:
        raise Invalid(f"The retention period {part!r} cannot be read; write it like: 终止日 → D10.", "bad-retention")
    return Rule(
        case=case.strip(),
        trigger=words[0] if len(words) == 2 else "",
        years=years,
        archival=found[3] is None,
        action=action or ("keep" if years is None else "review"),
        remark=remark,
    )


# ---- By when a paper has to be handed to the archive ----

_DEADLINE = re.compile(
    r"(?:(?P<days>\d+) ?日|(?P<months>\d+) ?个月|月末后 ?(?P<after>\d+) ?日|次年 ?(?P<month>\d+) ?月)$"
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many days or months after the date of the paper, after the end of its month, or in the next year."""

    days: int = 0
    months: int = 0
    after_month: int | None = None
    next_year_month: int | None = None

    def ends_on(self, dated: date) -> date:
        """The last day on which a paper of this date may be filed."""
        if self.next_year_month is not None:
            return last_of_month(dated.year + 1, self.next_year_month)
        if self.after_month is not None:
            return last_of_month(dated.year, dated.month) + timedelta(days=self.after_month)
        year, month = divmod(dated.year * 12 + dated.month - 1 + self.months, 12)
        there = last_of_month(year, month + 1)
        return there.replace(day=min(dated.day, there.day)) + timedelta(days=self.days)


def parse_deadline(text: str) -> Deadline | None:
    """`7 日`, `2 个月`, `月末后 10 日`, `次年 6 月`; nothing where nothing is said. Raises Invalid otherwise."""
    if not text.strip():
        return None
    found = _DEADLINE.match(unicodedata.normalize("NFKC", text).strip())
    month = int(found["month"]) if found and found["month"] else None
    if found is None or (month is not None and not 1 <= month <= 12):
        raise Invalid(f"The filing deadline {text!r} cannot be read; write it like: 7 日.", "bad-deadline")
    return Deadline(
        days=int(found["days"] or 0),
        months=int(found["months"] or 0),
        after_month=int(found["after"]) if found["after"] else None,
        next_year_month=month,
    )


def last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
