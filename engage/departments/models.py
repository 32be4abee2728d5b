"""The tree of units, what each is responsible for, and who works where."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from engage.accounts.actors import Role
from engage.accounts.labels import ROLE_LABELS
from engage.departments.rules import CODE_MAX_LENGTH, CODE_PATTERN, DUTY_MAX_LENGTH, NAME_MAX_LENGTH

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

# The roles a person has in one department; a citizen or a journalist belongs to none, an administrator to all.
DEPARTMENT_ROLES = tuple(role for role in Role if role not in {Role.CITIZEN, Role.JOURNALIST, Role.ADMINISTRATOR})


def in_active_language(zh: str, en: str) -> str:
    """Return the text in the reader's language; the other one when that is empty."""
    return (en or zh) if (get_language() or "").startswith("en") else (zh or en)


class DepartmentQuerySet(MP_NodeQuerySet):
    """Departments, always in the order of the tree."""

    def visible_to(self, actor: "Actor") -> "DepartmentQuerySet":
        """Every department is public: who answers for what is no secret."""
        return self

    def active(self) -> "DepartmentQuerySet":
        """Leave out units that were merged or dissolved."""
        return self.filter(active=True)


class DepartmentManager(MP_NodeManager.from_queryset(DepartmentQuerySet)):  # type: ignore[misc]
    """Reads in the order of the tree."""

    def get_queryset(self) -> DepartmentQuerySet:
        return DepartmentQuerySet(self.model, using=self._db).order_by("path")


class Department(MP_Node):
    """One unit. It is never deleted while anything refers to it; a dissolved unit becomes inactive."""

    code = models.CharField(
        _("department code"),
        max_length=CODE_MAX_LENGTH,
        unique=True,
        validators=[RegexValidator(CODE_PATTERN.pattern, _("Use letters, digits, dots, hyphens and underscores."))],
    )
    name_zh = models.CharField(_("name in Chinese"), max_length=NAME_MAX_LENGTH)
    name_en = models.CharField(_("name in English"), max_length=NAME_MAX_LENGTH)
    active = models.BooleanField(_("in service"), default=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="departments", verbose_name=_("members")
    )

    objects = DepartmentManager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name_zh="") & ~models.Q(name_en=""), name="department_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)


class Duty(models.Model):
    """One item of the department's list of powers and responsibilities; the list is also the routing table."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="duties", verbose_name=_("department")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text_zh = models.CharField(_("duty in Chinese"), max_length=DUTY_MAX_LENGTH)
    text_en = models.CharField(_("duty in English"), max_length=DUTY_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["department__path", "position", "pk"]
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(fields=["department", "text_zh"], name="duty_once_per_department"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The duty in the active language; Chinese where no English is given."""
        return in_active_language(self.text_zh, self.text_en)


class Membership(models.Model):
    """A person's role in one department and everything below it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("department")
    )
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, ROLE_LABELS[role]) for role in DEPARTMENT_ROLES]
    )

    class Meta:
        ordering = ["department__path", "role", "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "department", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.department}"
