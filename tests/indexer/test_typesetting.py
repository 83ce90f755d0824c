"""LibreOffice lays files out behind walls, and a file it dies of costs only itself."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.reading import Reader
from indexer.typesetting import ProgramMissing, Typesetter, extension
from tests.samples import make

OFFICE = Typesetter("soffice")
needs_office = pytest.mark.skipif(OFFICE.binary is None, reason="LibreOffice is not installed here")
needs_walls = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has these walls")

_BECOME = """
import json, os, sys
from pathlib import Path
from indexer import confine
program, arguments, tmp = json.loads(sys.argv[1])
try:
    confine.become(Path(program), arguments, {}, readable=(), tmp=Path(tmp), parent=os.getppid())
except PermissionError as error:
    print(f"no walls: {error}")
"""


_REFUSED = """
real = confine._libc()
class Kernel:
    def __getattr__(self, name):
        return getattr(real, name)
    def syscall(self, number, *rest):
        return -1 if number.value == 446 and refused == "file system rules" else real.syscall(number, *rest)
    def prctl(self, what, *rest):
        return -1 if what == 22 and refused == "system call filter" else real.prctl(what, *rest)
confine._libc = Kernel
"""
"""A kernel that refuses to raise one of the walls: landlock_restrict_self, or the filter of system calls."""


def walled_in(tmp: Path, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A program of the system, run as LibreOffice is."""
    order = json.dumps([str(Path(program).resolve()), arguments, str(tmp)])
    done = subprocess.run([sys.executable, "-c", _BECOME, order], capture_output=True, text=True, check=False)
    if done.stdout.startswith("no walls"):
        pytest.skip(done.stdout)
    return done


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.txt").write_text("mine")
    return tmp_path / "own"


@needs_walls
def test_a_program_of_others_reads_what_it_was_handed_and_nothing_else(own: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")

    assert walled_in(own, "/bin/cat", "/tmp/mine.txt").stdout == "mine"
    for other in (str(tmp_path / "secret.txt"), "/etc/passwd", "/proc/self/environ"):
        refused = walled_in(own, "/bin/cat", other)
        assert (refused.stdout, refused.returncode) == ("", 1), other


@needs_walls
def test_a_program_of_others_starts_no_other_and_reaches_nobody(own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        for deed in ("exec /bin/cat /tmp/mine.txt", "(cat /tmp/mine.txt)", f"echo x > /dev/tcp/127.0.0.1/{port}"):
            done = walled_in(own, "/bin/bash", "-c", deed)
            assert (done.stdout, bool(done.returncode)) == ("", True), deed
        with pytest.raises(TimeoutError):
            server.accept()


@needs_walls
@pytest.mark.parametrize("refused", ["file system rules", "system call filter"])
def test_where_a_wall_does_not_stand_no_program_of_others_is_begun(own: Path, refused: str) -> None:
    order = json.dumps([str(Path("/bin/cat").resolve()), ["/tmp/mine.txt"], str(own)])
    script = _BECOME.replace("program, arguments", f"refused = {refused!r}{_REFUSED}\nprogram, arguments", 1)

    done = subprocess.run([sys.executable, "-c", script, order], capture_output=True, text=True, check=False)

    assert done.stdout.startswith("no walls: "), done.stderr


@needs_office
def test_several_files_are_laid_out_by_one_start(tmp_path: Path, reader: Reader) -> None:
    files = {
        "docx": make.docx("物业服务合同", "第二段"),
        "xlsx": make.xlsx({"水电费": [["房号", "金额"], ["1203", 88]]}),
        "rtf": rb"{\rtf1\ansi\uc0 \u29289\u19994 notice}",
    }
    given = [(tmp_path / f"given.{ending}", ending) for ending in files]
    for path, ending in given:
        path.write_bytes(files[ending])

    laid_out = OFFICE.typeset(given)

    for pdf, words in zip(laid_out, ("物业服务合同", "房号", "notice"), strict=True):
        (tmp_path / "layout.pdf").write_bytes(pdf)
        reading = reader.read(tmp_path / "layout.pdf", "layout.pdf")
        assert reading.image_pages == 1
        assert words in "".join(reading.text.pages).replace("\n", "")


@needs_office
def test_a_file_it_hangs_on_or_cannot_open_costs_only_itself(tmp_path: Path) -> None:
    endless = make.docx(parts={"word/document.xml": make.word_body("<w:p><w:r><w:t>很长</w:t></w:r></w:p>" * 400_000)})
    contents = [make.docx("好文件"), endless, b"{\\rtf1", make.docx("后面的文件")]
    given = [(tmp_path / f"{number}.docx", "docx") for number in range(len(contents))]
    for (path, _), content in zip(given, contents, strict=True):
        path.write_bytes(content)

    laid_out = Typesetter("soffice", time_s=4).typeset(given)

    assert [bool(pdf) for pdf in laid_out] == [True, False, False, True]


def test_without_the_program_nothing_is_laid_out(tmp_path: Path) -> None:
    absent = Typesetter(str(tmp_path / "soffice"))
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    assert extension(word) == "docx"
    assert not absent.lays_out(word)
    assert not OFFICE.lays_out("application/pdf")
    with pytest.raises(ProgramMissing):
        absent.typeset([])
