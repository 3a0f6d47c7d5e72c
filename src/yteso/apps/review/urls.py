"""Addresses of the review list."""

from __future__ import annotations

from django.urls import path

from yteso.apps.review import views

app_name = "review"
urlpatterns = [
    path("", views.start, name="start"),
    path("<str:id>/settle", views.settle, name="settle"),
]
