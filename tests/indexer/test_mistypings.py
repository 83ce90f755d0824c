"""What was typed by its sound and came out as other characters is read anew from a dictionary, never from an index."""

import pytest

from indexer.mistypings import alternatives


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("电提何同", "电梯合同"),
        ("维抱合同", "维保合同"),
        ("漏水维休", "漏水维修"),
        ("务服合同", "服务合同"),
        ("物业服务合合同", "物业服务合同"),
        ("消房泵房 2024", "消防泵房 2024"),
        ("甘路", "甘露"),
    ],
)
def test_words_that_sound_alike_or_slipped_are_read_anew(typed: str, meant: str):
    assert meant in alternatives(typed)[:12]


@pytest.mark.parametrize(
    "typed", ["物业合同", "遗失", "业主大会", "", "HT-2024-07", "题名:何同", '"何同"', "何同 -备案"]
)
def test_words_of_the_dictionary_and_questions_with_signs_are_taken_as_they_stand(typed: str):
    assert alternatives(typed) == ()


def test_a_sentence_is_not_read_anew():
    assert alternatives("电提坏了物业公司不来修里怎么办才好呢") == ()
