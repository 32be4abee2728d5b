"""Names that a letter or its answer says are names."""

from __future__ import annotations

import pytest

from mailbox.publication.names import said


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我叫周海涛，电话13800138000。", ["周海涛"]),
        ("您好！本人李梅，家住锦绣路。", ["李梅"]),
        ("我是柳青青，想问医保的事。", ["柳青青"]),
        ("申请人：欧阳小明\n联系人: 王芳 电话", ["欧阳小明", "王芳"]),
        ("我是商州区的居民，本人常年在外打工，本人于2020年退休。", []),
        ("我是周边的居民。本人安排好了。经本人申请，我是党员。", []),
        ("My name is Tom Reed, phone 138.", ["Tom Reed"]),
        ("Name: Anna Bell\nI ask for the list.", ["Anna Bell"]),
        ("my name is not on the list", []),
    ],
)
def test_a_letter_names_its_writer(text, names):
    assert list(said(text, "")) == names


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("周海涛您好：路灯已修好。", ["周海涛"]),
        ("尊敬的李梅女士，您好！", ["李梅"]),
        ("王女士您好：", []),
        ("您好！来信收悉。", []),
        ("Dear Mr. Tom Reed,\nthe lamp is repaired.", ["Tom Reed"]),
        ("Dear Sir,\nDear All,", []),
    ],
)
def test_an_answer_names_whom_it_greets(answer, names):
    assert list(said("", answer)) == names


def test_the_letter_greets_officials_whose_names_stay():
    assert list(said("尊敬的陈俊市长您好！Dear Minister Wang", "")) == []
