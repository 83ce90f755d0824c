"""What a reader typed, as a value every engine understands.

Grammar: words side by side mean AND; "quotes" a phrase; `-word` (or NOT, 非) excludes; OR, 或 or `|` and brackets
group; `=3号楼` asks for whole numbers and words only; full-width forms of all signs are understood. A name and a
colon limit to a field (`档号:`, `甲方:`), a label (`类:`, `密级:`) or a time (`日期:2025..2026`, `到期:<90天`).

AND binds closer than OR: `a b OR c` means (a and b) or c. Signs have a meaning only where a word could begin, so
that `京建发(2019)3号`, `JF01-HT` and `关于“物业费”的通知` can be typed or pasted as they are. What is only half
said is repaired, and a remark says how (an open quote closes at the end, a stray OR is nothing, the unknown
field `注意:` is ordinary text); what could mean anything is refused with the place and what to write instead.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Union

from indexer import times, words
from indexer.errors import BadQuery
from indexer.forms import other_forms

LETTERS_MAX: Final = 500
PHRASES_MAX: Final = 40
DEPTH_MAX: Final = 12

TEXTS: Final = {
    "title": "title",
    "题名": "title",
    "标题": "title",
    "number": "number",
    "档号": "number",
    "编号": "number",
    "文号": "number",
    "合同号": "number",
    "party": "party",
    "当事人": "party",
    "甲方": "party",
    "乙方": "party",
    "单位": "party",
    "责任者": "party",
}
"""What may stand before a colon and limit words to a field, folded."""

LABELS: Final = {
    "class": "class",
    "类": "class",
    "类别": "class",
    "分类": "class",
    "level": "level",
    "密级": "level",
    "site": "site",
    "项目": "site",
    "小区": "site",
    "department": "department",
    "部门": "department",
}
"""What may stand before a colon and name a value of a label."""

TIMES: Final = {
    "date": "date",
    "日期": "date",
    "时间": "date",
    "year": "date",
    "年度": "date",
    "expires": "term_to",
    "到期": "term_to",
}
"""What may stand before a colon and a stretch of time."""

FIELDS: Final = {**TEXTS, **LABELS, **TIMES}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive text as typed (folded). A single word is a phrase too: every part of a text must match."""

    text: str
    field: str | None = None
    """None: any field; else `title`, `number` or `party`."""
    quoted: bool = False
    """Asked for as it stands, so that it is never loosened."""
    whole: bool = False
    """Letters and digits at its ends are whole runs, and no other form of it will do."""
    weight: float = 1.0
    """What it counts in the order of answers."""
    piece: bool = False
    """A part of a sentence: asked of what speaks of it, while a word is rather asked of what is called so."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Entries whose label has one of these values."""

    label: str
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """Entries whose label has a value from `low` to `high`, both included, in the order of texts."""

    label: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Enough:
    """At least so many of these phrases. `hints` match nothing, but those who have them come first."""

    parts: tuple[Phrase, ...]
    least: int
    hints: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Union[Phrase, Labelled, Between, All, Any, Enough, Not]  # noqa: UP007 - forward references do not take |


@dataclass(frozen=True, slots=True)
class Remark:
    """How something that was only half said was understood; `kind` is stable, `at` counts letters from 1."""

    kind: str
    at: int
    found: str


@dataclass(frozen=True, slots=True)
class Query:
    """`root` None is the empty question, which matches everything."""

    root: Node | None
    typed: str = ""
    """All of it, as it was typed: entries that are called so come first."""
    remarks: tuple[Remark, ...] = ()


Meaning = Callable[[str, str], frozenset[str]]
"""The values that a word (folded) means for a label; raises BadQuery when it means none."""


def as_it_stands(_label: str, text: str) -> frozenset[str]:
    """The meaning of a word where nobody knows better."""
    return frozenset({text})


SOME_DAY: Final = date(2000, 1, 1)
"""Today for those who only want the words of a question."""


def parse(typed: str, *, meaning: Meaning = as_it_stands, today: date = SOME_DAY) -> Query:
    """Understand what was typed; `today` is what 今年 and <90天 count from. Raises BadQuery if it makes no sense."""
    typed = typed.strip()
    if len(typed) > LETTERS_MAX:
        raise BadQuery(
            f"The question has {len(typed)} characters; at most {LETTERS_MAX} are understood.",
            kind="too-long",
            at=LETTERS_MAX + 1,
            found=str(len(typed)),
        )
    if not typed:
        return Query(None, "")
    remarks: list[Remark] = []
    signs = _joined_words(list(_signs(typed, remarks)), remarks)
    root = _Reader(signs, remarks, meaning, today).alternatives(0)
    if root is None:
        raise BadQuery(
            "There is nothing to look for: type at least one letter, digit or character.",
            kind="nothing",
            at=1,
            found=typed,
        )
    if not any(True for _ in _asked(root)):
        raise BadQuery(
            "There are only words to leave out; add at least one word to look for.",
            kind="only-left-out",
            at=1,
            found=typed,
        )
    if sum(1 for _ in phrases(root)) > PHRASES_MAX:
        raise BadQuery(f"The question has more than {PHRASES_MAX} words; put a sentence in quotes.", kind="too-many")
    return Query(root, typed, tuple(sorted(remarks, key=lambda remark: remark.at)))


def spellings(phrase: Phrase) -> tuple[tuple[str, bool], ...]:
    """The texts that answer a phrase, each with whether its ends must be whole runs."""
    if phrase.whole:
        return ((phrase.text, True),)
    return ((phrase.text, False), *((form, True) for form in other_forms(phrase.text)))


def phrases(node: Node | None) -> Iterator[Phrase]:
    """Every phrase of a question, excluded ones too."""
    match node:
        case None | Labelled() | Between():
            return
        case Phrase():
            yield node
        case Not(part):
            yield from phrases(part)
        case _:
            for part in node.parts:
                yield from phrases(part)


def wanted(node: Node | None) -> Iterator[Phrase]:
    """The phrases an answer may contain: those under Not are left out."""
    for part in _asked(node):
        if isinstance(part, Phrase):
            yield part


def hints(node: Node | None) -> Iterator[Phrase]:
    """What counts in the order of answers, besides what is wanted."""
    match node:
        case Enough(_, _, found):
            yield from found
        case All(parts) | Any(parts):
            for part in parts:
                yield from hints(part)
        case _:
            return


def _asked(node: Node | None) -> Iterator[Phrase | Labelled | Between]:
    match node:
        case None | Not():
            return
        case Phrase() | Labelled() | Between():
            yield node
        case _:
            for part in node.parts:
                yield from _asked(part)


@dataclass(frozen=True, slots=True)
class _Sign:
    """`kind` is one of ( ) - | & : = `word` and `quoted`; `text` is the field or the words; `at` counts from 1."""

    kind: str
    at: int
    text: str = ""


_OPENING_QUOTES = '"“”„‟＂「『'
_CLOSING_QUOTES = '"“”„‟＂」』'
_MINUS = "-－−﹣"
_OPEN = "(（"
_CLOSE = ")）"
_OR = "|｜"
_EQUALS = "=＝"
_WORD_SIGNS = {"OR": "|", "ＯＲ": "|", "AND": "&", "ＡＮＤ": "&", "NOT": "-", "ＮＯＴ": "-"}
_HAN_SIGNS = {"或": "|", "或者": "|", "非": "-", "且": "&", "并且": "&"}
"""Signs only between two words: alone, they are characters like any other."""
_FIELD = re.compile(r"(\w+)\s*[:：](\s*)")
_QUOTED = re.compile(f"[{_OPENING_QUOTES}]([^{_CLOSING_QUOTES}]*)([{_CLOSING_QUOTES}]?)")


def _signs(typed: str, remarks: list[Remark]) -> Iterator[_Sign]:
    at = 0
    depth = 0
    valued = False  # the value of a label or time comes next, in which signs are text
    while at < len(typed):
        letter, here = typed[at], at + 1
        if letter.isspace():
            at += 1
            continue
        if letter in _OPEN:
            depth += 1
            at += 1
            yield _Sign("(", here)
        elif letter in _CLOSE:
            if not depth:
                remarks.append(Remark("stray-sign", here, letter))
            depth = max(0, depth - 1)
            at += 1
            yield _Sign(")", here)
        elif letter in _OR:
            at += 1
            yield _Sign("|", here, letter)
        elif letter in _MINUS and not valued:
            at += 1
            if typed[at : at + 1].strip():
                yield _Sign("-", here, letter)
            else:
                remarks.append(Remark("stray-sign", here, letter))
        elif letter in _EQUALS and typed[at + 1 : at + 2].strip() and not valued:
            at += 1
            yield _Sign("=", here, letter)
        elif quoted := _QUOTED.match(typed, at):
            at = quoted.end()
            if not quoted.group(2):
                remarks.append(Remark("open-quote", here, letter))
            yield _Sign("quoted", here, quoted.group(1))
        elif (named := _FIELD.match(typed, at)) and (field := words.fold(named.group(1))) in FIELDS and not valued:
            at = named.end()
            valued = field not in TEXTS
            yield _Sign(":", here, field)
            continue
        else:
            if named and not valued and not named.group(1).isdecimal() and typed[named.end() : named.end() + 1] != "/":
                remarks.append(Remark("unknown-field", here, named.group(1)))
            end = _word_end(typed, at, depth)
            word = typed[at:end]
            at = end
            yield _Sign(_WORD_SIGNS.get(word, "word"), here, word)
        valued = False
    if depth:
        remarks.append(Remark("open-bracket", len(typed), "("))


def _joined_words(signs: list[_Sign], remarks: list[Remark]) -> list[_Sign]:
    """或 and 非 are signs where they stand between two words; OR at an end is a stray sign."""
    told = list(signs)
    for i, sign in enumerate(signs):
        before, behind = signs[i - 1].kind if i else "", signs[i + 1].kind if i + 1 < len(signs) else ""
        between = before in ("word", "quoted", ")") and behind in ("word", "quoted", "(", ":", "=")
        if sign.kind == "word" and sign.text in _HAN_SIGNS and between:
            told[i] = replace(sign, kind=_HAN_SIGNS[sign.text])
        elif sign.kind == "|" and not (before in ("word", "quoted", ")") and behind not in ("", ")", "|")):
            remarks.append(Remark("stray-sign", sign.at, sign.text))
    return told


def _word_end(typed: str, at: int, depth: int) -> int:
    """Where the word that begins here ends: at a blank, an OR sign, or the bracket of a group around it."""
    inner = 0
    for end in range(at, len(typed)):
        letter = typed[end]
        if letter.isspace() or letter in _OR:
            return end
        if letter in _OPEN:
            inner += 1
        elif letter in _CLOSE:
            if inner == 0 and depth > 0:
                return end
            inner = max(0, inner - 1)
    return len(typed)


class _Reader:
    """Signs become nodes. Every sign is used up; what has no meaning where it stands is passed over."""

    def __init__(self, signs: list[_Sign], remarks: list[Remark], meaning: Meaning, today: date) -> None:
        self._signs = signs
        self._remarks = remarks
        self._meaning = meaning
        self._today = today
        self._at = 0

    def alternatives(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while self._at < len(self._signs):
            if (part := self._together(depth)) is not None:
                parts.append(part)
            if not self._next("|") and depth and self._next(")"):
                break
        return _one(Any, parts)

    def _together(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while self._at < len(self._signs):
            sign = self._signs[self._at]
            if sign.kind == "|" or (sign.kind == ")" and depth):
                break
            if (part := self._part(depth)) is not None:
                parts.append(part)
        return _one(All, parts)

    def _part(self, depth: int) -> Node | None:
        """One word or group; None where there is only a sign without meaning."""
        sign = self._signs[self._at]
        self._at += 1
        match sign.kind:
            case "word" | "quoted":
                return _phrase(sign)
            case "(" if depth >= DEPTH_MAX:
                raise BadQuery(
                    f"Brackets are {DEPTH_MAX} deep here; at most {DEPTH_MAX - 1} are understood.",
                    kind="too-deep",
                    at=sign.at,
                    found="(",
                )
            case "(":
                return self.alternatives(depth + 1)
            case "-" | "=" | ":" if self._at < len(self._signs) and self._signs[self._at].kind in _PARTS:
                return self._changed(sign, depth)
            case ":":
                raise _no_value(sign)
            case "-" | "=":
                self._remarks.append(Remark("stray-sign", sign.at, sign.text))
                return None
            case _:
                return None

    def _changed(self, sign: _Sign, depth: int) -> Node | None:
        """The part that follows a minus, an equals sign or the name of a field."""
        begin = self._signs[self._at]
        if sign.kind == ":" and begin.kind in ("word", "quoted") and sign.text not in TEXTS:
            self._at += 1
            return self._named(sign, begin.text)
        part = self._part(depth)
        if part is None:
            if sign.kind == ":":
                raise _no_value(sign)
            return None
        match sign.kind:
            case "-":
                return Not(part)
            case "=":
                return _each(part, lambda phrase: replace(phrase, whole=True))
            case _ if sign.text in TEXTS:
                field = TEXTS[sign.text]
                return _each(part, lambda phrase: phrase if phrase.field else replace(phrase, field=field))
            case _:
                return _each(part, lambda phrase: self._named(sign, phrase.text))

    def _named(self, sign: _Sign, text: str) -> Node:
        """The value of a label, or several with commas between; or a stretch of time."""
        try:
            if sign.text in TIMES:
                low, high = times.between(text, self._today, ahead=TIMES[sign.text] == "term_to")
                return Between(TIMES[sign.text], low, high)
            label = LABELS[sign.text]
            values = filter(None, (words.fold(value).strip() for value in re.split("[,，、;；]", text)))
            return Labelled(label, frozenset(code for value in values for code in self._meaning(label, value)))
        except BadQuery as error:
            raise BadQuery(str(error), kind=error.kind, at=sign.at, found=error.found, instead=error.instead) from None

    def _next(self, kind: str) -> bool:
        if self._at < len(self._signs) and self._signs[self._at].kind == kind:
            self._at += 1
            return True
        return False


_PARTS = ("word", "quoted", "(", ":", "=")


def _no_value(sign: _Sign) -> BadQuery:
    example = {"title": "合同", "number": "2026", "party": "物业公司", "class": "HT01", "level": "1", "site": "JF01"}
    example |= {"department": "SWB", "date": "2025..2026", "term_to": "<90天"}
    instead = f"{sign.text}:{example[FIELDS[sign.text]]}"
    return BadQuery(
        f"Behind {sign.text}: nothing is said; write for example {instead}",
        kind="no-value",
        at=sign.at,
        found=f"{sign.text}:",
        instead=instead,
    )


def _phrase(sign: _Sign) -> Phrase | None:
    folded = " ".join(words.fold(sign.text).split())
    return Phrase(folded, quoted=sign.kind == "quoted") if words.split(folded) else None


def _one(kind: type[All] | type[Any], parts: list[Node]) -> Node | None:
    different = tuple(dict.fromkeys(parts))
    if not different:
        return None
    return different[0] if len(different) == 1 else kind(different)


def _each(node: Node, change: Callable[[Phrase], Node]) -> Node:
    match node:
        case Phrase():
            return change(node)
        case Not(part):
            return Not(_each(part, change))
        case All(parts):
            return All(tuple(_each(part, change) for part in parts))
        case Any(parts):
            return Any(tuple(_each(part, change) for part in parts))
        case _:
            return node
