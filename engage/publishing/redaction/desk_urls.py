"""The desk's addresses of redaction, below `/desk/redaction/`; like the desk's they carry no language."""

from django.urls import path

from engage.publishing.redaction import desk_views as views

urlpatterns = [
    path("redaction/", views.home, name="redaction_desk"),
    path("redaction/begin/", views.begin, name="redaction_begin"),
    path("redaction/choose/", views.choose, name="redaction_choose"),
    path("redaction/bases/", views.bases, name="redaction_bases"),
    path("redaction/bases/<slug:code>/", views.basis, name="redaction_basis"),
    path("redaction/<int:pk>/", views.bench, name="redaction_bench"),
    path("redaction/<int:pk>/page/<int:page>/", views.page_picture, name="redaction_page"),
    path("redaction/<int:pk>/picture/<int:number>/", views.inner_picture, name="redaction_picture"),
    path("redaction/<int:pk>/words/", views.mark_words, name="redaction_words"),
    path("redaction/<int:pk>/found/", views.found, name="redaction_found"),
    path("redaction/<int:pk>/pictures/", views.pictures, name="redaction_pictures"),
    path("redaction/<int:pk>/box/", views.box, name="redaction_box"),
    path("redaction/<int:pk>/unmark/<int:mark>/", views.unmark, name="redaction_unmark"),
    path("redaction/<int:pk>/make/", views.make, name="redaction_make"),
    path("redaction/<int:pk>/reopen/", views.reopen, name="redaction_reopen"),
    path("redaction/<int:pk>/confirm/", views.confirm, name="redaction_confirm"),
    path("redaction/<int:pk>/replace/", views.replace, name="redaction_replace"),
    path("redaction/<int:pk>/discard/", views.discard, name="redaction_discard"),
    path("redaction/<int:pk>/result/", views.result, name="redaction_result"),
    path("redaction/<int:pk>/result/<int:page>/", views.result_picture, name="redaction_result_page"),
    path("redaction/<int:pk>/original/", views.original, name="redaction_original"),
    path("redaction/<int:pk>/proof.json", views.proof_json, name="redaction_proof_json"),
    path("redaction/<int:pk>/proof.pdf", views.proof_pdf, name="redaction_proof_pdf"),
]
