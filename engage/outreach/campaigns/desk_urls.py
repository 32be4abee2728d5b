"""The desk's addresses of campaigns, below `/desk/campaigns/`; like the desk's they carry no language."""

from django.urls import include, path

from engage.outreach.campaigns.desk_views import builder, parts, planner, report, tasks

_urls = [
    path("", planner.month, name="campaign_planner"),
    path("year/", planner.year, name="campaign_year"),
    path("list/", planner.listed, name="campaign_list"),
    path("new/", planner.new, name="campaign_new"),
    path("templates/", tasks.templates, name="campaign_templates"),
    path("templates/new/", tasks.template, name="campaign_template_new"),
    path("templates/<int:template_id>/", tasks.template, name="campaign_template"),
    path("<int:pk>/", builder.builder, name="campaign_builder"),
    path("<int:pk>/edit/", builder.edit, name="campaign_edit"),
    path("<int:pk>/targets/", builder.targets, name="campaign_targets"),
    path("<int:pk>/preview/<str:language>/", builder.preview, name="campaign_preview"),
    path("<int:pk>/hand-in/", builder.hand_in, name="campaign_hand_in"),
    path("<int:pk>/parts/", parts.add, name="campaign_add"),
    path("<int:pk>/parts/<int:part>/", parts.part, name="campaign_part"),
    path("<int:pk>/parts/<int:part>/link/", parts.link, name="campaign_link"),
    path("<int:pk>/parts/<int:part>/move/", parts.move, name="campaign_move"),
    path("<int:pk>/parts/<int:part>/remove/", parts.remove, name="campaign_remove"),
    path("<int:pk>/tasks/", tasks.add, name="campaign_task_add"),
    path("<int:pk>/tasks/<int:task>/", tasks.task, name="campaign_task"),
    path("<int:pk>/report/", report.report, name="campaign_report"),
    path("<int:pk>/report/wave/", report.wave, name="campaign_wave"),
    path("<int:pk>/report/finish/", report.finish, name="campaign_finish"),
    path("<int:pk>/report.<str:name>", report.file, name="campaign_report_file"),
]
urlpatterns = [path("campaigns/", include(_urls))]
