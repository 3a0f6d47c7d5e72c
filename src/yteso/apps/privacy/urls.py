"""Addresses of the desk; an id in them is a question's, a grant's or a case's, and names nobody."""

from __future__ import annotations

from django.urls import path

from yteso.apps.privacy import budgets, views

app_name = "privacy"
urlpatterns = [
    path("", views.start, name="start"),
    path("<str:id>/answer", views.answer, name="answer"),
    path("budgets", budgets.start, name="budgets"),
    path("budgets/grant", budgets.grant, name="grant_budget"),
    path("budgets/<uuid:id>/end", budgets.end, name="end_grant"),
]
