"""One address; the day is asked with `?day=`, and no patient is named."""

from __future__ import annotations

from django.urls import path

from yteso.apps.worklist import views

app_name = "worklist"
urlpatterns = [path("", views.start, name="start")]
