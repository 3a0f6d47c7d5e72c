"""We or the world failed: the exceptions of the house. Wrong data is not here; it is an `Issue`."""

from __future__ import annotations

from yteso.base.issue import Issue


class YtesoError(Exception):
    """Something failed on our side."""

    permanent = False
    """True when trying again cannot help; jobs read it to decide about a retry."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class Refused(YtesoError):
    """The request was refused; `issues` say why. Becomes a 4xx in one place per door.

    `retry_after`: seconds after which the same request may be answered; 0: unknown. `about`: what it was about, as
    `Type/id`, for the audit; it is never told.
    """

    permanent = True

    def __init__(self, *issues: Issue, status: int = 422, retry_after: int = 0, about: str = "") -> None:
        super().__init__("; ".join(f"{issue.code} {issue.text_en}" for issue in issues))
        self.issues = issues
        self.status = status
        self.retry_after = retry_after
        self.about = about


class Misconfigured(YtesoError):
    """The platform cannot start with these settings."""

    permanent = True


class CannotStart(Misconfigured):
    """The platform refuses to start; the numbered issue says why and what to do."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(f"{issue.code}: {issue.text} {issue.fix}\n{issue.code}: {issue.text_en} {issue.fix_en}")
        self.issue = issue
