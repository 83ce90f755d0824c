"""Nothing is left without words: every code has a sentence, every sentence its Chinese."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from flask import Flask

from access import rules
from access.actors import Role
from access.rules import POLICY, TOKEN_SCOPES, Action
from archive import auditing, facts, intake, worker
from archive.model import LIFECYCLES, Event
from archive.records import Description
from archive.tables.schema.columns import EPOCH
from indexer import sniff
from indexer.engines import SORTS
from indexer.text import CAUTIONS
from tools import translate
from web import ledger_details, ledger_words, plan_words, rights_words, sentences, words
from web.language import LANGUAGE_COOKIE

ROOT = Path(__file__).parent.parent.parent


def test_every_source_string_is_in_the_catalogue_and_translated():
    catalog = translate.chinese()
    known = {message.id for message in catalog}
    lacking = [message.id for message in translate.source() if message.id not in known]
    assert not lacking, "run tools/translate.py"
    assert not translate.missing(catalog)


def test_no_word_hides_from_translation_inside_a_formatted_string():
    """What collects the strings does not look into f-strings before Python 3.12."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "web").rglob("*.py")
        for formatted in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in translate.KEYWORDS
    ]
    assert hidden == []


def test_what_is_filled_into_a_sentence_is_filled_into_its_translation():
    for message in translate.chinese():
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            source = message.id if isinstance(message.id, str) else message.id[0]
            pattern = r"%\(\w+\)s|\{\}"
            assert sorted(re.findall(pattern, source)) == sorted(re.findall(pattern, text)), source


HAN = r"[\u3400-\u9fff《》“”]"
HALF_WIDTH = re.compile(rf"(?<={HAN})[,:;?!()]|[,:;?!()](?={HAN})")
TAKEN_AS_TYPED = {
    "公开,内部,普通商密,核心商密": "a setting as it is written in muniment.toml",
    "年(≥1次)": "a deadline as the shipped file plan has it",
    "(盖章)": "what is looked for in papers, brought to half width before",
}
"""Chinese beside half-width signs that is right as it is, and why."""
READS = ("facts", "labels", "naming", "suggesting")
"""Modules that look for such words in papers, whose signs are brought to half width before; they print nothing."""


def test_chinese_is_written_with_full_width_signs():
    """In the catalogue, on printouts and in marks on pages: a half-width colon between characters is a slip."""
    texts = {
        text: "messages.po"
        for message in translate.chinese()
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
        if text
    }
    for package in ("archive", "web"):
        for path in (ROOT / package).rglob("*.py"):
            if path.stem in READS or path.is_relative_to(ROOT / "archive" / "demo"):
                continue
            tree = ast.parse(path.read_text("utf-8"))
            said = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
            for one in ast.walk(tree):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in said:
                    texts.setdefault(one.value, str(path.relative_to(ROOT)))
    wrong = [
        f"{where}: {text[max(0, slip.start() - 15) : slip.end() + 15]}"
        for text, where in texts.items()
        if (slip := HALF_WIDTH.search(text)) and _is_chinese(text) and text not in TAKEN_AS_TYPED
    ]
    assert wrong == []


def _is_chinese(text: str) -> bool:
    """No pattern, and no English sentence that names a Chinese word."""
    patterned = any(sign in text for sign in ("\\", "(?", "[^", "|", ")?"))
    return not patterned and len(re.findall(r"[A-Za-z]", text)) < 2 * len(re.findall(HAN, text))


def test_what_templates_put_between_two_values_is_translated():
    """`}}: {{` is a half-width colon in Chinese too."""
    glued = re.compile(r"(?:\}\}|%\}|</\w+>)[:;,] (?=\{|<|\()|(?:\}\}|%\}) \(\{")
    wrong = [
        f"{path.relative_to(ROOT)}: {text[max(0, slip.start() - 30) : slip.end() + 20]}"
        for path in (ROOT / "web" / "templates").rglob("*.html")
        for text in [path.read_text("utf-8")]
        for slip in glued.finditer(text)
    ]
    assert wrong == []


def test_one_thing_is_called_by_one_name_in_chinese():
    """Words that stood beside another for the same thing."""
    left = {"台账": "审计日志", "账户": "账号", "收件文件夹": "收件夹", "报警": "告警", "开户": "开通账号"}
    texts = [
        text
        for message in translate.chinese()
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
        if text
    ]
    assert [text for text in texts if any(word in text for word in left)] == []


def test_the_compiled_catalogue_is_the_written_one():
    with (translate.FOLDER / "messages.mo").open("rb") as file:
        compiled = read_mo(file)

    def texts(catalog: Catalog) -> dict[str, str]:
        return {"".join(message.id): "".join(message.string) for message in catalog if message.id}

    assert texts(compiled) == texts(translate.chinese())


def test_every_kind_of_job_has_a_name():
    assert set(words.JOBS) == set(worker.KINDS)


def test_every_error_code_has_a_sentence():
    errors = "Invalid|Conflict|NotFound|NotSignedIn|Corrupt|OutOfSpace|Unreadable|Exhausted"
    raised = re.compile(rf"(?:{errors})\((?:[^()]|\([^()]*\))*?,\s*\"([a-z-]+)\"\s*,?\s*\)")
    declared = re.compile(r"^    code = \"([a-z-]+)\"", re.MULTILINE)
    found: set[str] = set()
    for package in ("archive", "indexer", "web"):
        for path in (ROOT / package).rglob("*.py"):
            if path.is_relative_to(ROOT / "archive" / "backups"):
                continue  # spoken on the shell, in English
            text = path.read_text("utf-8")
            found |= set(raised.findall(text)) | set(declared.findall(text))
    assert len(found) > 40, "the search for codes finds none"
    lacking = found - set(sentences.SENTENCES)
    assert not lacking


def test_every_reason_to_refuse_a_file_at_sight_has_its_chinese():
    """They are kept in English with the record, and shown to people who sort out what is wrong with a file."""
    translated = {message.id for message in translate.chinese()}
    lacking = {sentence for _, _, sentence in sniff.REFUSED} - translated
    assert not lacking


def test_every_code_of_the_house_has_words():
    assert set(words.CAUTIONS) == set(CAUTIONS)
    assert set(POLICY) <= set(sentences.REFUSALS)
    assert set(words.ROLES) == set(Role)
    assert set(words.LIFECYCLES) == set(LIFECYCLES)
    assert set(words.SORTS) == set(SORTS)
    assert set(words.FIELDS) == set(Description.__slots__) | set(facts.FIELDS)


def test_every_action_and_rule_has_words_for_people():
    """The page of who may do what is printed from the table: what is new there needs a name here."""
    assert {str(action) for action in Action} == {str(action) for action in rights_words.ACTIONS}
    assert {rules.name_of(rule) for used in POLICY.values() for rule in used} == set(rights_words.RULES)
    assert set(TOKEN_SCOPES) == set(rights_words.SCOPES)


def test_every_event_of_a_record_has_words():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "archive").glob("*.py"))
    found = set(re.findall(r"\"((?:record|file|declassification|document|contract)\.[a-z-]+)\"", text))
    events = found - {"file.refused", "file.retried"}
    assert events == set(words.EVENTS), "file.refused and file.retried are of arrivals, not of records"


def test_lines_of_the_ledger_say_in_words_what_was_done():
    text = (ROOT / "docs/codes.md").read_text("utf-8")
    listed = re.findall(
        r"^\| `([a-z0-9.-]+)` \|", text[text.index("## Ledger actions") : text.index("## Jobs")], re.MULTILINE
    )
    assert set(ledger_words.ACTIONS) == set(listed)


def test_every_field_and_subject_of_a_line_of_the_ledger_has_a_name():
    keys: set[str] = set()
    kinds: set[str] = set()
    for path in (ROOT / "archive").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("ledger.add"):
                keys |= {one.arg for one in call.keywords if one.arg}
                kinds |= {str(one.value) for one in call.args[3:4] if isinstance(one, ast.Constant)}
    assert len(keys) > 100, "the search for fields finds none"
    named = {one.rpartition(".")[2] for one in ledger_details.NAMES} | ledger_details.UNSAID
    assert keys - named == {"site"}, "who reads the ledger sees a word of the code"
    assert not kinds - set(ledger_words.KINDS)


def _codes(folder: str, *raised: str) -> set[str]:
    """The codes with which these errors are raised below this folder."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in raised:
                found |= {
                    one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return {one for one in found if re.fullmatch(r"[a-z]+(-[a-z]+)*", one)}


def test_codes_in_a_line_of_the_ledger_are_read_as_words(app: Flask):
    unreadable = {"unreadable", "exhausted", "encrypted", intake.PROGRAM, *(code for _, code, _ in sniff.REFUSED)}
    unreadable |= _codes("indexer", "Unreadable", "Exhausted")
    written = {
        "record.quarantined.reason": unreadable,
        "file.refused.reason": unreadable,
        "access.refused.reason": _codes("access", "Denied"),
        "backup-key.added.slot": {"passphrase", "key-file", "shares"},
        "objects.moved.to": {"local", "s3"},
        "database.moved.to": {"sqlite", "postgresql"},
    }
    with app.test_request_context():
        for field, codes in written.items():
            assert len(codes) > 1, "the search for codes finds none"
            action, _, key = field.rpartition(".")
            for code in codes:
                event = Event(1, EPOCH, "operator", action, "archive", "", "", {key: code})
                [(_, said)] = ledger_details.told(event, auditing.NOTHING)
                assert said != code, field


def test_every_action_of_the_ledger_stands_under_one_head():
    heads = [family for _, families in ledger_words.GROUPS.values() for family in families]
    assert len(heads) == len(set(heads))
    assert {code.partition(".")[0] for code in ledger_words.ACTIONS} == set(heads)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("7 日", "7 days"),
        ("月末后 10 日", "10 days after the end of the month"),
        ("次年 6 月", "by month 6 of the next year"),
        ("另定", "另定"),
    ],
)
def test_by_when_papers_are_filed_is_read_in_english_too(app: Flask, said: str, read: str):
    with app.test_request_context(headers={"Cookie": f"{LANGUAGE_COOKIE}=en"}):
        assert plan_words.deadline(said) == read
    with app.test_request_context(headers={"Cookie": f"{LANGUAGE_COOKIE}=zh"}):
        assert plan_words.deadline(said) == said
