import io

import pytest
from pypdf import PdfReader

from engage.participation.pdf import qr_as_svg, render_pdf

pytestmark = pytest.mark.sqlite_only


def receipt(lines: list[str]) -> PdfReader:
    """Render a receipt with these lines."""
    values = {
        "site": "民意通", "office": "临河市民政局", "heading": "我们收到了你的2条意见", "reference_label": "编号",
        "reference": "C-2026-004217-K", "code_label": "查询码", "code": "7KQM-3XHD-9RWA", "received_label": "收到",
        "received": "2026年11月24日 09:41", "how": "查进度：", "url": "http://127.0.0.1:8000/zh/track/",
        "qr_label": "二维码", "sent_label": "你写的", "lines": lines,
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


def test_a_long_submission_goes_over_several_pages():
    reader = receipt([f"第{number}条：{'意见' * 500}" for number in range(50)])
    assert len(reader.pages) > 10
    assert reader.metadata is not None
    assert reader.metadata.title == "我们收到了你的2条意见"
