"""Addresses of the review list."""

from __future__ import annotations

from django.urls import path

from yteso.apps.review import joining, views

app_name = "review"
urlpatterns = [
    path("", views.start, name="start"),
    path("joined", joining.joined, name="joined"),
    path("joined/<uuid:id>/second", joining.second, name="second"),
    path("joined/<uuid:id>/refuse", joining.refuse, name="refuse"),
    path("joined/<uuid:id>/part", joining.part, name="part"),
    path("join/<str:patient>", joining.find, name="find"),
    path("join/<str:patient>/<str:other>", joining.pair, name="pair"),
    path("join/<str:patient>/<str:other>/propose", joining.propose, name="propose"),
    path("<str:id>/settle", views.settle, name="settle"),
]
