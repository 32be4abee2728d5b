"""Reading a table of departments and telling whether it is a tree, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from engage.departments.importing import read_table
from engage.departments.rules import (
    MAX_DEPTH,
    MAX_ROWS,
    DepartmentRow,
    DutyText,
    in_tree_order,
    read_rows,
    split_duties,
    tree_faults,
)

HEAD = "code,parent,name_zh,name_en,duties_zh,duties_en\n"


def row(code: str, parent: str = "", line: int = 2) -> DepartmentRow:
    return DepartmentRow(line=line, code=code, parent=parent, name_zh="名", name_en="Name")


def faults(text: str) -> list[tuple[str, int, str]]:
    return [(fault.code, fault.line, fault.column) for fault in read_rows(text)[1]]


def test_a_row_is_read_with_its_duties_in_both_languages():
    rows, found = read_rows(
        HEAD + "care,civil,养老服务处,Elderly care,养老机构备案；助餐点建设,Register homes;Meal points\n"
    )
    assert found == []
    assert rows == [
        DepartmentRow(
            line=2,
            code="care",
            parent="civil",
            name_zh="养老服务处",
            name_en="Elderly care",
            duties=(DutyText("养老机构备案", "Register homes"), DutyText("助餐点建设", "Meal points")),
        )
    ]


def test_columns_may_stand_in_any_order_and_others_are_ignored():
    rows, found = read_rows("note,name_en,name_zh,duties_en,duties_zh,parent,code\nx,Civil,民政,,,,civil\n")
    assert found == []
    assert (rows[0].code, rows[0].name_zh) == ("civil", "民政")


def test_empty_lines_are_skipped_and_lines_keep_their_numbers():
    rows, found = read_rows(HEAD + "\n,,,,,\na,,甲,A,,\n")
    assert found == []
    assert [(each.code, each.line) for each in rows] == [("a", 4)]


def test_a_cell_over_several_lines_does_not_shift_the_numbers_after_it():
    rows, _ = read_rows(HEAD + 'a,,甲,A,"一\n二",\nb,,乙,B,,\n')
    assert rows[0].duties == (DutyText("一"), DutyText("二"))
    assert [each.line for each in rows] == [2, 4]


def test_missing_columns_are_named():
    _, found = read_rows("code,name_zh\na,甲\n")
    assert [(fault.code, fault.line) for fault in found] == [("department_columns_missing", 1)]
    assert found[0].values["columns"] == "parent, name_en, duties_zh, duties_en"


def test_every_fault_of_every_row_is_found_with_line_and_column():
    text = (
        HEAD
        + ",,甲,A,,\n"
        + "b b,,乙,,,\n"
        + f"c,,{'丙' * 121},C,,\n"
        + "d,,丁,D,一；二,one\n"
        + "e,,戊,E,一；一,\n"
        + f"f,,己,F,{'长' * 501},\n"
    )
    assert faults(text) == [
        ("department_cell_empty", 2, "code"),
        ("department_cell_empty", 3, "name_en"),
        ("department_code_unusable", 3, "code"),
        ("department_cell_too_long", 4, "name_zh"),
        ("department_duties_differ", 5, "duties_en"),
        ("department_duty_twice", 6, "duties_zh"),
        ("department_cell_too_long", 7, "duties_zh"),
    ]


def test_an_empty_table_lacks_its_columns():
    assert faults("") == [("department_columns_missing", 1, "")]


def test_what_is_no_table_is_refused():
    assert faults("a\x00b") == [("department_table_unreadable", 1, "")]
    assert faults(HEAD + 'a,,"never closed')[-1][0] == "department_table_unreadable"
    assert [fault.code for fault in read_table(b"\xff\xfe\xff")[1]] == ["department_table_unreadable"]


def test_a_table_has_an_end():
    text = HEAD + "".join(f"c{n},,甲,A,,\n" for n in range(MAX_ROWS + 5))
    assert faults(text) == [("department_rows_too_many", MAX_ROWS + 2, "")]


def test_tables_in_gb18030_and_with_a_byte_order_mark_are_read():
    text = HEAD + "a,,民政厅,Civil affairs,,\n"
    for content in (text.encode("gb18030"), text.encode("utf-8-sig"), text.encode()):
        rows, found = read_table(content)
        assert found == [] and rows[0].name_zh == "民政厅"


def test_invisible_characters_do_not_make_two_names_of_one():
    rows, _ = read_rows(HEAD + "a,,\u200b民政 厅\u200e,Civil\u00a0 affairs,,\n")
    assert (rows[0].name_zh, rows[0].name_en) == ("民政 厅", "Civil affairs")


def test_a_code_twice_names_the_first_line():
    (fault,) = tree_faults([row("a", line=2), row("a", line=3)], {})
    assert (fault.code, fault.line, fault.values["first"]) == ("department_code_twice", 3, 2)


def test_a_parent_may_be_in_the_table_or_exist():
    assert tree_faults([row("b", "a"), row("a"), row("c", "old")], {"old": ""}) == []
    (fault,) = tree_faults([row("b", "nowhere")], {})
    assert (fault.code, fault.column) == ("department_parent_unknown", "parent")


def test_a_loop_is_found_also_through_what_exists():
    assert [fault.code for fault in tree_faults([row("a", "a")], {})] == ["department_parent_below"]
    assert {fault.line for fault in tree_faults([row("a", "b", 2), row("b", "a", 3)], {})} == {2, 3}
    assert [fault.code for fault in tree_faults([row("a", "b")], {"a": "", "b": "a"})] == ["department_parent_below"]


def test_a_chain_has_an_end():
    rows = [row(f"d{n}", f"d{n - 1}" if n else "", n) for n in range(MAX_DEPTH + 2)]
    assert tree_faults(rows[:-1], {}) == []
    assert [(fault.code, fault.line) for fault in tree_faults(rows, {})] == [("department_too_deep", MAX_DEPTH + 1)]


@given(st.lists(st.integers(0, 30), max_size=30), st.randoms())
def test_parents_come_before_their_children_whatever_the_order(parents, random):
    rows = [row(f"d{n}", f"d{parent}" if parent < n else "", n) for n, parent in enumerate(parents)]
    shuffled = list(rows)
    random.shuffle(shuffled)
    ordered = in_tree_order(shuffled)
    assert sorted(ordered, key=lambda each: each.line) == rows
    place = {each.code: n for n, each in enumerate(ordered)}
    assert all(place[each.parent] < place[each.code] for each in rows if each.parent)


@given(st.text(), st.text())
def test_duties_are_pairs_or_nothing(zh, en):
    duties = split_duties(zh, en)
    if duties is not None:
        assert all(duty.zh and duty.zh == duty.zh.strip() for duty in duties)
        assert all(duty.en for duty in duties) or not any(duty.en for duty in duties)


@given(st.text(alphabet='ab,"\n；; \x00甲\ufeff', max_size=200))
def test_no_text_breaks_the_reader(text):
    rows, found = read_rows(HEAD + text)
    assert all(fault.line >= 1 for fault in found)
    assert all(each.line >= 2 for each in rows)
