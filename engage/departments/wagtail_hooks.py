"""What the Studio knows of this room."""

from wagtail import hooks

from engage.departments.studio import DepartmentsGroup


@hooks.register("register_admin_viewset")
def register_departments() -> DepartmentsGroup:
    """Departments and members in one menu."""
    return DepartmentsGroup()
