"""What the roles are called on pages and in the Studio."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role

ROLE_LABELS = {
    Role.CITIZEN: _("Citizen"),
    Role.INTERVIEWER: _("Interviewer"),
    Role.OFFICER: _("Officer"),
    Role.APPROVER: _("Approver"),
    Role.EDITOR: _("Editor"),
    Role.SECTION_EDITOR: _("Department editor"),
    Role.REVIEWER_LEGAL: _("Legal reviewer"),
    Role.REVIEWER_OPENNESS: _("Openness reviewer"),
    Role.REVIEWER_SECRECY: _("Secrecy reviewer"),
    Role.ANALYST: _("Analyst"),
    Role.JOURNALIST: _("Journalist"),
    Role.ADMINISTRATOR: _("Administrator"),
}
# What people of a role do here, for whoever looks at a demonstration.
ROLE_WORK = {
    Role.CITIZEN: _("Has an account, follows what was sent, and takes part as everybody else does."),
    Role.INTERVIEWER: _("Asks people by telephone."),
    Role.OFFICER: _("Works at the desk: reads comments before the public does, codes them, prepares the outcome."),
    Role.APPROVER: _("Approves at the desk what goes out in the department's name."),
    Role.EDITOR: _("Works in the Studio: imports drafts, opens calls for comments, writes pages."),
    Role.SECTION_EDITOR: _("Works in the Studio on the pages of the own department, and sees no other drafts."),
    Role.REVIEWER_LEGAL: _("Checks what is to be published against the law."),
    Role.REVIEWER_OPENNESS: _("Checks that nothing is withheld without a reason in law."),
    Role.REVIEWER_SECRECY: _("Checks that nothing secret is published."),
    Role.ANALYST: _("Reads figures and takes data out."),
    Role.JOURNALIST: _("Gets material for the press before its release."),
    Role.ADMINISTRATOR: _("Opens accounts, gives roles, keeps departments and calendars."),
}
