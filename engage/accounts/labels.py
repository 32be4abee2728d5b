"""What the roles are called on pages and in the Studio."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role

ROLE_LABELS = {
    Role.CITIZEN: _("Citizen"),
    Role.INTERVIEWER: _("Interviewer"),
    Role.OFFICER: _("Officer"),
    Role.APPROVER: _("Approver"),
    Role.EDITOR: _("Editor"),
    Role.REVIEWER_LEGAL: _("Legal reviewer"),
    Role.REVIEWER_OPENNESS: _("Openness reviewer"),
    Role.REVIEWER_SECRECY: _("Secrecy reviewer"),
    Role.ANALYST: _("Analyst"),
    Role.JOURNALIST: _("Journalist"),
    Role.ADMINISTRATOR: _("Administrator"),
}
