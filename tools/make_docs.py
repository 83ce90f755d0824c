"""Writes the pages of docs/ that are printed by the code: `make docs`. tests/house/test_docs.py finds stale ones."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

import click

from access import rules
from access.actors import PEOPLE_ROLES, Actor, Role
from access.rules import DUTIES, POLICY, Action
from archive import approval_matrix, config, fileplan, notify
from archive.cli import group
from indexer import formats, sniff, typesetting
from indexer.claims import Format

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 100

INBOXES = """\
## Inboxes

Each watched folder is an `[[inbox]]` table. What it says of its files is a suggestion for filing, except the level,
which holds until a person files the record. Sub-folders named after a site or a class of the file plan say the same
for what lies in them.

```toml
[[inbox]]
path = "inbox"          # below the home, or absolute

[[inbox]]
path = "/srv/scans/jf01"
site = "JF01"           # code of a site
class = "HT02"          # class of the file plan
level = 2               # until somebody files it; 2 if not said
department = "SWB"
polling = true          # for network shares, which send no events
separators = true       # a scanner's folder: batches are divided at separator sheets (muniment report separators)
owner = "wang"          # login of whoever answers for it, told besides the controllers
alarm_minutes = 30      # what lies here longer is told; 0 for never
```

## Mailboxes

Each mailbox is a `[[mailbox]]` table; it is looked into every minute. A message is taken in once with what is
attached to it, and marked as read only when it is safely kept; nothing is moved or deleted.

```toml
[[mailbox]]
name = "收文"
host = "mail.example.com"
user = "da@example.com"
password = "…"
security = "tls"        # starttls, or none inside a trusted network
folder = "INBOX"
ca_file = ""            # certificate of the company's own authority; empty for those of the system
site = "JF01"           # site, class, level, department as for an inbox
```"""

PLACES = """\
## Places

Each place that backups go to is a `[[backup_target]]` table; without one there is one place, `backup_repository`. Every
place holds a repository of its own, and each run writes to all of them. One should be off-site.

```toml
[[backup_target]]
name = "disk"                        # for commands and pages
location = "/mnt/backup/muniment"    # a folder, on a disk or a mounted share

[[backup_target]]
name = "cloud"
location = "s3:https://s3.example.cn/bucket/prefix"
off_site = true                      # it survives the fire that takes the house
append_only = true                   # its credential may only add; `backup forget` uses another one
credentials = "keys/cloud.toml"      # access_key_id, secret_access_key, region; below the home, or absolute
```"""

CHANNELS = """\
Everybody finds their notices on their own page. Where a channel stands in `muniment.toml`, a message leaves the house
besides, once, and names loans by number, never by title.

`[channels.wecom]` (企业微信) and `[channels.dingtalk]` (钉钉) say it in a chat room: there everybody reads it, so only
how many notices somebody has is said, and nothing of what. The address of the robot is a secret: whoever has it can
write into the room; keep `muniment.toml` readable by its owner alone. With `mention` people are called by name.
Try each with the button on the page of one's notification wishes."""


def channels() -> str:
    """What a message can leave the house by, printed from the channels themselves."""
    rows = [
        (f"`[channels.{name}]`", f"`{key}`" if key else "", means)
        for name in notify.names()
        for key, means in (notify.settings_of(name) or {"": "no settings"}).items()
    ]
    return "\n\n".join(
        (
            "## Channels",
            CHANNELS,
            table(("Table", "Setting", "Meaning"), rows),
        )
    )


def glossary() -> str:
    rows = csv.DictReader((DOCS / "glossary.csv").read_text("utf-8-sig").splitlines())
    return page(
        "Glossary 术语表",
        "docs/glossary.csv",
        "One word for one thing, in both languages. Identifiers are what the code calls it.",
        table(
            ("中文", "English", "释义", "Meaning", "In the code"),
            ((row["zh"], row["en"], row["meaning"], row["definition"], row["identifier"]) for row in rows),
        ),
    )


def configuration() -> str:
    types = get_type_hints(config.Settings)
    defaults = {name: field.default for name, field in config.Settings.__dataclass_fields__.items()}
    settings = (
        (
            f"`{name}`",
            types[name].__name__,
            f"`{toml(defaults[name])}`",
            f"`MUNIMENT_{name.upper()}`",
            config.HELP[name],
        )
        for name in config.NAMES
    )
    return page(
        "Configuration",
        "archive/config.py",
        "Settings stand in `muniment.toml` in the home directory; an environment variable beats the file. "
        "`muniment config` prints the values in force. A wrong name or value is refused with a sentence that says "
        "what to write. The home itself is `--home`, else `MUNIMENT_HOME`, else `./muniment-home`.",
        table(("Setting", "Type", "Default", "Environment", "Meaning"), settings),
        INBOXES,
        PLACES,
        channels(),
    )


def toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def commands() -> str:
    found = list(every_command(group, "muniment"))
    return page(
        "Commands",
        "archive/cli",
        "Every command takes `--home` and `--json`. Exit status: 0 good, 1 a check or an operation failed, 2 wrong "
        "usage. An error is one sentence on standard error.",
        table(
            ("Command", "Does"),
            (
                (f"[`{name}`](#{name.replace(' ', '-')})", command.get_short_help_str(120))
                for name, command in found
                if not isinstance(command, click.Group)
            ),
        ),
        *(f"## {name}\n\n```text\n{usage(name, command)}\n```" for name, command in found),
    )


def every_command(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """The commands below this one, each with its whole name, in the order of their names."""
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for part in sorted(command.list_commands(context)):
            inner = command.get_command(context, part)
            assert inner is not None
            yield f"{name} {part}", inner
            yield from every_command(inner, f"{name} {part}")


def usage(name: str, command: click.Command) -> str:
    # A command remembers its help option from the first context it saw: this one names it as `muniment` does.
    context = click.Context(
        command,
        info_name=name,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=group.context_settings["help_option_names"],
    )
    return command.get_help(context)


def policy() -> str:
    used = dict.fromkeys(rule for action in POLICY.values() for rule in action)
    return page(
        "Who may do what",
        "access/rules.py",
        "One table decides for opening, listing, searching, counting, suggesting and the API alike. What no rule "
        "admits is refused. Levels: 0 公开, 1 内部, 2 普通商密, 3 核心商密. Nobody reaches above their clearance.",
        "## Actions on records\n\nAn action reaches the records that **any** of its rules admits.",
        table(("Action", "Rules"), ((action, ", ".join(name(rule) for rule in POLICY[action])) for action in POLICY)),
        table(("Rule", "Admits"), ((name(rule), sentence(rule)) for rule in used)),
        "## How far each role reaches\n\nThe highest level of a filed record without personal information, for "
        "somebody with clearance 3 and no other role: in the own department / elsewhere at the own sites / at other "
        "sites. With a lower clearance, no more than that.",
        table(
            ("Role", *(str(action) for action in POLICY)),
            ((role, *(" / ".join(reach(role, action)) for action in POLICY)) for role in PEOPLE_ROLES),
        ),
        "## Approvals\n\nWho has to agree before something is lent, as shipped; a company changes it in the product, "
        "two people together, and what `access/approvals.py` says may never be loosened holds beside every version. "
        "A line without a level makes stricter whatever holds.",
        table(
            ("Level", "May read it", "Form", "PI", "Outsider", "Approvals", "Days", "Renewals", "Conditions", "Note"),
            (approval_matrix.line(row) for row in approval_matrix.shipped()),
        ),
        "## Duties\n\nWhat does not concern one record. `operator` is the shell of the server: who holds its files and "
        "keys can read them, and the ledger says so. `service` is the watcher and the worker.",
        table(
            ("Duty", *(str(role) for role in (*PEOPLE_ROLES, Role.OPERATOR, Role.SERVICE))),
            (
                (duty, *("●" if role in roles else "" for role in (*PEOPLE_ROLES, Role.OPERATOR, Role.SERVICE)))
                for duty, roles in DUTIES.items()
            ),
        ),
    )


def name(rule: Callable[..., object]) -> str:
    return rule.__name__.replace("_", " ")


def sentence(thing: object) -> str:
    """The first paragraph of what it says of itself."""
    assert thing.__doc__ is not None
    return " ".join(thing.__doc__.partition("\n\n")[0].split())


@dataclass(frozen=True, slots=True)
class Example:
    """A record as the rules see it."""

    level: int
    site: str
    department: str
    id: str = ""
    pii: int = 0
    lifecycle: str = "filed"
    class_code: str = ""


def reach(role: Role, action: Action) -> Iterator[str]:
    """The highest level the role reaches in its own department, at its own sites, and elsewhere."""
    actor = Actor("x", "x", frozenset({role}), clearance=3, department="own", sites=frozenset({"own"}))
    scope = rules.scope(actor, action)
    for site, department in (("own", "own"), ("own", "other"), ("other", "other")):
        levels = [level for level in range(4) if scope.admits(Example(level, site, department))]
        yield str(max(levels)) if levels else "–"


def file_plan() -> str:
    classes = fileplan.parse(fileplan.SHIPPED.read_bytes())
    letters = {0: "–", 1: "P", 2: "S"}
    return page(
        "File plan 分类方案",
        "archive/data/file_plan.csv",
        f"The {len(classes)} classes an archive begins with; `muniment class import` replaces them. Retention "
        "保管期限: Y 永久, D10/D30 定期 10/30 年. Personal information 个人信息: P 一般, S 敏感.",
        table(
            ("Code", "类目", "Class", "Retention", "Level", "PI", "Responsible post", "Required documents"),
            (
                (
                    one.code,
                    one.name_zh,
                    one.name_en,
                    one.retention,
                    str(one.level),
                    letters[one.pii],
                    one.responsible_post,
                    "; ".join(one.required_documents),
                )
                for one in classes
            ),
        ),
    )


def shown_as(name: str, module: Format) -> str:
    if hasattr(module, "draw"):
        return "its own pages"
    return (
        "its pages where LibreOffice is, else its text" if name in typesetting.LAID_OUT else "its text, set on sheets"
    )


def what_is_read() -> str:
    modules = {name: formats.get(name) for name in formats.names()}
    read = {ending for module in modules.values() for ending in module.EXTENSIONS}
    kept = {ending for kind in sniff.KEPT if not kind.encrypted for ending in kind.extensions} - read
    return page(
        "File formats",
        "indexer/formats and indexer/sniff.py",
        "What a file is, is decided by its content; the ending of its name only breaks ties.",
        "## Read",
        table(
            ("Format", "Endings", "Shown as"),
            (
                (
                    sentence(module),
                    ", ".join(module.EXTENSIONS),
                    shown_as(name, module),
                )
                for name, module in modules.items()
            ),
        ),
        "## Kept, but not read or shown yet\n\nFound by title and number: " + ", ".join(sorted(kept)) + ".",
        "## Refused\n\nThey stay in quarantine, with this reason. What is of no kind known here is refused as well.",
        table(("Code", "Reason"), ((f"`{code}`", reason) for _, code, reason in sniff.REFUSED)),
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "glossary.md": glossary,
    "configuration.md": configuration,
    "commands.md": commands,
    "policy.md": policy,
    "file-plan.md": file_plan,
    "formats.md": what_is_read,
}


def page(title: str, source: str, *parts: str) -> str:
    note = f"<!-- Printed from {source} by `make docs`: change it there. -->"
    return "\n\n".join((f"# {title}", note, *parts)) + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    heads = tuple(heads)
    return "\n".join((line(heads), line("---" for _ in heads), *map(line, rows)))


def main() -> None:
    for file, make in PAGES.items():
        (DOCS / file).write_text(make(), "utf-8")
        print(f"docs/{file}")


if __name__ == "__main__":
    sys.exit(main())
