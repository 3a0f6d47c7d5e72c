"""The settings of one installation, read once by `ops` from the environment, frozen, and passed down."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yteso.base.syslog import split_address

LOOPBACK = frozenset(["localhost", "127.0.0.1", "[::1]"])
"""Names by which a machine calls itself."""
_ALL_ADDRESSES = frozenset(["0.0.0.0", "::"])  # noqa: S104 -- what is left out, nothing is bound here


@dataclass(frozen=True)
class Settings:
    """Where things are and how many. Each field names its environment variable in `from_environment`."""

    home: Path
    keys: Path | None = None
    """The folder of key files that the operator gives, which is only read; None: they are made under `home/keys`."""
    port: int = 8080
    host: str = "127.0.0.1"
    database_url: str = ""
    reader_database_url: str = ""
    """The same database by a log-in that only reads for people; empty: the log-in above takes their role."""
    language: str = "vi"
    web_workers: int = 2
    web_threads: int = 32
    """Callers of one process who share a transaction are at most as many; most of the time they wait for it."""
    walkers: int = 2
    max_body: int = 256 * 1024 * 1024
    public_url: str = ""
    idle_minutes: int = 30
    """After so many quiet minutes a session of the pages is over."""
    syslog: str = ""
    """Where warnings and errors of every process go beside standard error: `host:port` or the path of a socket."""
    clamd: str = ""
    """The virus scanner every received file is shown to: `host:port` or the path of a socket; empty: none is."""
    subscription_hosts: tuple[str, ...] = ()
    profile_modes: tuple[tuple[str, str], ...] = ()
    """(source or facility code, refuse | warn | off): how strict profiles are for whom."""
    budgets: tuple[tuple[str, int], ...] = ()
    """(role, people): how many people an account of the role may see within an hour, where it is not the default."""
    child_decides: int = 16
    """From which birthday a child alone sets who sees the record; no source at hand names it for these acts."""
    request_days: tuple[tuple[str, int], ...] = ()
    """(kind, days): how long a request about personal data may take, where no source at hand names the figure."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read `YTESO_*`. A number that is none raises ValueError naming the variable."""

        def number(name: str, default: int) -> int:
            text = environ.get(name, "")
            if text and not text.isdigit():
                raise ValueError(f"{name} must be a whole number")
            return int(text) if text else default

        return cls(
            home=Path(environ.get("YTESO_HOME") or "var").absolute(),
            keys=_keys(environ),
            port=number("YTESO_PORT", cls.port),
            host=environ.get("YTESO_HOST") or cls.host,
            database_url=_secret(environ, "YTESO_DATABASE_URL"),
            reader_database_url=_secret(environ, "YTESO_READER_DATABASE_URL"),
            language=environ.get("YTESO_LANG") or cls.language,
            web_workers=number("YTESO_WEB_WORKERS", cls.web_workers),
            web_threads=number("YTESO_WEB_THREADS", cls.web_threads),
            walkers=number("YTESO_WALKERS", cls.walkers),
            max_body=number("YTESO_MAX_BODY", cls.max_body),
            public_url=environ.get("YTESO_PUBLIC_URL", ""),
            idle_minutes=number("YTESO_IDLE_MINUTES", cls.idle_minutes),
            syslog=_address(environ, "YTESO_SYSLOG"),
            clamd=_address(environ, "YTESO_CLAMD"),
            profile_modes=_modes(environ.get("YTESO_PROFILES", "")),
            budgets=_budgets(environ.get("YTESO_BUDGETS", "")),
            child_decides=_age(number("YTESO_CHILD_DECIDES", cls.child_decides)),
            request_days=_request_days(environ.get("YTESO_REQUEST_DAYS", "")),
            subscription_hosts=tuple(environ.get("YTESO_SUBSCRIPTION_HOSTS", "").replace(",", " ").split()),
        )

    @property
    def is_local(self) -> bool:
        """True for an installation that answers only on this machine: what is shown to try it is shown there alone."""
        return self.host in LOOPBACK | {"::1"} and not self.public_url

    @property
    def address(self) -> str:
        """Where others find the platform, without a final slash; what it is called as an issuer of log-ins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Names it may be called by where no public address is set: links in answers begin with them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return LOOPBACK if self.host in _ALL_ADDRESSES else LOOPBACK | {host.lower()}

    @property
    def fhir_address(self) -> str:
        """Where others find the FHIR endpoint."""
        return f"{self.address}/fhir"

    @property
    def websocket(self) -> str:
        """Where subscribers open websockets when a proxy publishes both ports under one address; else empty."""
        if not self.public_url:
            return ""
        return "ws" + self.public_url.rstrip("/").removeprefix("http") + "/subscriptions"

    @property
    def live_port(self) -> int:
        """The port of the small ASGI process that pushes live updates."""
        return self.port + 1


def _address(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "")
    if text:
        split_address(text, name)
    return text


def _secret(environ: Mapping[str, str], name: str) -> str:
    """A setting that holds a password: itself, or the file a vault's agent or systemd puts it in.

    The file is `NAME_FILE`, else the credential `name` in small letters (systemd.exec(5), LoadCredential=). ValueError
    when both are given, or the named file cannot be read: nothing else is used then.
    """
    text, file, folder = (environ.get(one, "") for one in (name, f"{name}_FILE", "CREDENTIALS_DIRECTORY"))
    if text and file:
        raise ValueError(f"{name} and {name}_FILE must not both be set")
    credential = Path(folder) / name.lower() if folder and not text else None
    if not file and (credential is None or not credential.is_file()):
        return text
    try:
        return Path(file or str(credential)).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name}_FILE cannot be read") from error


def _keys(environ: Mapping[str, str]) -> Path | None:
    """The folder a vault's agent keeps, else the credentials of systemd when key files are among them."""
    given, credentials = environ.get("YTESO_KEYS", ""), environ.get("CREDENTIALS_DIRECTORY", "")
    if given:
        if not Path(given).is_dir():
            raise ValueError("YTESO_KEYS must be a folder of key files")
        return Path(given).absolute()
    folder = Path(credentials) if credentials else None
    return folder if folder and any(folder.glob("yteso_keys_*")) else None


_MODE = re.compile(r"(fhir|bhyt|import|[0-9A-Z]{5})=(refuse|warn|off)", re.ASCII)


def _modes(text: str) -> tuple[tuple[str, str], ...]:
    """`fhir=warn,bhyt=off,79001=refuse`."""
    found = [_MODE.fullmatch(part) for part in text.replace(",", " ").split()]
    if None in found:
        raise ValueError("YTESO_PROFILES must be like fhir=warn,bhyt=off,79001=refuse")
    return tuple((match[1], match[2]) for match in found if match)


def _age(years: int) -> int:
    """From 7 (who is younger has no will of their own before the law) to 18 (who is of age has no parents who act)."""
    if not 7 <= years <= 18:
        raise ValueError("YTESO_CHILD_DECIDES must be between 7 and 18")
    return years


_REQUEST_DAYS = re.compile(r"(access|copy|correction|erasure)=([1-9][0-9]?)", re.ASCII)


def _request_days(text: str) -> tuple[tuple[str, int], ...]:
    """`access=15,erasure=10`; only kinds whose figure is to be confirmed."""
    found = [_REQUEST_DAYS.fullmatch(part) for part in text.replace(",", " ").split()]
    if None in found:
        raise ValueError("YTESO_REQUEST_DAYS must be like access=15,erasure=10 (access, copy, correction, erasure)")
    return tuple((match[1], int(match[2])) for match in found if match)


_BUDGET = re.compile(r"([a-z]+(?:-[a-z]+)*)=([0-9]{1,7})", re.ASCII)


def _budgets(text: str) -> tuple[tuple[str, int], ...]:
    """`doctor=150,integrator=0`; 0 is no limit."""
    found = [_BUDGET.fullmatch(part) for part in text.replace(",", " ").split()]
    if None in found:
        raise ValueError("YTESO_BUDGETS must be like doctor=150,citizen=5")
    return tuple((match[1], int(match[2])) for match in found if match)
