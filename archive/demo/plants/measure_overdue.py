"""An audit found a certificate out of date; the measure was due and nobody says that it is done. Another was closed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from archive import measures, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.measures import Wish

PAPERS: tuple[Paper, ...] = ()


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it needs no papers
    keeper, other = people.named(archive, "shenyanqiu"), people.named(archive, "zongwenbin")
    today = archive.now().astimezone().date()

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    audit = measures.plan(
        archive, keeper, "external", title="认证机构年度监督审核", on=ago(60), lead="baizhiyuan", site="JF01"
    )
    measures.hold(archive, keeper, audit.id, on=ago(60))
    minor = measures.find(archive, keeper, audit.id, grade="minor", clause="7.1.5", said="压力表检定证书过期")
    measures.find(archive, keeper, audit.id, grade="observation", clause="7.5.3", said="作业指导书夹放旧版一份")
    about = Wish("压力表检定证书过期", "送检并建立检定台账", "qiaoyining", ago(20), "JF01", review_id=audit.id,
                 finding_id=minor.id, cause="到期提醒无人负责")  # fmt: skip
    late = measures.open_measure(archive, keeper, about)
    closed = measures.open_measure(
        archive, keeper, Wish("旧版作业指导书夹放", "收回旧版并检查各岗位文件夹", "qiaoyining", ago(30), "JF01")
    )
    measures.done(
        archive, people.named(archive, "qiaoyining"), closed.id, evidence="旧版一份已收回，岗位文件夹已逐一检查"
    )
    measures.close(archive, other, closed.id, worked=True, answer="抽查三处，均为现行版本")
    return (late.id,)
