"""Departments and their members in the Studio. Wagtail's views list and ask; every change goes through an action."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.departments import actions
from engage.departments.models import Department, Membership
from engage.departments.rules import DepartmentRow, split_duties
from engage.studio import RefusalsInForm, WithoutHistory

INDENT = "\u3000"


class ParentField(forms.ModelChoiceField):
    """A select of departments that shows the tree."""

    def label_from_instance(self, obj: Department) -> str:
        """Indent a name by its depth."""
        return INDENT * (obj.depth - 1) + obj.name


class DepartmentForm(forms.ModelForm):
    """Names, place in the tree, duties one a line."""

    required_css_class = "required"

    parent = ParentField(
        label=_("Belongs to"), queryset=Department.objects.none(), required=False, empty_label=_("No other department")
    )
    duties_zh = forms.CharField(
        label=_("Duties in Chinese"),
        required=False,
        widget=forms.Textarea,
        help_text=_("One a line. Letters are routed by this list."),
    )
    duties_en = forms.CharField(
        label=_("Duties in English"), required=False, widget=forms.Textarea, help_text=_("In the same order, or none.")
    )

    class Meta:
        model = Department
        fields = ["code", "name_zh", "name_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Department.objects.all()
        if self.instance.pk:
            duties = list(self.instance.duties.all())
            self.initial["parent"] = self.instance.get_parent()
            self.initial["duties_zh"] = "\n".join(duty.text_zh for duty in duties)
            self.initial["duties_en"] = "\n".join(duty.text_en for duty in duties if duty.text_en)

    def clean(self) -> dict[str, Any]:
        """Pair the duties of both languages."""
        cleaned = super().clean()
        cleaned["duties"] = split_duties(cleaned.get("duties_zh", ""), cleaned.get("duties_en", ""))
        if cleaned["duties"] is None:
            self.add_error("duties_en", _("Give as many duties in English as in Chinese, in the same order, or none."))
        return cleaned

    def row(self) -> DepartmentRow:
        """Return what was entered as the row of a table."""
        entered = self.cleaned_data
        return DepartmentRow(
            line=0,
            code=entered["code"],
            parent=entered["parent"].code if entered["parent"] else "",
            name_zh=entered["name_zh"],
            name_en=entered["name_en"],
            duties=entered["duties"],
        )


class DepartmentEditForm(DepartmentForm):
    """The same for a department that exists."""

    class Meta(DepartmentForm.Meta):
        fields = [*DepartmentForm.Meta.fields, "active"]


class DepartmentCreate(RefusalsInForm, generic.CreateView):
    def save_instance(self) -> Department:
        return actions.create_department(self.form.row(), actor=self.request.user)


class DepartmentEdit(RefusalsInForm, generic.EditView):
    def save_instance(self) -> Department:
        return actions.change_department(
            self.object, self.form.row(), active=self.form.cleaned_data["active"], actor=self.request.user
        )


class DepartmentDelete(generic.DeleteView):
    def delete_action(self) -> None:
        actions.delete_department(self.object, actor=self.request.user)


class DepartmentViewSet(WithoutHistory):
    """The tree of units."""

    model = Department
    name = "departments"
    menu_label = _("Departments")
    icon = "group"
    ordering = "path"
    copy_view_enabled = False
    add_view_class, edit_view_class, delete_view_class = DepartmentCreate, DepartmentEdit, DepartmentDelete
    list_display = [
        Column("name", label=_("Name"), accessor=lambda department: INDENT * (department.depth - 1) + department.name),
        "code",
        StatusTagColumn(
            "active",
            label=_("State"),
            accessor=lambda department: gettext("In service") if department.active else gettext("Out of service"),
            primary=lambda department: department.active,
        ),
    ]
    list_filter = ["active"]
    list_per_page = 100

    def get_form_class(self, for_update: bool = False) -> type[DepartmentForm]:
        return DepartmentEditForm if for_update else DepartmentForm


class MemberForm(forms.ModelForm):
    """A person by e-mail address, the department and the role there."""

    required_css_class = "required"

    email = forms.EmailField(label=_("E-mail address of the person"))

    class Meta:
        model = Membership
        fields = ["email", "department", "role"]

    field_order = ["email", "department", "role"]

    def clean_email(self) -> User:
        """Find the account."""
        user = User.objects.filter(email=self.cleaned_data["email"].lower()).first()
        if user is None:
            raise forms.ValidationError(_("No account uses this address."), code="unknown")
        return user

    def validate_unique(self) -> None:
        """Adding the same member again changes nothing, so it is no error."""


class MemberCreate(RefusalsInForm, generic.CreateView):
    def get_success_buttons(self) -> list[Any]:
        """A membership has no page of its own to go back to."""
        return []

    def save_instance(self) -> Membership:
        entered = self.form.cleaned_data
        return actions.add_member(
            entered["department"], entered["email"], Role(entered["role"]), actor=self.request.user
        )


class MemberDelete(generic.DeleteView):
    def delete_action(self) -> None:
        actions.remove_member(self.object, actor=self.request.user)


class MemberViewSet(WithoutHistory):
    """Who works where. A membership is made and removed, never edited."""

    model = Membership
    name = "department-members"
    menu_label = _("Members")
    icon = "user"
    unused_views = WithoutHistory.unused_views | {"edit"}
    copy_view_enabled = False
    add_view_class, delete_view_class = MemberCreate, MemberDelete
    list_display = ["user", "department", Column("role", label=_("Role"), accessor="get_role_display")]
    list_filter = ["role", "department"]

    def get_form_class(self, for_update: bool = False) -> type[MemberForm]:
        return MemberForm


class DepartmentsGroup(ModelViewSetGroup):
    """The menu."""

    menu_label = _("Departments")
    menu_icon = "group"
    menu_order = 650
    items = (DepartmentViewSet, MemberViewSet)
