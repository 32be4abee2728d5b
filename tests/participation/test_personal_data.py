"""Personal numbers and addresses: found exactly, in every form people write them, and nothing else."""

import csv
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.participation.personal_data import KINDS, Finding, find, has_luhn_check, has_resident_id_check, mask
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in find(text)]


# --- Numbers made from their rules ---------------------------------------------------------------------------------


def some_digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def resident_id(chance: random.Random) -> str:
    region = chance.choice(["110101", "130203", "220104", "310104", "450102", "530103", "620102", "650104", "810000"])
    born = f"{chance.randint(1930, 2019)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    body = region + born + some_digits(chance, 3)
    return next(body + check for check in "0123456789X" if has_resident_id_check(body + check))


def bank_card(chance: random.Random) -> str:
    body = chance.choice(["622848", "621700", "622202", "623058", "625911"])
    body += some_digits(chance, chance.choice([9, 12]))
    return next(body + check for check in "0123456789" if has_luhn_check(body + check))


def mobile(chance: random.Random) -> str:
    return chance.choice(["130", "139", "147", "158", "166", "173", "188", "191"]) + some_digits(chance, 8)


def landline(chance: random.Random) -> str:
    area = chance.choice(["010", "021", "029", "0755", "0914", "0371"])
    return f"{area}-{chance.choice('2345678')}{some_digits(chance, chance.choice([6, 7]))}"


def plate(chance: random.Random) -> str:
    office = chance.choice("京沪粤浙川陕渝桂") + chance.choice("ABCDEFGH") + chance.choice(["", "·"])
    return office + "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(5))


def passport(chance: random.Random) -> str:
    return chance.choice("EG") + some_digits(chance, 8)


MAKERS = {
    "resident_id": resident_id,
    "bank_card": bank_card,
    "mobile": mobile,
    "landline": landline,
    "plate": plate,
    "passport": passport,
}
AROUND = {
    "resident_id": ["我的身份证号是{}，请核实。", "ID number {} belongs to me.", "号码{}已登记"],
    "bank_card": ["银行卡 {}", "请把补贴打到卡号{}。", "Card no. {} was charged twice."],
    "mobile": ["微信同号{}", "Call me at {} after six.", "请联系{}，谢谢。"],
    "landline": ["Phone {} is not answered.", "办公室电话{}一直没人接。"],
    "plate": ["My car {} was fined.", "车牌{}停在消防通道。"],
    "passport": ["护照号{}。", "Passport {} expires in May."],
}


def written(kind: str, number: str, form: str) -> str:
    if form == "full_width":
        return number.translate(FULL_WIDTH)
    if form == "spaced":
        return " ".join(number[place : place + 4] for place in range(0, len(number), 4))
    if form == "dashed":
        return f"{number[:3]}-{number[3:7]}-{number[7:]}" if kind == "mobile" else f"{number[:6]}-{number[6:]}"
    return number


@pytest.mark.parametrize("kind", MAKERS)
def test_numbers_made_from_their_rules_are_found_exactly_in_every_form(kind: str) -> None:
    chance = random.Random(kind)
    forms = ["plain", "full_width"]
    if kind in {"resident_id", "bank_card", "mobile"}:
        forms += ["spaced", "dashed"]
    for _ in range(300):
        number = written(kind, MAKERS[kind](chance), chance.choice(forms))
        text = chance.choice(AROUND[kind]).format(number)
        assert found(text) == [(kind, number)], text
        assert find(mask(text)) == [], text


@pytest.mark.parametrize("kind", ["resident_id", "bank_card"])
def test_a_number_with_a_wrong_check_digit_is_nothing_in_any_form(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(1000):
        number = MAKERS[kind](chance)
        if kind == "bank_card" and len(number) == 16:
            continue
        wrong = number[:-1] + chance.choice([digit for digit in "0123456789" if digit != number[-1]])
        text = f"编号{written(kind, wrong, chance.choice(['plain', 'spaced', 'dashed', 'full_width']))}查询不到。"
        assert found(text) == [], text


# --- Real input ----------------------------------------------------------------------------------------------------


def test_every_vector_agrees_in_kind_and_span() -> None:
    with shared_file("data", "pii", "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        parts = (
            (row["kind"].split("|"), row["start"].split("|"), row["end"].split("|")) if row["kind"] else ((), (), ())
        )
        expected = [Finding(kind, int(start), int(end)) for kind, start, end in zip(*parts, strict=True)]
        assert find(row["text"]) == expected, row
        assert find(mask(row["text"])) == [], row


def test_laws_hold_nothing_personal() -> None:
    texts = sorted(shared_file("data", "drafts").glob("*.txt"))
    assert texts
    for path in texts:
        assert find(path.read_text(encoding="utf-8")) == [], path.name


def test_statements_of_an_opinion_map_hold_nothing_personal() -> None:
    files = sorted(shared_file("data", "opinion").glob("*/comments.csv"))
    assert files
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                assert found(row["comment-body"]) == [], row


def test_letters_cleaned_of_numbers_hold_only_plates_and_homes_that_the_cleaning_missed() -> None:
    """Each was read: the flat of a writer, the home of an applicant, the plate of a crashed lorry."""
    seen = set()
    with shared_file("data", "messages", "mayor_zh.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            seen |= set(found(row["title"]) + found(row["text"]))
    assert {kind for kind, _ in seen} <= {"address", "plate"}
    assert len(seen) <= 5


def test_hostile_strings_are_searched_and_masked_without_an_error() -> None:
    entries = json.loads(shared_file("data", "badinput", "strings.json").read_text(encoding="utf-8"))
    values = [str(entry["value"]) for entry in entries]
    assert len(values) > 100
    for value in values:
        assert find(mask(value)) == []


# --- Forms, kind by kind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手机+86 138 0013 8000。", "+86 138 0013 8000"),
        ("手机0086-138-0013-8000", "0086-138-0013-8000"),
        ("8613800138000", "8613800138000"),
        ("打013800138000", "013800138000"),
        ("tel13800138000", "13800138000"),
        ("138.0013.8000", "138.0013.8000"),
        ("1380013 8000", "1380013 8000"),
        ("1 3 8 0 0 1 3 8 0 0 0", "1 3 8 0 0 1 3 8 0 0 0"),
        ("138\u200b0013\u200b8000", "138\u200b0013\u200b8000"),
        ("138—0013—8000", "138—0013—8000"),
        ("١٣٨٠٠١٣٨٠٠٠", "١٣٨٠٠١٣٨٠٠٠"),
    ],
)
def test_a_mobile_is_found_however_it_is_written(text: str, expected: str) -> None:
    assert found(text) == [("mobile", expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(010)65771280转8001", "(010)65771280转8001"),
        ("（0755）8268 4656-12", "（0755）8268 4656-12"),
        ("+86-10-6577-1280", "+86-10-6577-1280"),
        ("+86 (0)10 65771280", "+86 (0)10 65771280"),
        ("01065771280", "01065771280"),
        ("0914-2345678分机12", "0914-2345678分机12"),
        ("电话是6577 1280。", "6577 1280"),
        ("传真:65771280", "65771280"),
    ],
)
def test_a_landline_is_found_with_its_area_code_and_extension(text: str, expected: str) -> None:
    assert found(text) == [("landline", expected)]


@pytest.mark.parametrize(
    "text",
    [
        "京A12345",
        "京AD12345",
        "沪A12345D",
        "京A·1234警",
        "粤Z1234港",
        "京 A 12345",
        "京Ａ１２３４５",
        "浙B·UUTTZ",
    ],
)
def test_a_plate_is_found_old_and_new_with_and_without_its_dot(text: str) -> None:
    assert found(text) == [("plate", text)]


@pytest.mark.parametrize("text", ["云SERVER很快", "最新UPDATE", "云v1a2b3c", "京东A12345678", "川I12345"])
def test_other_words_after_the_name_of_a_province_are_no_plate(text: str) -> None:
    assert found(text) == []


def test_letters_alone_are_a_plate_only_near_a_word_about_cars() -> None:
    assert found("京EMGNZG") == []
    assert found("车牌京EMGNZG") == [("plate", "京EMGNZG")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E12345678", "E12345678"),
        ("EA1234567", "EA1234567"),
        ("DE1234567", "DE1234567"),
        ("P12345678", "P12345678"),
        ("护照E 1234 5678。", "E 1234 5678"),
        ("护照号码：AB1234567", "AB1234567"),
        ("passport no. C01X00T47", "C01X00T47"),
        ("Passport number: 123456789", "123456789"),
        ("港澳通行证H1234567802", "H1234567802"),
    ],
)
def test_a_passport_is_found_by_its_form_or_by_the_word_before_it(text: str, expected: str) -> None:
    assert found(text) == [("passport", expected)]


@pytest.mark.parametrize("text", ["文件E20240101", "XE12345678", "E123456789", "AB1234567", "passport 2024"])
def test_a_code_like_a_passport_is_none(text: str) -> None:
    assert found(text) == []


def test_a_card_of_a_foreign_issuer_needs_a_word_or_its_groups() -> None:
    assert found("4111111111111111") == []
    assert found("卡号4111111111111111") == [("bank_card", "4111111111111111")]
    assert found("4111 1111 1111 1111") == [("bank_card", "4111 1111 1111 1111")]


def test_a_card_followed_by_other_digits_is_still_found() -> None:
    assert found("6217001646204207859 12张") == [("bank_card", "6217001646204207859")]


def test_the_old_identity_number_needs_the_word() -> None:
    assert found("身份证110101800101001") == [("resident_id", "110101800101001")]
    assert found("110101800101001") == []
    assert found("身份证110101801301001") == []


@pytest.mark.parametrize("number", ["110101199013070036", "110101199002300036", "000101199001010036"])
def test_an_identity_number_needs_a_real_date_and_region(number: str) -> None:
    candidates = [number[:17] + check for check in "0123456789X"]
    assert [found(candidate) for candidate in candidates] == [[]] * 11


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我住在人民路100弄5号602室。", "人民路100弄5号602室"),
        ("朝阳区建国路88号院3号楼2单元501室漏水", "朝阳区建国路88号院3号楼2单元501室"),
        ("我是时代小区一号楼2103的住户", "时代小区一号楼2103"),
        ("家住解放路12号", "解放路12号"),
        ("住址：夜村镇李河滩村四组12号", "夜村镇李河滩村四组12号"),
        ("I live in Room 501, No. 12 Renmin Road.", "Room 501, No. 12 Renmin Road"),
    ],
)
def test_an_address_is_found_when_it_leads_to_a_home(text: str, expected: str) -> None:
    assert found(text) == [("address", expected)]


@pytest.mark.parametrize(
    "text",
    [
        "办公地址：解放路12号",
        "第三章第五号",
        "行政楼302室",
        "1号楼3层会议室",
        "312国道135公里处",
        "文号：民发〔2016〕78号",
        "道路1号线",
    ],
)
def test_a_public_place_is_no_home(text: str) -> None:
    assert found(text) == []


def test_an_email_ends_where_the_sentence_goes_on() -> None:
    assert found("发到a.b+c@mail.example.cn即可，或li@example.org.") == [
        ("email", "a.b+c@mail.example.cn"),
        ("email", "li@example.org"),
    ]
    assert found("邮箱ａ＠ｅｘａｍｐｌｅ．ｃｎ") == [("email", "ａ＠ｅｘａｍｐｌｅ．ｃｎ")]
    assert found("@某部门 请回复 a@b") == []


# --- Overlaps and neighbours ---------------------------------------------------------------------------------------


def test_the_stronger_kind_keeps_the_characters() -> None:
    assert found("13800138000@qq.com") == [("email", "13800138000@qq.com")]
    card = next(f"6217 1380 0138 0000 00{last}" for last in range(10) if has_luhn_check(f"621713800138000000{last}"))
    assert found(card) == [("bank_card", card)]


def test_two_numbers_side_by_side_are_two() -> None:
    assert found("138 0013 8000 139 0013 9000") == [("mobile", "138 0013 8000"), ("mobile", "139 0013 9000")]
    assert found("6217001646204207859 13800138000") == [
        ("bank_card", "6217001646204207859"),
        ("mobile", "13800138000"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "数列1 3 5 7 9 11 13 15",
        "坐标118.138001380001",
        "13800138000元",
        "SN13800138000",
        "1Z999AA13800138000",
        "138001380001",
        "v1.3.8.0013.8000",
        "总计 13800138000 元",
    ],
)
def test_other_numbers_are_not_telephones(text: str) -> None:
    assert found(text) == []


# --- Masking -------------------------------------------------------------------------------------------------------


def test_a_mask_has_one_length_and_leaves_the_rest() -> None:
    assert mask("电话13800138000，邮箱a@example.org。") == "电话▇▇▇▇，邮箱▇▇▇▇。"


def test_a_mask_can_carry_the_word_of_its_kind() -> None:
    assert mask("电话13800138000。", words={"mobile": "手机号"}) == "电话▇手机号▇。"


def test_a_mask_covers_exactly_the_findings_it_is_given() -> None:
    assert mask("电话13800138000", []) == "电话13800138000"
    overlapping = [Finding("mobile", 2, 8), Finding("email", 5, 13)]
    assert mask("电话13800138000", overlapping, words={"email": "邮箱"}) == "电话▇邮箱▇"


def test_a_number_glued_to_another_does_not_survive_the_mask() -> None:
    assert mask("a@b.com13800138000") == "▇▇▇▇▇▇▇▇"


NUMBERS = ["138", "0013", "8000", "6217", "110101", "1990", "X", "０"]
PIECES = st.sampled_from([*NUMBERS, " ", "-", "路", "号", "室", "@", ".", "a", "京A", "E", "\n"])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_findings_are_ordered_apart_and_gone_after_the_mask(text: str) -> None:
    findings = find(text)
    assert all(finding.kind in KINDS and 0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert all(left.end <= right.start for left, right in zip(findings, findings[1:], strict=False))
    assert find(mask(text)) == []


@given(st.text(max_size=200))
def test_any_text_can_be_searched_and_masked(text: str) -> None:
    assert find(mask(text)) == []


# --- Time ----------------------------------------------------------------------------------------------------------

# A pattern that searches a run again from each of its characters would take minutes for each of these.
HOSTILE = ["1", "1 ", "13800138000 ", "1-3 8", "@", "a", "a@a.", "6222 ", "0931 ", "1."]
HOSTILE += ["路1号", "1栋", "我住", "护照 ", "房室1"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_long_hostile_input_is_searched_to_its_end(unit: str) -> None:
    text = unit * (150_000 // len(unit))
    ending = "。电话13900139000"
    assert find(text + ending)[-1] == Finding("mobile", len(text) + 3, len(text) + 14)
