"""`manage.py set_intake KIND --department CODE`: who receives cases of a kind, by which clocks, in which zone."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from engage.accounts.actors import System
from engage.answers import WRONG_CALL, AnsweringCommand
from engage.departments.models import Department
from engage.errors import Refused
from mailbox.actions import set_intake
from mailbox.kinds import KINDS
from mailbox.models import Intake
from mailbox.queries.intakes import intakes_in_force


class Command(AnsweringCommand):
    """What is not named stays as it is set. Safe to run again."""

    help = (
        "Set who receives cases of a kind, by which clocks and in which zone; what was received before keeps its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A kind, the unit, and the two choices that stay as they are where they are not named."""
        super().add_arguments(parser)
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument("--department", required=True, metavar="CODE", help="the code of the receiving unit")
        parser.add_argument("--family", help="a family of clocks the kind knows; '' for the kind's own")
        parser.add_argument("--zone", help="a time zone such as Asia/Shanghai; '' for the house's")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Set it and print what is in force."""
        kind, code = options["kind"], options["department"]
        if kind not in KINDS:
            return self.refuse(Refused("case_kind_unknown", kind=kind), code=WRONG_CALL)
        unit = Department.objects.filter(code=code).first()
        if unit is None:
            return self.refuse(Refused("department_code_unknown", department=code), code=WRONG_CALL)
        row = Intake.objects.filter(kind=kind).first() or Intake(kind=kind)
        family = row.family if options["family"] is None else options["family"]
        zone = row.zone if options["zone"] is None else options["zone"]
        set_intake(kind, department_id=unit.pk, family=family, zone=zone, actor=System("set_intake"))
        [now] = intakes_in_force(kind)
        found = {"kind": kind, "department": unit.code, "family": now.family, "zone": now.zone}
        return self.say(found, (f"{name}: {value}" for name, value in found.items()))
