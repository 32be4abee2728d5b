"""Addresses of the telephone desk, below `/desk/telephone/`; like the desk's they carry no language."""

from django.urls import path

from surveys.telephone import interviews, leading, views

urlpatterns = [
    path("", views.home, name="telephone"),
    path("new/", views.new, name="telephone_new"),
    path("<int:pk>/", views.desk, name="telephone_desk"),
    path("<int:pk>/finish/", views.finish, name="telephone_finish"),
    path("<int:pk>/interview/", interviews.interview, name="telephone_interview"),
    path("<int:pk>/complete/", interviews.complete, name="telephone_complete"),
    path("<int:pk>/wall/", views.wall, name="telephone_wall"),
    path("<int:pk>/sample/", views.sample, name="telephone_sample"),
    path("<int:pk>/rules/", leading.rules, name="telephone_rules"),
    path("<int:pk>/do-not-call/", leading.do_not_call, name="telephone_do_not_call"),
]
