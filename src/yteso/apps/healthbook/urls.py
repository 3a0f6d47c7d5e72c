"""Addresses of the citizen's pages. The account says whose record it is; `?of=` names somebody it represents."""

from __future__ import annotations

from django.urls import path

from yteso.apps.healthbook import views

app_name = "healthbook"
urlpatterns = [
    path("record", views.start, name="start"),
    path("record/download", views.download, name="download"),
    path("record/pdf", views.printed, name="printed"),
    path("record/visit/<str:id>", views.visit, name="visit"),
    path("record/visit/<str:id>/pdf", views.visit_printed, name="visit_printed"),
    path("record/document/<str:id>", views.document, name="document"),
    path("record/trend/<str:id>", views.trend, name="trend"),
    path("record/<str:name>", views.section, name="section"),
    path("representatives", views.representatives, name="representatives"),
    path("representatives/code", views.representative_code, name="representative_code"),
    path("representatives/name", views.name_representative, name="name_representative"),
    path("representatives/<str:id>/end", views.end_representation, name="end_representation"),
    path("inbox", views.inbox, name="inbox"),
    path("who", views.who, name="who"),
    path("who/<str:id>", views.question, name="question"),
]
