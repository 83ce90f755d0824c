"""How often the class of a paper is guessed rightly, and its facts are read, on the papers of the demo company.

Classes by five-fold cross-validation: no paper is asked about that was learned from. Beside it stands what the file
plan alone says, as an archive begins in which nothing was filed yet.
"""

import random
import time
import unicodedata
from collections import Counter

from archive import facts, fileplan, learning, suggesting
from archive.demo.records import DemoRecord, demo_records
from indexer.text import Text

FOLDS = 5


def main() -> None:
    records = list(demo_records())
    random.Random(1).shuffle(records)
    papers = [(one, text_of(one)) for one in records]
    classes = fileplan.parse(fileplan.SHIPPED.read_bytes())
    print("| class guessed | n | first | among three | entered | wrong of those | ms each |\n" + "|---" * 7 + "|")
    alone, learned = Counter[str](), Counter[str]()
    took = 0.0
    for fold in range(FOLDS):
        taught = [
            (one.class_code, learning.sample(one.file_name, text))
            for n, (one, text) in enumerate(papers)
            if n % FOLDS != fold
        ]
        lessons = learning.learn(taught)
        for one, text in papers[fold::FOLDS]:
            for counted, known in ((alone, None), (learned, lessons)):
                began = time.perf_counter()
                found = suggesting.suggest(Text((text,)), one.file_name, classes, known)
                took += time.perf_counter() - began
                guesses = [each for each in found if each.field == "class_code"]
                codes = [each.value for each in guesses]
                if guesses and guesses[0].confidence >= suggesting.CLASS_ENTERED_MIN:
                    counted["entered"] += 1
                    counted["wrong"] += codes[0] != one.class_code
                counted["first"] += codes[:1] == [one.class_code]
                counted["three"] += one.class_code in codes[:3]
    for name, counted in (("by the file plan alone", alone), (f"learned, {FOLDS}-fold cross-validation", learned)):
        first, three = counted["first"] / len(papers), counted["three"] / len(papers)
        sure = f"{counted['entered']} | {counted['wrong']}"
        print(f"| {name} | {len(papers)} | {first:.1%} | {three:.1%} | {sure} | {1000 * took / len(papers) / 2:.1f} |")
    print("\n| fact | papers that have it | read rightly |\n|---|---|---|")
    for name, (there, right) in facts_read(papers).items():
        print(f"| {name} | {there} | {right / there:.1%} |")


def text_of(record: DemoRecord) -> str:
    return unicodedata.normalize("NFKC", "\n".join(record.paper.lines()))


def facts_read(papers: list[tuple[DemoRecord, str]]) -> dict[str, tuple[int, int]]:
    """For facts that the demo company knows of its papers: how many have it, and how many were read rightly."""
    there, right = Counter[str](), Counter[str]()
    for record, text in papers:
        found = {fact.field: fact.value for fact in reversed(facts.read([text]))}
        wanted = {"issuer": unicodedata.normalize("NFKC", record.issuer)}
        if record.class_code.startswith("HT") and len(record.parties) == 2 and "甲方" in text:
            wanted |= {
                "party_a": unicodedata.normalize("NFKC", record.parties[0]),
                "party_b": unicodedata.normalize("NFKC", record.parties[1]),
                "contract_number": unicodedata.normalize("NFKC", record.doc_number or ""),
            }
        for name, value in wanted.items():
            if value:
                there[name] += 1
                right[name] += found.get(name) == value
    return {name: (count, right[name]) for name, count in there.items()}


if __name__ == "__main__":
    main()
