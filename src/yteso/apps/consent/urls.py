"""Addresses; ids in them are those of openings and consents, and name nobody."""

from __future__ import annotations

from django.urls import path

from yteso.apps.consent import views

app_name = "consent"
urlpatterns = [
    path("", views.own, name="own"),
    path("choose", views.choose, name="choose"),
    path("find", views.find, name="find"),
    path("code", views.code, name="code"),
    path("<str:id>/withdraw", views.withdraw, name="withdraw"),
    path("open", views.open_, name="open"),
    path("open/code", views.use_code, name="use_code"),
    path("open/glass", views.glass, name="glass"),
    path("open/<uuid:id>/end", views.end, name="end"),
    path("open/<uuid:id>/approve", views.approve, name="approve"),
    path("review", views.review, name="review"),
    path("review/<uuid:id>", views.settle, name="settle"),
]
