"""People and their roles in the Studio: no user names, no passwords, every change through an action."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import Column
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, GroupFilter, IndexView, UserFilterSet, UserViewSet

from engage.accounts import actions
from engage.accounts.actors import Role
from engage.accounts.labels import ROLE_LABELS
from engage.accounts.models import User
from engage.accounts.queries import is_last_administrator, roles_held
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.templatetags.wording import in_words


class PersonForm(forms.ModelForm):
    """Address, name and roles. `actor` is the administrator who fills it in."""

    required_css_class = "required"

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(role.value, ROLE_LABELS[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every role but citizen and journalist needs a second step at sign-in."),
    )

    class Meta:
        model = User
        fields = ["email", "last_name", "first_name"]

    def __init__(self, *args: Any, actor: User, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if self.instance.pk:
            self.initial["roles"] = [role.value for role in roles_held(self.instance)]

    def clean_email(self) -> str:
        """Fold the address to lower case; nobody else may have it."""
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another account uses this address."), code="email_taken")
        return email

    def clean(self) -> dict[str, Any]:
        """Keep one administrator who can sign in."""
        cleaned = super().clean()
        stays = Role.ADMINISTRATOR.value in cleaned.get("roles", []) and cleaned.get("is_active", True)
        if self.instance.pk and not stays and is_last_administrator(User.objects.get(pk=self.instance.pk)):
            self.add_error("roles", refusal_message(Refused("last_administrator")))
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Save through the actions, which check, and write the journal."""
        save = actions.change_account if self.instance.pk else actions.open_account
        user = save(self.instance, actor=self.actor)
        actions.set_roles(user, frozenset(Role(role) for role in self.cleaned_data["roles"]), actor=self.actor)
        return user


class PersonEditForm(PersonForm):
    """The same for an account that exists; a closed one can no longer sign in."""

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "is_active"]

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_active"]


class OpenAccountView(CreateView):
    """The page that opens an account."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.request.user}


class ChangeAccountView(EditView):
    """The page that changes an account."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.request.user}


class RoleFilter(GroupFilter):
    """Roles by the names people know them by."""

    @property
    def field(self) -> forms.Field:
        chooser = super().field
        chooser.label_from_instance = role_name
        return chooser


def role_name(group: Group) -> str:
    """Return what the role of a group is called."""
    return str(ROLE_LABELS[Role(group.name)])


class PeopleFilterSet(UserFilterSet):
    """By role, by whether the account is open, by the last sign-in; there are no superusers to look for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.filters["is_superuser"]
        self.filters["group"] = RoleFilter(
            field_name="groups",
            queryset=Group.objects.filter(name__in=list(Role)),
            label=_("Role"),
            use_subquery=kwargs.get("is_searching", False),
            widget=forms.CheckboxSelectMultiple,
        )


class PeopleIndex(IndexView):
    """The list of people: name, address, roles in words."""

    page_title = _("People")
    add_item_label = _("Open an account")

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().prefetch_related("groups")

    @cached_property
    def columns(self) -> list[Column]:
        kept = [column for column in super().columns if column.name not in {"email", "is_superuser"}]
        address = Column("email", label=_("E-mail address"), sort_key="email", width="25%")
        roles = Column("roles", label=_("Roles"), accessor=self.roles)
        return [*kept[:2], address, roles, *kept[2:]]

    @staticmethod
    def roles(person: User) -> str:
        """Return the names of a person's roles, in the order of `Role`."""
        held = {group.name for group in person.groups.all()}
        return in_words(ROLE_LABELS[role] for role in Role if role in held)


class PeopleViewSet(UserViewSet):
    """Wagtail's pages for users with the forms above."""

    menu_label = _("People")
    menu_name = "people"
    menu_order = 750
    add_to_settings_menu = False
    add_to_admin_menu = True
    index_view_class = PeopleIndex
    filterset_class = PeopleFilterSet
    create_template_name = "wagtailadmin/generic/form.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    add_view_class = OpenAccountView
    edit_view_class = ChangeAccountView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return PersonEditForm if for_update else PersonForm


class RoleChoiceForm(forms.Form):
    """One of the roles, by the name people know it by."""

    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Group.objects.filter(name__in=list(Role)), empty_label=_("Choose a role")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].label_from_instance = role_name


class GiveRole(AssignRoleBulkAction):
    """Wagtail's bulk action, through our action and so through the journal."""

    form_class = RoleChoiceForm

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """Name the role in words."""
        role = role_name(self.cleaned_form.cleaned_data["role"])
        return ngettext(
            "%(n)d person now has the role %(role)s", "%(n)d people now have the role %(role)s", num_parent_objects
        ) % {"n": num_parent_objects, "role": role}

    def get_execution_context(self) -> dict[str, Any]:
        return super().get_execution_context() | {"actor": self.request.user}

    @classmethod
    def execute_action(
        cls, objects: Iterable[User], role: Group | None = None, actor: User | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Give the role; groups that are no role of ours are left alone."""
        people = list(objects)
        if role is None or actor is None or role.name not in set(Role):
            return 0, 0
        with transaction.atomic():
            for person in people:
                actions.grant_role(person, Role(role.name), actor=actor)
        return len(people), 0


class OpenOrClose(SetActiveStateBulkAction):
    """Wagtail's bulk action, through our action and so through the journal."""

    @classmethod
    def execute_action(
        cls, objects: Iterable[User], mark_as_active: bool = False, user: User | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Open or close the accounts, never one's own."""
        people = [person for person in objects if user is not None and person.pk != user.pk]
        with transaction.atomic():
            for person in people:
                person.is_active = mark_as_active
                actions.change_account(person, actor=user)
        return len(people), 0
