"""Addresses of the operations centre."""

from __future__ import annotations

from yteso.web.shell import living_page
from django.urls import path

app_name = "ioc"
urlpatterns = [path("", living_page, name="start")]
