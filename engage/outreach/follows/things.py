"""What the platform itself offers to follow: everything, topics, regions, groups of people, departments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.departments.models import Department
from engage.outreach.follows.registry import EVERYTHING, Followable, Name
from engage.pages.models import Topic
from engage.participation.models import AboutOption

# A page of choices, not the whole tree: units below follow from the one above.
DEPARTMENT_DEPTH = 2


def _everything(keys: Collection[int]) -> dict[int, Name]:
    return {0: Name(gettext("All news"))} if 0 in keys else {}


def _all() -> list[tuple[int, Name]]:
    return list(_everything([0]).items())


def _topic(topic: Topic) -> Name:
    return Name(topic.name, code=topic.code)


def _topics(keys: Collection[int]) -> dict[int, Name]:
    return {topic.pk: _topic(topic) for topic in Topic.objects.filter(pk__in=keys)}


def _topic_choices() -> list[tuple[int, Name]]:
    return [(topic.pk, _topic(topic)) for topic in Topic.objects.all()]


def _find_topic(code: str) -> int | None:
    return Topic.objects.filter(code=code).values_list("pk", flat=True).first()


def _department(unit: Department) -> Name:
    return Name(unit.name, code=unit.code)


def _departments(keys: Collection[int]) -> dict[int, Name]:
    return {unit.pk: _department(unit) for unit in Department.objects.active().filter(pk__in=keys)}


def _department_choices() -> list[tuple[int, Name]]:
    return [(unit.pk, _department(unit)) for unit in Department.objects.active().filter(depth__lte=DEPARTMENT_DEPTH)]


def _find_department(code: str) -> int | None:
    return Department.objects.active().filter(code=code).values_list("pk", flat=True).first()


class _Options:
    """Regions or groups: the answers that people may give about themselves are what things are said to concern."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def _rows(self) -> QuerySet[AboutOption]:
        return AboutOption.objects.filter(kind=self.kind)

    def names(self, keys: Collection[int]) -> Mapping[int, Name]:
        return {option.pk: Name(str(option), code=option.code) for option in self._rows().filter(pk__in=keys)}

    def choices(self) -> Sequence[tuple[int, Name]]:
        return [(option.pk, Name(str(option), code=option.code)) for option in self._rows()]

    def find(self, code: str) -> int | None:
        return self._rows().filter(code=code).values_list("pk", flat=True).first()


_REGIONS, _GROUPS = _Options(AboutOption.Kind.REGION), _Options(AboutOption.Kind.CAPACITY)

THINGS = (
    Followable(EVERYTHING, pgettext_lazy("to follow", "Everything"), _everything, _all),
    Followable("topic", _("Topics"), _topics, _topic_choices, _find_topic),
    Followable("region", _("Regions"), _REGIONS.names, _REGIONS.choices, _REGIONS.find),
    Followable("group", _("Who is affected"), _GROUPS.names, _GROUPS.choices, _GROUPS.find),
    Followable("department", _("Departments"), _departments, _department_choices, _find_department),
)
