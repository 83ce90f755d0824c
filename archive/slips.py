"""An anchor on a slip of paper: the line to type, a square to scan, and room for two signatures.

In both languages: who opens the safe one day may read only one of them.
"""

from archive.anchoring import Note
from archive.printing import Code, Facts, Printout, Signatures, Words


def printout(note: Note, company: str) -> Printout:
    digest = "\n".join(note.digest[start : start + 16] for start in range(0, 64, 16))
    return Printout(
        "审计日志锚定单 Anchor of the ledger",
        (
            Facts(
                (
                    ("档案系统 Archive", note.archive),
                    ("时间 At", note.at),
                    ("末行 Last line", str(note.seq)),
                    ("摘要 Digest", digest),
                )
            ),
            Code(note.line, note.line),
            Words(
                "此单由安全审计员签字后放入保险柜，不得交给运行系统的人保管。\n"
                "Signed by the auditor and kept in a safe, out of the reach of whoever runs the archive."
            ),
            Words("核对 To verify:  muniment ledger verify --slip '…'"),
            Signatures(("安全审计员 Auditor", "安全保密员 Security officer")),
        ),
        about=tuple(filter(None, (company,))),
    )
