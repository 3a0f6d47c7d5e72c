"""Addresses of the citizen's pages: none holds an id of the person, whose account says who it is."""

from __future__ import annotations

from django.urls import path

from yteso.apps.healthbook import views

app_name = "healthbook"
urlpatterns = [
    path("record", views.start, name="start"),
    path("record/download", views.download, name="download"),
    path("record/<str:name>", views.section, name="section"),
    path("who", views.who, name="who"),
    path("who/<str:id>", views.question, name="question"),
]
