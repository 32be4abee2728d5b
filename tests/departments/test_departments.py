"""Names in two languages, roles by department, and the Studio's pages."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from engage.accounts.actions import revoke_role
from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role, roles_of
from engage.accounts.models import User
from engage.departments import actions
from engage.departments.models import DEPARTMENT_ROLES, Department, Duty, Membership
from engage.departments.queries import by_code, departments_of, members_of, roles_in, tree
from engage.departments.rules import DepartmentRow, DutyText
from engage.errors import Refused
from engage.journal.models import JournalRow
from tests.accounts.people import person, staff_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def civil() -> Department:
    return actions.create_department(DepartmentRow(1, "civil", "", "民政厅", "Civil affairs"), actor=SYSTEM)


@pytest.fixture
def care(civil) -> Department:
    row = DepartmentRow(1, "care", "civil", "养老服务处", "Elderly care", (DutyText("助餐", "Meals"), DutyText("备案")))
    return actions.create_department(row, actor=SYSTEM)


@pytest.fixture
def finance() -> Department:
    return actions.create_department(DepartmentRow(1, "finance", "", "财政厅", "Finance"), actor=SYSTEM)


def test_names_and_duties_speak_the_active_language(care):
    with translation.override("zh-hans"):
        assert (care.name, [duty.text for duty in care.duties.all()]) == ("养老服务处", ["助餐", "备案"])
    with translation.override("en"):
        assert (care.name, [duty.text for duty in care.duties.all()]) == ("Elderly care", ["Meals", "备案"])


def test_the_tree_lists_departments_in_service_in_order(civil, care, finance):
    care.active = False
    care.save()
    assert list(tree(ANYONE)) == [civil, finance]


def test_the_database_refuses_a_department_without_a_name(civil):
    with pytest.raises(IntegrityError), transaction.atomic():
        civil.add_child(code="x", name_zh="", name_en="X")


def test_the_database_refuses_the_same_duty_and_the_same_member_twice(care):
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(department=care, text_zh="助餐")
    user = person()
    Membership.objects.create(user=user, department=care, role="officer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, department=care, role="officer")


def test_a_role_in_a_department_holds_in_all_below_it_and_nowhere_else(civil, care, finance):
    user = person()
    actions.add_member(civil, user, Role.OFFICER, actor=SYSTEM)
    actions.add_member(care, user, Role.APPROVER, actor=SYSTEM)
    assert roles_in(user, civil) == {Role.OFFICER}
    assert roles_in(user, care) == {Role.OFFICER, Role.APPROVER}
    assert roles_in(user, finance) == frozenset()


def test_a_member_below_has_no_role_above(civil, care):
    user = person()
    actions.add_member(care, user, Role.OFFICER, actor=SYSTEM)
    assert roles_in(user, civil) == frozenset()


def test_paths_that_begin_alike_are_not_above_one_another(civil):
    ten = [civil.add_child(code=f"d{n}", name_zh="处", name_en="Unit") for n in range(12)]
    user = person()
    actions.add_member(ten[0], user, Role.OFFICER, actor=SYSTEM)
    assert [roles_in(user, unit) for unit in ten[1:]] == [frozenset()] * 11
    assert list(departments_of(user)) == [ten[0]]


def test_joining_a_department_brings_the_role_and_losing_the_role_ends_it_everywhere(care):
    user = person()
    actions.add_member(care, user, Role.OFFICER, actor=SYSTEM)
    assert roles_of(user) == {Role.OFFICER}
    revoke_role(user, Role.OFFICER, actor=SYSTEM)
    assert roles_in(user, care) == frozenset()
    assert list(departments_of(user)) == []
    assert not members_of(care, Role.OFFICER).exists()


@pytest.mark.parametrize("actor", [ANYONE, ReceiptHolder(1)])
def test_strangers_have_no_role_anywhere(actor, care):
    assert roles_in(actor, care) == frozenset()
    assert list(departments_of(actor)) == []


def test_administrators_and_the_system_hold_every_role_everywhere(care):
    for actor in (SYSTEM, person(Role.ADMINISTRATOR)):
        assert roles_in(actor, care) == set(Role)
        assert set(departments_of(actor)) == set(Department.objects.all())


def test_departments_of_a_person_include_those_below_and_can_be_asked_by_role(civil, care, finance):
    user = person()
    actions.add_member(civil, user, Role.OFFICER, actor=SYSTEM)
    actions.add_member(finance, user, Role.APPROVER, actor=SYSTEM)
    assert list(departments_of(user)) == [civil, care, finance]
    assert list(departments_of(user, Role.OFFICER)) == [civil, care]
    assert list(departments_of(user, Role.EDITOR)) == []


def test_members_of_a_department_are_those_above_too_while_their_account_is_open(civil, care):
    head, clerk, gone = person(), person(), person()
    actions.add_member(civil, head, Role.APPROVER, actor=SYSTEM)
    actions.add_member(care, clerk, Role.APPROVER, actor=SYSTEM)
    actions.add_member(care, gone, Role.APPROVER, actor=SYSTEM)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert {membership.user for membership in members_of(care, Role.APPROVER)} == {head, clerk}


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.JOURNALIST, Role.ADMINISTRATOR])
def test_some_roles_belong_to_no_department(role, care):
    assert role not in DEPARTMENT_ROLES
    with pytest.raises(Refused) as refused:
        actions.add_member(care, person(), role, actor=SYSTEM)
    assert refused.value.code == "department_role_unknown"


def test_only_administrators_write(care):
    officer = person(Role.OFFICER)
    member = actions.add_member(care, person(), Role.OFFICER, actor=SYSTEM)
    row = DepartmentRow(0, "new", "", "新", "New")
    for write in (
        lambda: actions.create_department(row, actor=officer),
        lambda: actions.change_department(care, row, active=True, actor=officer),
        lambda: actions.delete_department(care, actor=officer),
        lambda: actions.add_member(care, officer, Role.APPROVER, actor=officer),
        lambda: actions.remove_member(member, actor=officer),
    ):
        with pytest.raises(Refused) as refused:
            write()
        assert refused.value.code == "not_allowed"


def test_members_come_and_go_in_the_journal(care):
    user = person()
    member = actions.add_member(care, user, Role.OFFICER, actor=SYSTEM)
    assert actions.add_member(care, user, Role.OFFICER, actor=SYSTEM) == member
    actions.remove_member(member, actor=SYSTEM)
    verbs = list(JournalRow.objects.filter(target_pk=str(care.pk)).values_list("verb", flat=True))
    assert [verb for verb in verbs if "member" in verb] == ["department.member_added", "department.member_removed"]
    assert roles_of(User.objects.get(pk=user.pk)) == {Role.OFFICER}


def test_a_department_with_others_below_it_is_not_deleted(civil, care):
    with pytest.raises(Refused) as refused:
        actions.delete_department(civil, actor=SYSTEM)
    assert refused.value.code == "department_has_children"
    actions.delete_department(care, actor=SYSTEM)
    assert list(Department.objects.all()) == [civil]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (DepartmentRow(0, "care", "", "名", "Name"), "department_code_taken"),
        (DepartmentRow(0, "new", "none", "名", "Name"), "department_parent_unknown"),
        (DepartmentRow(0, "new", "", "名", "Name", (DutyText("一"), DutyText("一"))), "department_duty_twice"),
    ],
)
def test_a_department_that_cannot_be_is_refused(row, code, care):
    with pytest.raises(Refused) as refused:
        actions.create_department(row, actor=SYSTEM)
    assert refused.value.code == code


def test_a_department_cannot_lie_below_itself(civil, care):
    row = DepartmentRow(0, "civil", "care", "民政厅", "Civil affairs")
    with pytest.raises(Refused) as refused:
        actions.change_department(civil, row, active=True, actor=SYSTEM)
    assert refused.value.code == "department_parent_below"


def test_closing_and_a_new_code_stand_in_the_journal(care, finance):
    row = DepartmentRow(0, "elders", "finance", "养老处", "Elders")
    changed = actions.change_department(care, row, active=False, actor=SYSTEM)
    assert (changed.code, changed.active, changed.get_parent()) == ("elders", False, finance)
    verbs = list(JournalRow.objects.filter(target_pk=str(care.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["department.created", "department.recoded", "department.changed", "department.closed"]


# --- the Studio ---


@pytest.fixture
def studio() -> Client:
    return staff_client(Role.ADMINISTRATOR)


def test_an_administrator_makes_a_department_in_the_studio(studio, civil):
    response = studio.post(
        reverse("departments:add"),
        {"code": "aid", "parent": civil.pk, "name_zh": "救助处", "name_en": "Aid", "duties_zh": "低保\n临时救助"},
    )
    assert response.status_code == 302
    aid = by_code("aid")
    assert aid.get_parent() == civil
    assert [duty.text_zh for duty in aid.duties.all()] == ["低保", "临时救助"]


def test_the_studio_changes_what_exists(studio, care, finance):
    page = studio.get(reverse("departments:edit", args=[care.pk]))
    assert page.status_code == 200 and "助餐" in page.content.decode()
    response = studio.post(
        reverse("departments:edit", args=[care.pk]),
        {"code": "care", "parent": finance.pk, "name_zh": "养老处", "name_en": "Care", "duties_zh": "助餐"},
    )
    assert response.status_code == 302
    care = by_code("care")
    assert (care.name_zh, care.active, care.get_parent()) == ("养老处", False, finance)
    assert care.duties.count() == 1


def test_the_studio_says_what_cannot_be(studio, civil, care):
    values = {"code": "civil", "parent": care.pk, "name_zh": "厅", "name_en": "Dept", "active": "on"}
    response = studio.post(reverse("departments:edit", args=[civil.pk]), values)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    values = {"code": "x y", "name_zh": "", "name_en": "N", "duties_zh": "一\n二", "duties_en": "one"}
    response = studio.post(reverse("departments:add"), values)
    assert set(response.context["form"].errors) == {"code", "name_zh", "duties_en"}


def test_the_studio_lists_and_deletes(studio, civil, care):
    assert "Elderly care" in _english(studio, reverse("departments:index"))
    studio.post(reverse("departments:delete", args=[care.pk]))
    assert by_code("care") is None


def test_members_are_added_by_address_and_removed(studio, care):
    user = person(email="clerk@example.org")
    values = {"email": "Clerk@example.org", "department": care.pk, "role": "officer"}
    assert studio.post(reverse("department-members:add"), values).status_code == 302
    member = Membership.objects.get(user=user)
    assert roles_in(User.objects.get(pk=user.pk), care) == {Role.OFFICER}
    assert studio.get(reverse("department-members:index")).status_code == 200
    studio.post(reverse("department-members:delete", args=[member.pk]))
    assert not Membership.objects.exists()
    values["email"] = "nobody@example.org"
    response = studio.post(reverse("department-members:add"), values)
    assert response.context["form"].errors["email"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.REVIEWER_OPENNESS])
def test_other_staff_change_no_department_in_the_studio(role, care):
    client = staff_client(role)
    values = {"code": "new", "name_zh": "新", "name_en": "New"}
    assert client.post(reverse("departments:add"), values).status_code == 302
    client.post(reverse("departments:delete", args=[care.pk]))
    client.post(reverse("department-members:add"), {"email": "x@example.org", "department": care.pk, "role": "officer"})
    assert by_code("new") is None and by_code("care") == care and not Membership.objects.exists()


def _english(client: Client, address: str) -> str:
    with translation.override("en"):
        return client.get(address, headers={"Accept-Language": "en"}).content.decode()
