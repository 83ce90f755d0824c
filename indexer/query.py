"""What a reader typed, as a value every engine understands.

Grammar: words side by side mean AND; "quotes" a phrase; `-word` excludes; OR or `|` and brackets group;
full-width forms of all signs are understood. `number:` / `档号:` and `title:` / `题名:` limit a word to a field.

AND binds closer than OR: `a b OR c` means (a and b) or c. Signs have a meaning only where a word could begin, so
that `京建发(2019)3号`, `JF01-HT` and `关于“物业费”的通知` can be typed or pasted as they are. What is only half
said is repaired (an open quote or bracket closes at the end, a stray OR is nothing); an unknown field
(`注意:`) is ordinary text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Union

from indexer import words
from indexer.errors import BadQuery

LETTERS_MAX: Final = 500
PHRASES_MAX: Final = 40
DEPTH_MAX: Final = 12
PIECES_MAX: Final = 60

FIELDS: Final = {
    "title": "title",
    "题名": "title",
    "标题": "title",
    "number": "number",
    "档号": "number",
    "编号": "number",
    "文号": "number",
    "party": "party",
    "当事人": "party",
}
"""What may stand before a colon, folded."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive text as typed (folded). A single word is a phrase too: every Han substring must match."""

    text: str
    field: str | None = None
    """None: any field; else `title`, `number` or `party`."""


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Union[Phrase, All, Any, Not]  # noqa: UP007 - forward references do not take |


@dataclass(frozen=True, slots=True)
class Query:
    """`root` None is the empty question, which matches everything."""

    root: Node | None
    typed: str = ""


def parse(typed: str) -> Query:
    """Understand what was typed. Raises BadQuery only when no sense can be made of it."""
    typed = typed.strip()
    if len(typed) > LETTERS_MAX:
        raise BadQuery(f"The question has {len(typed)} characters; at most {LETTERS_MAX} are understood.")
    if not typed:
        return Query(None, "")
    root = _Reader(list(_signs(typed))).alternatives(0)
    if root is None:
        raise BadQuery("There is nothing to look for: type at least one letter, digit or character.")
    if not any(True for _ in wanted(root)):
        raise BadQuery("There are only words to leave out; add at least one word to look for.")
    if sum(1 for _ in phrases(root)) > PHRASES_MAX:
        raise BadQuery(f"The question has more than {PHRASES_MAX} words; put a sentence in quotes.")
    return Query(root, typed)


def loosened(query: Query) -> Query | None:
    """The same question for when nothing answers it literally: any two neighbouring characters, any number or name.

    Meant for whole sentences (`电梯坏了谁来修`): the best of the many answers come first, their total says little.
    Exclusions and fields stay. None when the question has nothing to loosen.
    """
    if query.root is None:
        return None
    literal = tuple(dict.fromkeys(wanted(query.root)))
    pieces = tuple(dict.fromkeys(piece for phrase in literal for piece in _pieces(phrase)))[:PIECES_MAX]
    anything = _one(Any, list(pieces))
    if anything is None:
        return None
    root = _one(All, [anything, *_left_out(query.root)])
    return None if root == query.root else Query(root, query.typed)


def _pieces(phrase: Phrase) -> Iterator[Phrase]:
    tokens = words.split(phrase.text)
    for i, token in enumerate(tokens):
        alone = not token.glued and not (i and tokens[i - 1].glued)
        if token.glued:
            yield replace(phrase, text=token.text + tokens[i + 1].text)
        elif alone and (not token.han or len(tokens) == 1):
            yield replace(phrase, text=token.text)


def _left_out(node: Node) -> Iterator[Not]:
    match node:
        case Not():
            yield node
        case All(parts):
            for part in parts:
                yield from _left_out(part)
        case Phrase() | Any():
            return


def phrases(node: Node | None) -> Iterator[Phrase]:
    """Every phrase of a question, excluded ones too."""
    match node:
        case None:
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
    match node:
        case None | Not():
            return
        case Phrase():
            yield node
        case _:
            for part in node.parts:
                yield from wanted(part)


@dataclass(frozen=True, slots=True)
class _Sign:
    """`kind` is one of ( ) - | & : and `word`; `text` is the field or the words."""

    kind: str
    text: str = ""


_OPENING_QUOTES = '"“”„‟＂「『'
_CLOSING_QUOTES = '"“”„‟＂」』'
_MINUS = "-－−﹣"
_OPEN = "(（"
_CLOSE = ")）"
_OR = "|｜"
_WORD_SIGNS = {"OR": "|", "ＯＲ": "|", "AND": "&", "ＡＮＤ": "&"}
_FIELD = re.compile(r"(\w+)\s*[:：]\s*(?=\S)")
_QUOTED = re.compile(f"[{_OPENING_QUOTES}]([^{_CLOSING_QUOTES}]*)[{_CLOSING_QUOTES}]?")


def _signs(typed: str) -> Iterator[_Sign]:
    at = 0
    depth = 0
    while at < len(typed):
        letter = typed[at]
        if letter.isspace():
            at += 1
        elif letter in _OPEN:
            depth += 1
            at += 1
            yield _Sign("(")
        elif letter in _CLOSE:
            depth = max(0, depth - 1)
            at += 1
            yield _Sign(")")
        elif letter in _OR:
            at += 1
            yield _Sign("|")
        elif letter in _MINUS:
            at += 1
            if typed[at : at + 1].strip():
                yield _Sign("-")
        elif quoted := _QUOTED.match(typed, at):
            at = quoted.end()
            yield _Sign("word", quoted.group(1))
        elif (named := _FIELD.match(typed, at)) and (field := FIELDS.get(words.fold(named.group(1)))):
            at = named.end()
            yield _Sign(":", field)
        else:
            end = _word_end(typed, at, depth)
            word = typed[at:end]
            at = end
            yield _Sign(_WORD_SIGNS.get(word, "word"), word)


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

    def __init__(self, signs: list[_Sign]) -> None:
        self._signs = signs
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
        if sign.kind == "word":
            return _phrase(sign.text)
        if sign.kind == "(" and depth < DEPTH_MAX:
            return self.alternatives(depth + 1)
        if sign.kind in "-:" and self._at < len(self._signs) and self._signs[self._at].kind in ("word", "(", ":"):
            part = self._part(depth)
            if part is None:
                return None
            return Not(part) if sign.kind == "-" else _limited(part, sign.text)
        return None

    def _next(self, kind: str) -> bool:
        if self._at < len(self._signs) and self._signs[self._at].kind == kind:
            self._at += 1
            return True
        return False


def _phrase(text: str) -> Phrase | None:
    folded = " ".join(words.fold(text).split())
    return Phrase(folded) if words.split(folded) else None


def _one(kind: type[All] | type[Any], parts: list[Node]) -> Node | None:
    different = tuple(dict.fromkeys(parts))
    if not different:
        return None
    return different[0] if len(different) == 1 else kind(different)


def _limited(node: Node, field: str) -> Node:
    match node:
        case Phrase():
            return node if node.field else replace(node, field=field)
        case Not(part):
            return Not(_limited(part, field))
        case All(parts):
            return All(tuple(_limited(part, field) for part in parts))
        case Any(parts):
            return Any(tuple(_limited(part, field) for part in parts))
