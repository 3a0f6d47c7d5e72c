"""Addresses of the record; ids in them are the record's own and name nobody."""

from __future__ import annotations

from django.urls import path

from yteso.apps.record import representatives, views

app_name = "record"
urlpatterns = [
    path("", views.start, name="start"),
    path("visits/<str:facility>/<str:day>", views.day, name="day"),
    path("<str:patient>", views.person, name="person"),
    path("<str:patient>/visit/<str:encounter>", views.visit, name="visit"),
    path("<str:patient>/trend/<str:observation>", views.trend, name="trend"),
    path("<str:patient>/raw/<str:type>/<str:resource>", views.raw, name="raw"),
    path("<str:patient>/document/<str:type>/<str:resource>", views.document, name="document"),
    path("<str:patient>/print", views.whole, name="print"),
    path("<str:patient>/representatives", representatives.start, name="representatives"),
    path("<str:patient>/representatives/new", representatives.record, name="record_representative"),
    path("<str:patient>/representatives/<str:representation>/end", representatives.end, name="end_representation"),
    path("<str:patient>/<str:name>", views.section, name="section"),
]
