"""A sentence that nothing answers literally is asked again by what it is made of: 业主不交物业费怎么办.

Words that only make a sentence a question (怎么办, 是否, 的) are left out; what remains is taken in pieces of two
characters, of which enough must be there, and the best of the many answers come first. What papers call by another word
is looked for under that word too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

from indexer import words
from indexer.everyday import formal_words
from indexer.query import All, Any, Enough, Labelled, Node, Not, Phrase, Query, wanted
from indexer.query import Between as Stretch

PIECES_MAX: Final = 60
SENTENCE_TOKENS: Final = 5
"""What has fewer characters and runs is a word or two, not a sentence."""
RUN_TOKENS: Final = 12
"""A run without a gap and without a word that makes it a sentence may be a name, until it is this long: half of its
pieces must be there, for who asks for 旧条款银杏 wants to hear that there is none."""
PIECES_A_MUST: Final = 10
"""Of so many pieces one must be there; more would lose what says it in other words."""
_EMPTY = """
怎么办 怎么 怎样 怎么样 如何 什么 什么样 哪些 哪个 哪里 哪儿 哪种 谁 为什么 为何 是否 能否 可否
可以 能不能 可不可以 是不是 有没有 吗 呢 吧 啊 呀 么 的 了 地 得 着 过 是 在 和 与 或 及
以及 有 被 把 将 对 对于 关于 应该 应当 应 需要 要 会 能 能够 请问 请 我 我们 你 你们 您
他 他们 她 它 其 这 那 这个 那个 这种 哪 几 多少 多久 多大 何时 什么时候 何种 何 一下 到底
究竟 而 但 但是 如果 若 因为 所以 并 并且 都 也 还 就 才 又 再 很 时 时候 情况 情形 下 中
上 里 之 于 由 从 向 给 让 使 等 做 算 怎 咋 咋办 该 想 想要 如何处理
"""
ACCIDENT: Final = 0.4
"""What a pair of characters counts that is no word."""
SINGLE: Final = 0.7
"""What a character alone counts."""
FORMAL: Final = 0.3
"""What a piece counts that stands in what papers call it, and not in what was typed."""
AGAIN: Final = 0.5
"""What is said n times counts as n to this power."""
EMPTY_WORDS: Final = frozenset(_EMPTY.split())
"""Words that say nothing of what is looked for."""


def loosened(query: Query) -> Query | None:
    """The same question for when nothing answers it literally; exclusions, fields, labels and quotes stay.

    None when there is nothing to loosen: a few short words that are nowhere together are better answered by that.
    """
    if query.root is None:
        return None
    loose = [phrase for phrase in wanted(query.root) if _is_loose(phrase)]
    pieces = _counted(piece for phrase in loose for piece in pieces_of(phrase))
    single = _counted(piece for phrase in loose for piece in _single(phrase))
    if len(pieces) < 2 or not _are_sentence(loose):
        return None
    if _may_be_name(loose):
        enough = Enough(pieces, (len(pieces) + 1) // 2, single)
    else:
        formal = tuple(_formal(loose, {piece.text for piece in pieces}))[: PIECES_MAX - len(pieces)]
        enough = Enough((*pieces, *formal), max(1, len(pieces) // PIECES_A_MUST), single)
    kept = tuple(_kept(query.root))
    root = All((enough, *kept)) if kept else enough
    return replace(query, root=root)


def _counted(pieces: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Each once, in the order of the question; what is said more often counts more."""
    counts = Counter(pieces)
    return tuple(
        replace(piece, weight=piece.weight * count**AGAIN, piece=True)
        for piece, count in islice(counts.items(), PIECES_MAX)
    )


def _formal(phrases: Sequence[Phrase], said: Set[str]) -> Iterator[Phrase]:
    """Pieces of what papers call the things that these phrases speak of, besides those that were said."""
    told = set(said)
    for phrase in phrases:
        for formal in formal_words([word for word, _, _ in words.dictionary_cut(phrase.text)]):
            for piece in pieces_of(replace(phrase, text=formal)):
                if piece.text not in told:
                    told.add(piece.text)
                    yield replace(piece, weight=piece.weight * FORMAL, piece=True)


def _is_loose(phrase: Phrase) -> bool:
    """Is it running text? A number (JF01-HT·2026) is that number or nothing."""
    return not phrase.quoted and not phrase.whole and sum(token.han for token in words.split(phrase.text)) > 1


def _are_sentence(phrases: Sequence[Phrase]) -> bool:
    """Are they longer than a word or two, or divided by punctuation (财产混同；个体户)?"""
    return _are_divided(phrases) or sum(len(words.split(phrase.text)) for phrase in phrases) >= SENTENCE_TOKENS


def _may_be_name(phrases: Sequence[Phrase]) -> bool:
    return (
        len(phrases) == 1
        and not _are_divided(phrases)
        and len(words.split(phrases[0].text)) < RUN_TOKENS
        and not _has_empty_words(phrases[0].text)
    )


def _are_divided(phrases: Sequence[Phrase]) -> bool:
    each = [words.split(phrase.text) for phrase in phrases]
    return any(after.position > before.end for tokens in each for before, after in pairwise(tokens))


def _has_empty_words(text: str) -> bool:
    return any(word in EMPTY_WORDS for word, _, _ in words.dictionary_cut(text))


def pieces_of(phrase: Phrase) -> Iterator[Phrase]:
    """Pairs of characters that stand in words with a meaning, runs of letters and digits, single characters."""
    for stretch in _stretches(phrase.text):
        tokens = words.split(stretch)
        known = {word for word, _, _ in words.dictionary_words(words.fold(stretch))}
        for i, token in enumerate(tokens):
            alone = not token.glued and not (i and tokens[i - 1].glued)
            if token.glued:
                pair = token.text + tokens[i + 1].text
                yield replace(phrase, text=pair, weight=1.0 if pair in known else ACCIDENT)
            elif alone:
                yield replace(phrase, text=token.text, whole=not token.han)


def _single(phrase: Phrase) -> Iterator[Phrase]:
    """Every Han character in a word with a meaning: 修 speaks for 维修 too."""
    for stretch in _stretches(phrase.text):
        for token in words.split(stretch):
            if token.han:
                yield replace(phrase, text=token.text, weight=SINGLE)


def _stretches(text: str) -> Iterator[str]:
    """The parts of a text between words that say nothing; the whole text if it has no other."""
    kept = [""]
    for word, _, _ in words.dictionary_cut(text):
        if word in EMPTY_WORDS:
            kept.append("")
        else:
            kept[-1] += word
    yield from [stretch for stretch in kept if words.split(stretch)] or [text]


def _kept(node: Node) -> Iterator[Node]:
    match node:
        case Not() | Labelled() | Stretch():
            yield node
        case Phrase():
            if not _is_loose(node):
                yield node
        case All(parts):
            for part in parts:
                yield from _kept(part)
        case Any() | Enough():
            if not any(map(_is_loose, wanted(node))):
                yield node
