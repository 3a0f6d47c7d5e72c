"""Addresses of the operations centre."""

from __future__ import annotations

from django.urls import path

from yteso.apps.ioc import views

app_name = "ioc"
urlpatterns = [
    path("", views.start, name="start"),
    path("tiles/<str:name>", views.tile, name="tile"),
    path("visits", views.visits, name="visits"),
    path("diagnoses", views.diagnoses, name="diagnoses"),
    path("money", views.money, name="money"),
    path("files", views.files, name="files"),
    path("facilities", views.facilities, name="facilities"),
]
