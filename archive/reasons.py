"""Why a file is not taken in, for whoever finds it in quarantine: in both languages, with what to do next.

Whoever looks into a shared folder has no page of ours before them, and may not read English.
"""

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "empty-file": "文件是空的，请重新复制或扫描。",
    "too-large": "文件超过了单个文件的大小上限，请拆分后再投递。",
    "not-a-file": "这不是普通文件。",
    "link": "这是链接而不是文件，系统不跟随链接；请投递文件本身。",
    "unreadable": "文件无法读取，请检查权限或重新扫描。",
    "exhausted": "读取该文件所需的时间或内存超过限度。",
    "too-slow": "读取该文件用时过长。",
    "too-much-memory": "读取该文件占用内存过多。",
    "crashed": "读取程序在该文件上中断。",
    "reader-failed": "读取程序无法处理该文件。",
    "bomb": "压缩包解开后远超正常文件大小，疑为恶意文件。",
    "damaged": "文件已损坏，请重新索取或重新扫描。",
    "damaged-archive": "压缩包已损坏，请重新索取。",
    "unsupported-archive": "不支持该类压缩包，请解压后投递。",
    "unknown-format": "无法识别文件内容的类型。",
    "executable": "这是可执行程序，留在隔离区。",
    "no-reader": "暂不能读取该类文件。",
}
"""Code → what it says in Chinese; other codes are said in general words."""

_GENERAL = "该文件未能入库。"


def in_chinese(code: str) -> str:
    return CHINESE.get(code, _GENERAL)


def written(code: str, english: str) -> str:
    """What stands in the `.reason.txt` beside a file in quarantine."""
    return (
        f"未入库：{in_chinese(code)}\n"
        "下一步：改正后放回收件夹，或请档案管理员在“收件”页面点“重试”。文件没有丢失，原样保存在这里。\n"
        f"（代码 {code}）\n\n"
        f"Not taken in: {english}\n"
        "Next: correct it and put it back into the inbox, or ask a document controller to press Retry on the intake "
        "page. Nothing was lost: the file lies here as it came.\n"
    )
