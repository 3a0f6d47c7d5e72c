"""Addresses of the desk; an id in them is a question's, a grant's or a case's, and names nobody."""

from __future__ import annotations

from django.urls import path

from yteso.apps.privacy import breaches, budgets, exports, inspections, register, subject_requests, views

app_name = "privacy"
urlpatterns = [
    path("", views.start, name="start"),
    path("<str:id>/answer", views.answer, name="answer"),
    path("budgets", budgets.start, name="budgets"),
    path("budgets/seen", budgets.seen, name="seen"),
    path("budgets/grant", budgets.grant, name="grant_budget"),
    path("budgets/<uuid:id>/end", budgets.end, name="end_grant"),
    path("breaches", breaches.start, name="breaches"),
    path("breaches/open", breaches.open_, name="open_breach"),
    path("breaches/<uuid:id>", breaches.one, name="breach"),
    path("breaches/<uuid:id>/affected", breaches.affected, name="breach_affected"),
    path("breaches/<uuid:id>/people", breaches.people, name="breach_people"),
    path("breaches/<uuid:id>/notice", breaches.notice, name="notice"),
    path("breaches/<uuid:id>/describe", breaches.describe, name="describe_breach"),
    path("breaches/<uuid:id>/tell", breaches.tell, name="tell_breach"),
    path("breaches/<uuid:id>/inbox", breaches.inbox, name="breach_inbox"),
    path("breaches/<uuid:id>/told", breaches.told, name="breach_told"),
    path("breaches/<uuid:id>/close", breaches.close, name="close_breach"),
    path("requests", subject_requests.queue, name="requests"),
    path("requests/mine", subject_requests.mine, name="mine"),
    path("requests/<uuid:id>/acknowledge", subject_requests.acknowledge, name="acknowledge"),
    path("requests/<uuid:id>/extend", subject_requests.extend, name="extend"),
    path("requests/<uuid:id>/close", subject_requests.close, name="close_request"),
    path("exports", exports.start, name="exports"),
    path("exports/standing", exports.stand, name="stand"),
    path("exports/standing/<uuid:id>/end", exports.end, name="end_standing"),
    path("exports/<uuid:id>/decide", exports.decide, name="decide_export"),
    path("inspections", inspections.start, name="inspections"),
    path("inspections/give", inspections.give, name="give_inspection"),
    path("inspections/<uuid:id>/end", inspections.end, name="end_inspection"),
    path("register", register.start, name="register"),
    path("register.csv", register.file, name="register_file"),
    path("register/<slug:name>", register.activity, name="activity"),
]
