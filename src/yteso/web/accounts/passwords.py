"""What a password must be: long, and not one that everybody knows. Asked offline; nothing leaves the machine.

Known are the passwords of public leaks (the lists of Django and of zxcvbn), runs of keys, dates, telephone numbers,
words of Vietnamese passwords; and everything that is only put together of these.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from yteso.access.principal import Role
from yteso.base.text import fold

STAFF_LENGTH = 14
CITIZEN_LENGTH = 12

_VIETNAMESE = frozenset(
    """matkhau matkhaumoi anhyeuem emyeuanh yeuem yeuanh yeuemnhieu yeunhau mainhieu maimai nhoem nhoanh toiyeuvietnam
    vietnam hanoi saigon hochiminh danang haiphong cantho hue nhatrang dalat benhvien bacsi dieuduong yte soyte tramyte
    phongkham quantri quantrivien nhanvien giadinh bome conyeu hanhphuc maymang xinchao khongbiet khongco chaoban
    nguyen tran pham hoang huynh phan nguyenvan nguyenthi tranvan tranthi levan lethi phamvan phamthi
    thang ngay nam yteso""".split()  # noqa: SIM905 - easier to read and to add to
)
_KEYS = (
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc",
)
_LEET = str.maketrans("@4310$57!", "aaeiossti")
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:19|20)\d\d"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d"
    r"|(?:19|20)\d\d"
)
_PHONE = re.compile(r"(?:84|0)[35789]\d{8}")


class LongEnough:
    """14 characters for staff, 12 for citizens."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        least = CITIZEN_LENGTH if getattr(user, "role", "") == Role.CITIZEN else STAFF_LENGTH
        if len(password) < least:
            raise ValidationError(_("Mật khẩu cần ít nhất %(least)s ký tự.") % {"least": least}, code="short")

    def get_help_text(self) -> str:
        """For forms."""
        return _("Ít nhất 14 ký tự. Một câu dài dễ nhớ tốt hơn ký tự lạ.")


class NotKnown:
    """Not in a list of leaked passwords, and not merely put together of such."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's form
        """Raises ValidationError."""
        if is_known(password):
            raise ValidationError(_("Mật khẩu này dễ đoán: nó có trong danh sách đã lộ hoặc ghép từ đó."), code="known")

    def get_help_text(self) -> str:
        """For forms."""
        return _("Không dùng mật khẩu đã lộ, ngày sinh, số điện thoại, dãy phím.")


def is_known(password: str) -> bool:
    """True when the password is at most three known parts, or any number of the same part."""
    text = re.sub(r"[^\w@$!]|_", "", fold(password.casefold()))
    return password.casefold() in _leaked() or _known(text) or _known(re.sub(r"[@$!]", "", text))


def _known(text: str) -> bool:
    if not text or _repeats(text):
        return True
    fewest = [0] + [99] * len(text)
    for end in range(1, len(text) + 1):
        for begin in range(max(0, end - 24), end):
            if fewest[begin] < 3 and _is_part(text[begin:end]):
                fewest[end] = min(fewest[end], fewest[begin] + 1)
    return fewest[-1] <= 3


def _repeats(text: str) -> bool:
    """The same few characters over and over."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(len(text) // 2, 6) + 1))


def _is_part(part: str) -> bool:
    """Known as it is, or with signs and digits read as the letters they look like."""
    return _is_plain_part(part) or _is_plain_part(part.translate(_LEET))


def _is_plain_part(part: str) -> bool:
    if len(set(part)) == 1:
        return True
    if len(part) >= 3 and any(part in keys or part in keys[::-1] for keys in _KEYS):
        return True
    if part.isdigit() and (len(part) <= 4 or _DATE.fullmatch(part) or _PHONE.fullmatch(part)):
        return True
    return part in _VIETNAMESE or (len(part) >= 4 and part in _leaked())


@cache
def _leaked() -> frozenset[str]:
    """About 45,000 passwords of public leaks, in lower case."""
    beside = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(beside, "rt", encoding="utf-8") as file:
        django = {line.strip() for line in file}
    return frozenset(django | set(FREQUENCY_LISTS["passwords"]))
