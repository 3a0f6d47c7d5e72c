"""Addresses of the intake."""

from __future__ import annotations

from django.urls import path

from yteso.apps.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.start, name="start"),
    path("upload", views.upload, name="upload"),
    path("file/<str:id>", views.file, name="file"),
    path("file/<str:id>/raw", views.raw, name="raw"),
    path("file/<str:id>/receipt", views.receipt, name="receipt"),
    path("file/<str:id>/replay", views.replay, name="replay"),
]
