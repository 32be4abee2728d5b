"""The desk's addresses of cases, below `/desk/cases/`; like the desk's they carry no language."""

from django.urls import path

from mailbox.desk import intakes, job_views, texts, topic_views, views

urlpatterns = [
    path("", views.home, name="desk_cases"),
    path("cases.csv", views.as_csv, name="desk_cases_csv"),
    path("cases.xlsx", views.as_xlsx, name="desk_cases_xlsx"),
    path("texts/", texts.snippets, name="desk_snippets"),
    path("texts/<int:pk>/", texts.snippet, name="desk_snippet"),
    path("texts/<int:pk>/delete/", texts.delete_snippet, name="desk_snippet_delete"),
    path("checklists/", texts.checklists, name="desk_checklists"),
    path("checklists/<slug:kind>/", texts.checklist_of, name="desk_checklist"),
    path("receiving/", intakes.intakes, name="desk_intakes"),
    path("receiving/<slug:kind>/", intakes.intake_of, name="desk_intake"),
    path("topics/", topic_views.topics, name="desk_topics"),
    path("topics/<int:pk>/review/", topic_views.open_review, name="desk_topic_review"),
    path("many/", job_views.jobs, name="desk_jobs"),
    path("many/<int:pk>/", job_views.job, name="desk_job"),
    path("many/<int:pk>/undo/", job_views.undo_job, name="desk_job_undo"),
    path("<int:pk>/", views.case, name="desk_case"),
    path("<int:pk>/previous/", views.beside, {"back": True}, name="desk_case_previous"),
    path("<int:pk>/next/", views.beside, {"back": False}, name="desk_case_next"),
    path("<int:pk>/here/", views.here, name="desk_case_here"),
    path("<int:pk>/steps/<slug:code>/", views.step, name="desk_case_step"),
    path("<int:pk>/do/<slug:code>/", views.chore, name="desk_case_chore"),
    path("<int:pk>/draft/", views.draft, name="desk_case_draft"),
    path("<int:pk>/draft/<str:language>/", views.draft_preview, name="desk_case_draft_preview"),
    path("<int:pk>/clocks/<int:clock>/", views.clock, name="desk_case_clock"),
    path("<int:pk>/contact/", views.contact, name="desk_case_contact"),
    path("<int:pk>/case.pdf", views.pdf, name="desk_case_pdf"),
    path("<int:pk>/as-sender/<str:language>/", views.as_sender, name="desk_case_as_sender"),
]
