import io

import pytest
from pypdf import PdfReader

from engage.participation.pdf import qr_as_svg, render_pdf

pytestmark = pytest.mark.sqlite_only


def receipt(texts: list[str], changes: list[tuple[str, str]] = ()) -> PdfReader:
    """Render a receipt of these comments."""
    values = {
        "site": "民意通", "office": "临河市民政局", "heading": "我们收到了你的2条意见", "reference_label": "编号",
        "reference": "C-2026-004217-K", "code_label": "查询码", "code": "7KQM-3XHD-9RWA", "received_label": "收到",
        "received": "2026年11月24日 09:41", "how": "查进度：", "url": "http://127.0.0.1:8000/zh/track/",
        "qr_label": "二维码", "sent_label": "你写的",
        "sent": [{"title": "第十二条", "note": "赞成", "text": text, "changes": changes} for text in texts],
        "changes_label": "建议改成", "steps_label": "接下来", "proof": "可以核对：http://127.0.0.1:8000/zh/journal/",
        "steps": [{"title": "收到", "note": "今天", "state": "done"}, {"title": "答复", "note": "", "state": "todo"}],
        "qr": qr_as_svg("http://127.0.0.1:8000/zh/track/"),
    }  # fmt: skip
    return PdfReader(io.BytesIO(render_pdf("receipt", values)))


def text_of(reader: PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages)


def test_a_receipt_reads_in_chinese_with_its_reference_and_code():
    found = text_of(receipt(["第十二条 上门服务：每周一次太少。"]))
    for words in ("C-2026-004217-K", "7KQM-3XHD-9RWA", "每周一次太少", "你写的"):
        assert words in found


@pytest.mark.parametrize(
    "typed",
    [
        '#import "x"',
        "$x^2$ *bold* _it_ `raw`",
        "@label <label> \\ [ ] { }",
        '#read("/etc/passwd")',
        "a\x00b",
        "👩‍👩‍👧 ‮x",
        "// //",
    ],
)
def test_what_people_type_is_never_markup(typed):
    found = receipt([typed])
    assert len(found.pages) == 1
    assert "root:" not in text_of(found)


def test_a_receipt_says_the_stance_the_suggested_words_and_what_happens_next():
    found = text_of(receipt(["一周一次太少。"], [("keep", "每周不少于"), ("del", "一"), ("ins", "两"), ("keep", "次")]))
    for words in ("赞成", "建议改成", "每周不少于", "两", "接下来", "答复", "可以核对"):
        assert words in found


def test_a_long_submission_goes_over_several_pages():
    reader = receipt([f"第{number}条：{'意见' * 500}" for number in range(50)])
    assert len(reader.pages) > 10
    assert reader.metadata is not None
    assert reader.metadata.title == "我们收到了你的2条意见"
