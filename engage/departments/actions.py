"""Every write of this room: departments, their duties, and who works in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from engage.accounts import actions as accounts
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.departments.importing import read_table
from engage.departments.models import DEPARTMENT_ROLES, Department, Duty, Membership
from engage.departments.rules import DepartmentRow, DutyText, RowFault, duty_faults, in_tree_order, tree_faults
from engage.errors import Refused
from engage.journal import actions as journal


@dataclass
class Imported:
    """What an import did, by codes."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many departments the table had."""
        return len(self.created) + len(self.changed) + len(self.unchanged)


def import_table(content: bytes, *, actor: Actor, dry_run: bool = False) -> Imported:
    """Make the departments of a CSV table and change those that exist; all or nothing.

    A department that exists and is not in the table stays as it is; the duties of one that is in the table become
    those of the table. With `dry_run` everything is done and then undone.
    Raises Refused("not_allowed"), and Refused("departments_not_imported", faults=[RowFault, ...]) with every fault of
    every row.
    """
    _check_is_administrator(actor)
    rows, faults = read_table(content)
    with transaction.atomic():
        faults += tree_faults([row for row in rows if row.code], _parents())
        if faults:
            raise Refused("departments_not_imported", faults=sorted(faults, key=lambda fault: fault.line))
        done = Imported()
        for row in in_tree_order(rows):
            department = Department.objects.filter(code=row.code).first()
            if department is None:
                _create(row, actor)
                done.created.append(row.code)
            elif _change(department, row, actor):
                done.changed.append(row.code)
            else:
                done.unchanged.append(row.code)
        if dry_run:
            transaction.set_rollback(True)
    return done


@transaction.atomic
def create_department(row: DepartmentRow, *, actor: Actor) -> Department:
    """Make one department. Raises Refused("not_allowed") and the refusals of the first fault of the row."""
    _check_row(row, actor, is_new=True)
    return _create(row, actor)


@transaction.atomic
def change_department(department: Department, row: DepartmentRow, *, active: bool, actor: Actor) -> Department:
    """Change code, names, parent, duties or state of a department; refusals as for `create_department`."""
    _check_is_administrator(actor)
    before = Department.objects.select_for_update().get(pk=department.pk)
    if before.code != row.code:
        if Department.objects.filter(code=row.code).exists():
            raise Refused("department_code_taken", given=row.code)
        before.code = row.code
        before.save(update_fields=["code"])
        journal.record(actor, "department.recoded", before, code=row.code)
    _check_row(row, actor, is_new=False)
    _change(before, row, actor)
    before.refresh_from_db()
    if before.active != active:
        before.active = active
        before.save(update_fields=["active"])
        journal.record(actor, "department.reopened" if active else "department.closed", before)
    return before


@transaction.atomic
def delete_department(department: Department, *, actor: Actor) -> None:
    """Delete a department that nothing refers to.

    Raises Refused("not_allowed"), Refused("department_has_children") and Refused("department_in_use").
    """
    _check_is_administrator(actor)
    department = Department.objects.get(pk=department.pk)
    if not department.is_leaf():
        raise Refused("department_has_children")
    journal.record(actor, "department.deleted", department, code=department.code)
    try:
        department.delete()
    except (ProtectedError, RestrictedError) as exc:
        raise Refused("department_in_use") from exc


@transaction.atomic
def add_member(department: Department, user: User, role: Role, *, actor: Actor) -> Membership:
    """Give a person a role in a department and all below it; with it goes the role itself, if not held yet.

    Adding the same again changes nothing. Raises Refused("not_allowed") and Refused("department_role_unknown").
    """
    _check_is_administrator(actor)
    if role not in DEPARTMENT_ROLES:
        raise Refused("department_role_unknown")
    accounts.grant_role(user, role, actor=actor)
    membership, is_new = Membership.objects.get_or_create(user=user, department=department, role=role.value)
    if is_new:
        journal.record(actor, "department.member_added", department, user=user.pk, role=role.value)
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """Take the role in this department away; the role itself stays for the person's other departments.

    Raises Refused("not_allowed").
    """
    _check_is_administrator(actor)
    journal.record(
        actor, "department.member_removed", membership.department, user=membership.user_id, role=membership.role
    )
    membership.delete()


def _check_is_administrator(actor: Actor) -> None:
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")


def _check_row(row: DepartmentRow, actor: Actor, *, is_new: bool) -> None:
    _check_is_administrator(actor)
    existing = _parents()
    faults: list[RowFault] = duty_faults(row.duties) + tree_faults([row], existing)
    if is_new and row.code in existing:
        faults.append(RowFault("department_code_taken", row.line, "code", {"given": row.code}))
    if faults:
        raise Refused(faults[0].code, **faults[0].values)


def _parents() -> dict[str, str]:
    """Map the code of every department to that of its parent."""
    by_path = dict(Department.objects.values_list("path", "code"))
    return {code: by_path.get(path[: -Department.steplen], "") for path, code in by_path.items()}


def _create(row: DepartmentRow, actor: Actor) -> Department:
    names = {"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en}
    if row.parent:
        department = Department.objects.get(code=row.parent).add_child(**names)
    else:
        department = Department.add_root(**names)
    _set_duties(department, row.duties)
    journal.record(actor, "department.created", department, code=row.code, parent=row.parent)
    return department


def _change(department: Department, row: DepartmentRow, actor: Actor) -> bool:
    renamed = (department.name_zh, department.name_en) != (row.name_zh, row.name_en)
    if renamed:
        department.name_zh, department.name_en = row.name_zh, row.name_en
        department.save(update_fields=["name_zh", "name_en"])
    parent = department.get_parent()
    moved = (parent.code if parent else "") != row.parent
    if moved:
        _move(department, row.parent)
    duties = _set_duties(department, row.duties)
    what = {"names": renamed, "parent": moved, "duties": duties}
    if any(what.values()):
        journal.record(actor, "department.changed", department, what=[name for name, done in what.items() if done])
    return any(what.values())


def _move(department: Department, parent: str) -> None:
    if parent:
        department.move(Department.objects.get(code=parent), pos="last-child")
    else:
        department.move(Department.get_last_root_node(), pos="last-sibling")


def _set_duties(department: Department, duties: Sequence[DutyText]) -> bool:
    """Make the list of duties this one, keeping the rows that stay; tell whether anything changed."""
    kept = {duty.text_zh: duty for duty in department.duties.all()}
    changed = False
    for position, wanted in enumerate(duties):
        duty = kept.pop(wanted.zh, None) or Duty(department=department, text_zh=wanted.zh)
        if duty.pk is None or (duty.position, duty.text_en) != (position, wanted.en):
            duty.position, duty.text_en = position, wanted.en
            duty.save()
            changed = True
    for duty in kept.values():
        duty.delete()
        changed = True
    return changed
