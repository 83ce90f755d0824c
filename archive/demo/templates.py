"""Templates of demo papers: Chinese text with gaps, and the filling of the gaps.

A template is one file in `papers/`, named `CLASS-subject.txt`. Its head gives, one `key: value` a line:

    title        the title of the record
    level        the confidentiality level, 0 to 3
    sites        site codes that take turns
    department   the code of the department it comes from
    format       one of paper.FORMATS
    count        how many records are made of it; 0: a plant writes it, see service_contracts
    years        from-to
    day          month-end: it is made on the last day of a month; optional
    issuer, number, parties (separated by ;), about, file    optional
    paper        yes: there is a paper original with a shelf address

After an empty line comes the body. A line is a paragraph, except

    # text            a heading
    ---               a page break
    ||a||b            a row of a table; ||*5-9||a||b is made five to nine times, filled anew each time
    *2-3              two or three of the following lines that begin with "- ", numbered

and within any line

    [a|b|c]           one of them by chance;  [#a|b|c] the first for the first record, the second for the second …
    {fact}            something from FACTS;  {fact:x} the same each time it is called x in this record,
                      {fact:row} the same within a row
    {fact 3 40}       a fact with arguments
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from archive.demo import company, phrases
from archive.demo.paper import Block, Heading, PageBreak, Paragraph, Table, chinese_date

FOLDER = Path(__file__).with_name("papers")

_CHOICE = re.compile(r"\[(#?)([^\[\]]*\|[^\[\]]*)\]")
_FACT = re.compile(r"\{([a-z_]+)(?::(\w+))?((?: [^{} ]+)*)\}")
_REPEATED = re.compile(r"\|\|\*(\d+)(?:-(\d+))?(\|\|.*)")
_PICK = re.compile(r"\*(\d+)-(\d+)")


@dataclass(frozen=True)
class Template:
    """A kind of paper that a company keeps."""

    name: str
    class_code: str
    head: dict[str, str]
    body: tuple[str, ...]


@dataclass(frozen=True)
class Client:
    """An owner or a tenant, with the room that their dossier is about."""

    name: str
    contact: str
    room: str
    spoken_room: str
    phone: str


@dataclass
class Pen:
    """What one record is written with: its chance, its occasion, and what it has already called by a name."""

    chance: random.Random
    ordinal: int
    site: company.DemoSite
    department: company.DemoDepartment
    day: date
    client: Client
    row: int = 0
    called: dict[str, str] = field(default_factory=dict[str, str])


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order of their names."""
    return tuple(_parse(path) for path in sorted(FOLDER.glob("*.txt")))


def _parse(path: Path) -> Template:
    head, _, body = path.read_text("utf-8").partition("\n\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    lines = tuple(line for line in body.splitlines() if line)
    return Template(path.stem, path.stem[:4], {key: value for key, _, value in pairs}, lines)


def fill(pen: Pen, text: str) -> str:
    """The text with its choices made and its gaps filled."""
    while _CHOICE.search(text):
        text = _CHOICE.sub(lambda found: _choose(pen, found), text)
    return _FACT.sub(lambda found: _fact(pen, found), text)


def _choose(pen: Pen, found: re.Match[str]) -> str:
    options = found[2].split("|")
    return options[pen.ordinal % len(options)] if found[1] else pen.chance.choice(options)


def _fact(pen: Pen, found: re.Match[str]) -> str:
    name, label, arguments = found[1], found[2], found[3].split()
    if label is None:
        return _make(pen, name, arguments)
    key = f"{name}:{label}"
    if key not in pen.called:
        pen.called[key] = _make(pen, name, arguments)
    return pen.called[key]


def _make(pen: Pen, name: str, arguments: list[str]) -> str:
    return pen.chance.choice(phrases.POOLS[name]) if name in phrases.POOLS else FACTS[name](pen, arguments)


def fill_body(pen: Pen, lines: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks of a body."""
    return tuple(_blocks(pen, lines))


def _blocks(pen: Pen, lines: tuple[str, ...]) -> Iterator[Block]:
    waiting = list(lines)
    while waiting:
        line = waiting[0]
        if line.startswith("||"):
            yield _table(pen, _take(waiting, lambda text: text.startswith("||")))
        elif picked := _PICK.fullmatch(line):
            waiting.pop(0)
            options = [option.removeprefix("- ") for option in _take(waiting, lambda text: text.startswith("- "))]
            wanted = pen.chance.randint(int(picked[1]), int(picked[2]))
            sign = pen.chance.choice(("{}、", "{}. ", "（{}）"))
            for number, text in enumerate(pen.chance.sample(options, wanted), start=1):
                yield Paragraph(sign.format(number) + fill(pen, text))
        else:
            waiting.pop(0)
            yield _simple(pen, line)


def _take(waiting: list[str], wanted: Callable[[str], bool]) -> list[str]:
    taken: list[str] = []
    while waiting and wanted(waiting[0]):
        taken.append(waiting.pop(0))
    return taken


def _simple(pen: Pen, line: str) -> Block:
    if line == "---":
        return PageBreak()
    return Heading(fill(pen, line[2:])) if line.startswith("# ") else Paragraph(fill(pen, line))


def _table(pen: Pen, lines: list[str]) -> Table:
    rows: list[tuple[str, ...]] = []
    pen.row = 0
    for line in lines:
        repeated = _REPEATED.fullmatch(line)
        times = pen.chance.randint(int(repeated[1]), int(repeated[2] or repeated[1])) if repeated else 1
        for _ in range(times):
            pen.row += 1 if repeated else 0
            pen.called = {key: value for key, value in pen.called.items() if not key.endswith(":row")}
            rows.append(tuple(fill(pen, cell) for cell in (repeated[3] if repeated else line)[2:].split("||")))
    return Table(tuple(rows))


def person(chance: random.Random) -> str:
    return chance.choice(phrases.SURNAMES) + chance.choice(phrases.GIVEN_NAMES)


def firm(chance: random.Random, trades: tuple[str, ...] = phrases.TRADES) -> str:
    return "".join(chance.sample(phrases.BRAND_SYLLABLES, 3)) + chance.choice(trades) + "有限公司"


def phone(chance: random.Random) -> str:
    """A number in the range set aside for fiction."""
    return f"010-5550-{chance.randrange(10_000):04d}"


def room(chance: random.Random, kind: str) -> tuple[str, str]:
    """A room as it is written in tables, and as people say it."""
    floor, door = chance.randint(2, 28), chance.randint(1, 8)
    building, tower = chance.randint(1, 9), chance.choice("AB")
    if kind == "office":
        return f"{tower}座{floor}{door:02d}", f"JF大厦{tower}座{floor}层{floor}{door:02d}室"
    return f"{building}-{floor}{door:02d}", f"{building}号楼{tower}座{floor}{door:02d}"


def client(chance: random.Random, kind: str) -> Client:
    contact = person(chance)
    written, spoken = room(chance, kind)
    return Client(firm(chance) if kind == "office" else contact, contact, written, spoken, phone(chance))


def _shifted(pen: Pen, arguments: list[str]) -> date:
    """The day of the record, moved by a number of days or by one out of a range: +5, -30, +30..60."""
    if not arguments:
        return pen.day
    low, _, high = arguments[0].partition("..")
    return pen.day + timedelta(days=pen.chance.randint(int(low), int(high or low)))


def _after_years(pen: Pen, arguments: list[str]) -> date:
    """The last day of a term of so many years that begins on the first of the month after the record's."""
    begin = _term_begin(pen)
    return begin.replace(year=begin.year + int(arguments[0])) - timedelta(days=1)


def _term_begin(pen: Pen) -> date:
    return (pen.day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _time(pen: Pen, hours: list[str]) -> str:
    """An hour of the day within two, 8 and 20 unless told, and minutes in fives."""
    first, last = map(int, hours or (8, 20))
    return f"{pen.chance.randint(first, last):02d}:{pen.chance.randrange(0, 60, 5):02d}"


def _row_day(pen: Pen, arguments: list[str]) -> str:
    """The day of the record plus a number of days, and so many more for each further row."""
    start, step = map(int, arguments)
    return (pen.day + timedelta(days=start + step * (pen.row - 1))).isoformat()


def _clock(pen: Pen, arguments: list[str]) -> str:
    """A time that rises from row to row: from an hour on, within so many minutes each."""
    hour, step = map(int, arguments)
    minutes = hour * 60 + step * (pen.row - 1) + pen.chance.randrange(step)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _number(pen: Pen, arguments: list[str]) -> str:
    return str(pen.chance.randint(int(arguments[0]), int(arguments[1])))


def _decimal(pen: Pen, arguments: list[str]) -> str:
    """Between two numbers, with as many digits after the point as the first has."""
    low, high = float(arguments[0]), float(arguments[1])
    return f"{pen.chance.uniform(low, high):.{len(arguments[0].partition('.')[2])}f}"


def _amount(pen: Pen, arguments: list[str]) -> str:
    return f"{pen.chance.randint(int(arguments[0]) // 10, int(arguments[1]) // 10) * 10:,}.00"


def _called_amount(pen: Pen, label: list[str]) -> int:
    return int(pen.called[f"amount:{label[0]}"].replace(",", "").partition(".")[0])


def amount_in_words(yuan: int) -> str:
    """贰万零叁佰元整: whole yuan below a hundred million."""
    digits, units = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")

    def group(number: int) -> str:
        said = "".join(digits[int(d)] + (units[place] if d != "0" else "") for place, d in _places(number))
        return re.sub("零+", "零", said).rstrip("零")

    high, low = divmod(yuan, 10_000)
    bridge = "零" if high and 0 < low < 1000 else ""
    return (group(high) + "万" if high else "") + bridge + group(low) + "元整"


def _places(number: int) -> Iterator[tuple[int, str]]:
    written = str(number) if number else ""
    return zip(range(len(written) - 1, -1, -1), written, strict=True)


def _full_width(pen: Pen, arguments: list[str]) -> str:
    return _number(pen, arguments).translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})


def _staff(pen: Pen, arguments: list[str]) -> str:
    """A colleague; of a department when its code is given."""
    wanted = [p.name for p in company.PEOPLE if not arguments or p.department == arguments[0]]
    return pen.chance.choice(wanted)


FACTS: dict[str, Callable[[Pen, list[str]], str]] = {
    "company": lambda _pen, _: company.COMPANY,
    "site": lambda pen, _: pen.site.name,
    "sitecode": lambda pen, _: pen.site.code,
    "dept": lambda pen, _: pen.department.name,
    "staff": _staff,
    "person": lambda pen, _: person(pen.chance),
    "firm": lambda pen, _: firm(pen.chance),
    "vendor": lambda pen, trades: firm(pen.chance, tuple(trades) or phrases.SERVICE_TRADES),
    "brand": lambda pen, _: "".join(pen.chance.sample(phrases.BRAND_SYLLABLES, 2)),
    "phone": lambda pen, _: phone(pen.chance),
    "room": lambda pen, _: room(pen.chance, pen.site.kind)[0],
    "area": lambda pen, _: pen.chance.choice(phrases.AREAS[pen.site.kind]),
    "client": lambda pen, _: pen.client.name,
    "contact": lambda pen, _: pen.client.contact,
    "clientroom": lambda pen, _: pen.client.room,
    "spokenroom": lambda pen, _: pen.client.spoken_room,
    "clientphone": lambda pen, _: pen.client.phone,
    "year": lambda pen, _: str(pen.day.year),
    "lastyear": lambda pen, _: str(pen.day.year - 1),
    "month": lambda pen, _: f"{pen.day.year}年{pen.day.month}月",
    "quarter": lambda pen, _: f"{pen.day.year}年第{'一二三四'[(pen.day.month - 1) // 3]}季度",
    "date": lambda pen, arguments: chinese_date(_shifted(pen, arguments)),
    "iso": lambda pen, arguments: _shifted(pen, arguments).isoformat(),
    "from": lambda pen, _: chinese_date(_term_begin(pen)),
    "until": lambda pen, arguments: chinese_date(_after_years(pen, arguments)),
    "rowday": _row_day,
    "monthday": lambda pen, _: pen.day.replace(day=pen.row).isoformat(),
    "clock": _clock,
    "i": lambda pen, _: str(pen.row),
    "nth": lambda pen, _: str(pen.ordinal + 1),
    "time": _time,
    "int": _number,
    "wide": _full_width,
    "dec": _decimal,
    "amount": _amount,
    "words": lambda pen, label: amount_in_words(_called_amount(pen, label)),
    "fourfold": lambda pen, label: f"{4 * _called_amount(pen, label):,}.00",
}
