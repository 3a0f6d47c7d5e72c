"""Addresses; the id in them is a question's, and names nobody."""

from __future__ import annotations

from django.urls import path

from yteso.apps.privacy import views

app_name = "privacy"
urlpatterns = [path("", views.start, name="start"), path("<str:id>/answer", views.answer, name="answer")]
