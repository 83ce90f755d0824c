"""What printouts, dues and faults about rooms say in words, in zh and en."""

from collections.abc import Mapping

from archive import inspections
from archive.app import Archive
from archive.model.climate import Action, Finding, shown

FINDINGS: Mapping[str, tuple[str, str]] = {
    "temperature": ("温度超标", "temperature out of range"),
    "humidity": ("湿度超标", "humidity out of range"),
    "temperature-swing": ("温度日变化过大", "too much of a change of temperature within a day"),
    "humidity-swing": ("湿度日变化过大", "too much of a change of humidity within a day"),
    "flat-line": ("读数长时间不变", "the instrument stands still"),
    "missing": ("缺记", "readings missing"),
}
RESULTS: Mapping[str, tuple[str, str]] = {
    "good": ("正常", "good"),
    "bad": ("异常", "not good"),
    "none": ("不适用", "does not apply"),
}
UNITS = {"temperature": "℃", "humidity": "%", "temperature-swing": "℃", "humidity-swing": "%"}


def of_action(archive: Archive, action: Action) -> tuple[str, str]:
    if action.kind != "inspection":
        return FINDINGS[action.kind]
    item = inspections.called(archive, action.item, action.opened_at)
    return (f"{item.zh}异常", f"{item.en}: not as it should be") if item else (action.item, action.item)


def value_of(finding: Finding) -> str:
    """The worst value of a finding out of range: 68 %."""
    return f"{shown(finding.worst)} {UNITS[finding.kind]}"
