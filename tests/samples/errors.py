"""How far a text that was read is from what is written."""

from collections import Counter


def error_rate(read: str, written: str) -> float:
    """Characters to insert, leave out or change, for every character that is written; white space does not count."""
    read, written = "".join(read.split()), "".join(written.split())
    row = list(range(len(written) + 1))
    for at, char in enumerate(read, 1):
        above, row[0] = row[0], at
        for other, wanted in enumerate(written, 1):
            above, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, above + (char != wanted))
    return row[-1] / max(len(written), 1)


def orderless_rate(read: str, written: str) -> float:
    """As `error_rate` where nothing is known of the order: letters and digits too many or too few, whichever are more.

    Dots that lead to page numbers are no words.
    """
    there, wanted = Counter(filter(str.isalnum, read)), Counter(filter(str.isalnum, written))
    return max((there - wanted).total(), (wanted - there).total()) / max(wanted.total(), 1)
