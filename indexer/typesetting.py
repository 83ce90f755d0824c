"""Office files are laid out as PDF by LibreOffice, where it is installed, behind walls of its own.

Its layout is what people know the paper by; its parsers are nobody's to trust. So it runs in a process without network
that can read nothing but the program, its fonts and the files of this batch, with a profile that lives as long as the
batch, and where a system cannot build these walls it does not run at all. Several files are laid out per start, one
after the other: when it dies or hangs, the file it was at is the one it died of, and it starts again with the next.
What it hands back is a PDF that is as little trusted as the file it came from.
"""

import contextlib
import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from indexer import confine, fonts, formats
from indexer.errors import IndexerError

log = logging.getLogger(__name__)

LAID_OUT = ("doc", "docx", "odf", "ppt", "pptx", "rtf", "xls", "xlsb", "xlsx")
"""Formats whose look is more than their words, and that LibreOffice opens."""

MEMORY_MB = 4096
"""Address space, of which the program takes a good part before it opens anything."""
PDF_BYTES_MAX = 64 << 20
"""A longer layout is nobody's to look at: the text is shown instead."""
_BESIDE_S = 30
"""What starting and ending may take besides."""
_POLL_S = 0.05
_STARTS_ANEW = 81
"""The status of a first start that has only made its profile."""
_NO_WALLS = 77
_NICE = 10

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">\
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>\
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>\
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>\
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">\
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">\
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{ours}</dir></fontconfig>
"""


OURS = rb"{\rtf1 Muniment}"
"""The last file of every batch is one of ours: when it is not laid out either, no file is at fault."""


class TypesetterBroken(IndexerError):
    """LibreOffice does not work here. No file is at fault; try again later."""

    code = "typesetter-broken"


class ProgramMissing(TypesetterBroken):
    """LibreOffice is not installed here, or no more."""


class WallsMissing(TypesetterBroken):
    """A wall that a program of others lives behind cannot be built on this system; it is not let loose without."""


@cache
def extension(media_type: str) -> str:
    """Under which ending LibreOffice is handed a file of this kind; empty for what is not laid out by it."""
    return next((name for name in LAID_OUT if media_type in formats.get(name).MEDIA_TYPES), "")


@dataclass(frozen=True, slots=True)
class Typesetter:
    """Lays out files with the LibreOffice that `program` names: one on the path, or a file."""

    program: str
    time_s: float = 60
    """What one file may take."""
    folder: Path | None = None
    """Where the files of a batch lie while they are laid out; the system's folder for that where none is given."""

    @property
    def binary(self) -> Path | None:
        """The program itself, behind the script that people start; None where it is not installed."""
        found = shutil.which(self.program) if self.program else None
        binary = Path(found).resolve().with_name("soffice.bin") if found else None
        return binary if binary is not None and binary.exists() else None

    def lays_out(self, media_type: str) -> bool:
        """Is this a kind that is laid out, and LibreOffice there to do it?"""
        return bool(extension(media_type)) and self.binary is not None

    def typeset(self, files: Sequence[tuple[Path, str]]) -> list[bytes]:
        """Each file, given with the ending it is handed over under, as PDF; empty where there is none to be had.

        Raises WallsMissing where the walls cannot be built, ProgramMissing where the program is not there, and
        TypesetterBroken when it lays out nothing, which says nothing about any file.
        """
        binary = self.binary
        if binary is None:
            raise ProgramMissing("LibreOffice is not installed.")
        found: list[bytes] = []
        begin = 0
        # The number at its head says whose it is, should we be killed.
        with tempfile.TemporaryDirectory(
            prefix=f"{os.getpid()}-typeset-", dir=self.folder, ignore_cleanup_errors=True
        ) as own:
            ours = Path(own).resolve() / "ours.rtf"
            ours.write_bytes(OURS)
            every = [*files, (ours, "rtf")]
            while begin < len(every):
                scratch = ours.with_name(str(begin))
                pdfs, settled = _Batch(binary, scratch, every[begin:], self.time_s).run()
                shutil.rmtree(scratch, ignore_errors=True)
                found += pdfs
                begin += settled
        if not found[-1]:
            raise TypesetterBroken("LibreOffice lays out nothing.")
        return found[:-1]


class _Batch:
    """One start of the program, with the files it is to lay out."""

    def __init__(self, binary: Path, scratch: Path, files: Sequence[tuple[Path, str]], time_s: float) -> None:
        self._binary, self._scratch, self._time_s = binary, scratch, time_s
        self._out, self._profile = scratch / "out", scratch / "profile"
        given = scratch / "in"
        for folder in (given, self._out, self._profile / "user"):
            folder.mkdir(parents=True)
        (self._profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        (scratch / "fonts.conf").write_text(_FONTS.format(ours=fonts.REGULAR.parent), "utf-8")
        self._files = [given / f"{number:04}.{ending}" for number, (_, ending) in enumerate(files)]
        for (path, _), file in zip(files, self._files, strict=True):
            shutil.copyfile(path, file)

    def run(self) -> tuple[list[bytes], int]:
        """What was laid out, and how many files of the batch are settled thereby."""
        status = self._start()
        if status == _STARTS_ANEW:
            status = self._start()
        pdfs = [self._pdf(number) for number in range(len(self._files))]
        if status == 0:
            return pdfs, len(pdfs)
        # Files are taken in order. The first after the last that was laid out is the one it died of, or one that it
        # could not open before that: either way its turn is over.
        last = max((number for number, pdf in enumerate(pdfs) if pdf), default=-1)
        log.warning("LibreOffice was ended or ended itself (%s) on file %d of %d", status, last + 2, len(pdfs))
        settled = min(last + 2, len(pdfs))
        return pdfs[:settled], settled

    def _start(self) -> int:
        """The status it ends with by itself, or that of being killed when it takes too long over one file."""
        told = self._scratch / "told"
        with told.open("wb") as telling:
            process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-m", "indexer.typesetting", json.dumps(self._order())],
                # Nothing of our environment: it may hold keys.
                env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "LANG": "C.UTF-8"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=telling,
                start_new_session=True,
            )
        try:
            until, seen = time.monotonic() + self._time_s + _BESIDE_S, 0
            end = time.monotonic() + self._most_s
            while process.poll() is None and time.monotonic() < min(until, end):
                # By name: whoever took the program over may write as many others as it likes.
                if (done := sum(self._laid_out(file).exists() for file in self._files)) > seen:
                    until, seen = time.monotonic() + self._time_s, done
                time.sleep(_POLL_S)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        if status == _NO_WALLS:
            raise WallsMissing(told.read_text("utf-8", "replace")[:200].strip())
        return status

    @property
    def _most_s(self) -> float:
        return self._time_s * len(self._files) + _BESIDE_S

    def _laid_out(self, file: Path) -> Path:
        return self._out / f"{file.stem}.pdf"

    def _order(self) -> dict[str, object]:
        return {
            "binary": str(self._binary),
            "scratch": str(self._scratch),
            "parent": os.getpid(),
            "time_s": self._most_s,
            "files": [str(confine.TMP / "in" / file.name) for file in self._files],
        }

    def _pdf(self, number: int) -> bytes:
        """The layout of one file; empty if there is none, or what lies there is none."""
        path = self._laid_out(self._files[number])
        try:
            # Whoever took the program over may have left anything in its place.
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or found.st_size > PDF_BYTES_MAX:
                    return b""
                pdf = file.read()
        except OSError:
            return b""
        return pdf if pdf.startswith(b"%PDF-") and b"%%EOF" in pdf[-1024:] else b""


# ---- In the process that becomes LibreOffice ----


_ARGUMENTS = (
    f"-env:UserInstallation={(confine.TMP / 'profile').as_uri()}",
    # Nothing that others have installed beside it, nor anything it would have to write down about that.
    f"-env:UNO_SHARED_PACKAGES_CACHE={(confine.TMP / 'shared').as_uri()}",
    f"-env:BUNDLED_EXTENSIONS={(confine.TMP / 'bundled').as_uri()}",
    "--headless",
    "--norestore",
    "--nolockcheck",
    "--nodefault",
    "--nologo",
    *("--convert-to", "pdf", "--outdir", str(confine.TMP / "out")),
)
_ENVIRONMENT = {
    "HOME": str(confine.TMP),
    "TMPDIR": str(confine.TMP),
    "XDG_CACHE_HOME": str(confine.TMP),
    "FONTCONFIG_FILE": str(confine.TMP / "fonts.conf"),
    "LANG": "C.UTF-8",
    "SAL_USE_VCLPLUGIN": "svp",
}
_SETTINGS = Path("/etc/libreoffice")


def _main(order: dict[str, Any]) -> None:
    binary = Path(order["binary"])
    os.nice(_NICE)
    os.chdir("/")
    try:
        confine.limit(time_s=order["time_s"], memory_mb=MEMORY_MB, file_bytes_max=PDF_BYTES_MAX, files_max=1024)
        confine.become(
            binary,
            [*_ARGUMENTS, *order["files"]],
            _ENVIRONMENT,
            readable=(binary.parent.parent, fonts.REGULAR.parent, _SETTINGS),
            tmp=Path(order["scratch"]),
            parent=order["parent"],
        )
    except PermissionError as error:
        sys.stderr.write(str(error))
        sys.exit(_NO_WALLS)


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
