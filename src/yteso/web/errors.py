"""What went wrong -> a calm page: refusals with their numbered reasons, 403, 404, 500 without a stack trace."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from yteso.base.errors import Refused, YtesoError
from yteso.base.issue import Issue
from yteso.client.budgets import is_stop
from yteso.db import is_retryable
from yteso.web.formats import size
from yteso.web.guard import place_of, public
from yteso.web.language import CHOICES
from yteso.web.services import NotServing, service

_log = logging.getLogger("django.request")


def keep_refusal(request: HttpRequest, refused: Refused) -> None:
    """A view tells a refusal in a page of its own: `accounts.denials` writes its row all the same."""
    request.refused = refused  # type: ignore[attr-defined]


class CalmErrors:
    """Exceptions of the house become pages here, and only here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a 405 comes without words and gets them."""
        response = self.get_response(request)
        return _no_page(request, response) if response.status_code == 405 and not response.content else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """`Refused` and our own failures; everything else goes on to `broken`."""
        if isinstance(error, Refused):
            if is_stop(error):
                service("budgets").note_stop(request.principal, error)  # type: ignore[attr-defined]
            return refused(request, error)
        if isinstance(error, NotServing):
            return _page(request, 503, gettext("Chức năng này đang tạm dừng"), gettext("Xin thử lại sau ít phút."))
        if is_retryable(error):
            _log.error("%s at %s", type(error).__name__, request.path)
            return _away(request)
        if isinstance(error, YtesoError) and not error.permanent:
            _log.error("%s at %s", type(error).__name__, request.path)
            return _page(request, 503, gettext("Hệ thống đang bận"), gettext("Xin thử lại sau ít phút."))
        return None


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A refusal with its reasons and what to do, in the reader's language."""
    page = _page(request, error.status, _title(request, error.status), "", [told(issue) for issue in error.issues])
    if error.retry_after:
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def _title(request: HttpRequest, status: int) -> str:
    """What a refusal is called; its numbered reasons say the rest. A stranger was on the way in."""
    if status in (403, 503) and not request.user.is_authenticated:
        return gettext("Chưa đăng nhập được")
    titles = {
        403: gettext("Không có quyền truy cập"),
        404: gettext("Không tìm thấy"),
        410: gettext("Liên kết không còn dùng được"),
        429: gettext("Quá nhiều lần trong thời gian ngắn"),
        503: gettext("Hệ thống đang bận"),
    }
    return titles.get(status, gettext("Yêu cầu không được chấp nhận"))


def told(issue: Issue) -> dict[str, str]:
    """An issue in the active language: code, severity, text and what to do."""
    english = get_language() == "en"
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "text": issue.text_en if english else issue.text,
        "fix": issue.fix_en if english else issue.fix,
    }


def _no_page(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """405: the address takes a form and is no page, as after "back", or a link somebody copied."""
    text = gettext("Địa chỉ này chỉ nhận biểu mẫu, không phải một trang. Hãy mở trang có biểu mẫu rồi gửi lại.")
    page = _page(request, 405, gettext("Không mở được như một trang"), text)
    page.headers["Allow"] = bare.headers["Allow"]
    return page


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """403: signed in, but not for this page."""
    text = gettext("Tài khoản của bạn không có quyền mở trang này. Nếu cần, hãy liên hệ quản trị viên.")
    return _page(request, 403, gettext("Không có quyền truy cập"), text)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """404: nothing here, or nothing this person may see; the page does not tell which."""
    text = gettext("Địa chỉ không đúng, hoặc nội dung không còn, hoặc bạn không được xem.")
    return _page(request, 404, gettext("Không tìm thấy"), text)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself is malformed; 413 when it is a form with more in it than one takes."""
    if isinstance(exception, RequestDataTooBig):
        limit = size(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        text = gettext("Biểu mẫu chỉ nhận đến %(limit)s. Hãy rút gọn nội dung rồi gửi lại.") % {"limit": limit}
        return _page(request, 413, gettext("Nội dung gửi quá lớn"), text)
    return _page(request, 400, gettext("Yêu cầu không hợp lệ"), gettext("Xin quay lại và thử lần nữa."))


@public
def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; the reason is in the log, not on the page. 503 while the database is away."""
    error = sys.exc_info()[1]
    if error is not None and is_retryable(error):
        return _away(request)
    title, text = gettext("Hệ thống gặp lỗi"), gettext("Lỗi đã được ghi lại. Xin thử lại sau ít phút.")
    try:
        return _page(request, 500, title, text)
    except Exception:
        _log.exception("the calm page for 500 failed")
        return _without_database(request, 500)


def _away(request: HttpRequest) -> HttpResponse:
    page = _without_database(request, 503)
    page.headers["Retry-After"] = "30"
    return page


def _without_database(request: HttpRequest, status: int) -> HttpResponse:
    """A page that asks neither the session nor the account: the language and the looks are those of the cookies."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    with override(chosen if chosen in CHOICES else settings.YTESO_DEFAULT_LANGUAGE):
        told = {
            500: (gettext("Hệ thống gặp lỗi"), gettext("Lỗi đã được ghi lại. Xin thử lại sau ít phút.")),
            503: (
                gettext("Hệ thống đang bận hoặc tạm ngưng"),
                gettext("Dữ liệu đã nhận vẫn còn nguyên. Xin thử lại sau ít phút; biểu mẫu vừa gửi thì gửi lại."),
            ),
        }
        title, text = told[status]
        again = request.get_full_path() if request.method == "GET" else ""
        looks = {
            "theme": request.COOKIES.get("yteso_theme", "system"),
            "user": None,
            "stranger": False,
            "live": "",
            "seal": "",
            "idle": 0,
        }
        names = looks | {"status": status, "title": title, "text": text, "issues": (), "again": again, "form": ""}
        return _retargeted(request, HttpResponse(render_to_string("calm.html", names), status=status))


@public
def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF: the form is too old or was not ours."""
    _log.warning("csrf refusal at %s: %s", request.path, reason)
    text = gettext("Trang đã mở quá lâu hoặc biểu mẫu không hợp lệ. Hãy tải lại trang rồi gửi lại.")
    return _page(request, 403, gettext("Biểu mẫu đã hết hạn"), text)


def _page(request: HttpRequest, status: int, title: str, text: str, issues: Any = ()) -> HttpResponse:
    again = request.get_full_path() if status == 503 and request.method == "GET" else ""
    told = {"status": status, "title": title, "text": text, "issues": issues, "again": again, "form": _form(request)}
    return _retargeted(request, render(request, "calm.html", told, status=status))


def _form(request: HttpRequest) -> str:
    """The page with the form that was sent, when somebody who is signed in sent one from a page of ours."""
    sent = request.method == "POST" and request.user.is_authenticated and not request.headers.get("HX-Request")
    page = place_of(request) if sent else ""
    return "" if page in (reverse("home"), request.path) else page


def _retargeted(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """Asked for by htmx, what went wrong takes the place of the page's content, not of the part that was asked for."""
    if request.headers.get("HX-Request"):
        for name, value in (("Retarget", "#content"), ("Reselect", "#content"), ("Reswap", "outerHTML")):
            page.headers[f"HX-{name}"] = value
    return page
