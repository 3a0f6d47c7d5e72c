"""The configuration of the embedded server as text: in go sizes and folders, out come three files. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ADMIN_ROLE = "postgres"
APP_ROLE = "yteso"
READER_ROLE = "yteso_reader"
"""Who reads for somebody; what it sees depends on which of the roles below a transaction takes. On our own server it
logs in by itself, so that it cannot become the owner."""
READING_SECONDS = 30
"""So long may a statement take that reads for somebody, unless it is given less."""
READING = (
    f"-c role={READER_ROLE} -c statement_timeout={READING_SECONDS}s"
    f" -c idle_in_transaction_session_timeout={2 * READING_SECONDS}s"
)
"""Start-up options of a reader's connection: `RESET ROLE` leads back to this role. A transaction that is left idle
ends, with its locks on lanes of the audit."""
BOUND_ROLES = ("yteso_care", "yteso_person", "yteso_types", "yteso_every", "yteso_notifiable", "yteso_order")
_MB = 1024 * 1024


def postgresql_conf(*, memory: int, socket: Path, logs: Path, site: Path) -> str:
    """`postgresql.conf` for a machine with `memory` bytes. `site` is included last, so an operator has the last word.

    Durable settings are written out although they are PostgreSQL's defaults: the guard reads them back.
    Logs carry no statement text, no parameters and no DETAIL line, because these can hold patients' values.
    """
    settings: dict[str, str | int] = {
        # Only the operating-system user of this installation gets in: no TCP, a private socket.
        "listen_addresses": "",
        "port": 5432,
        "unix_socket_directories": f'"{socket}"',
        "unix_socket_permissions": "0700",
        # A web process may have three for each of its threads: the owner's, the readers' and that of the pages.
        "max_connections": 300,
        "shared_buffers": _megabytes(memory // 8, 128, 2048),
        "effective_cache_size": _megabytes(memory // 2, 256, 64 * 1024),
        "work_mem": "16MB",
        "maintenance_work_mem": _megabytes(memory // 32, 64, 512),
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        # Bounds crash recovery to seconds.
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        # Full page images are most of the log after a checkpoint. Packing one takes 90 µs, more than writing a
        # resource, and saves a third of it: keys are hashes.
        "wal_compression": "off",
        # A long pending list makes every look-up read it through: 0.17 ms at 256 kB against 0.64 ms at the default.
        "gin_pending_list_limit": "256kB",
        "autovacuum": "on",
        "autovacuum_naptime": "20s",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_directory": str(logs),
        "log_filename": "postgres-%a.log",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        "log_truncate_on_rotation": "on",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_line_prefix": "%m [%p] %a ",
        "log_checkpoints": "off",
    }
    lines = [f"{name} = '{_quoted(str(value))}'" for name, value in settings.items()]
    head = "# Written by yteso at every start; put your own settings into the file included below."
    return "\n".join([head, *lines, f"include_if_exists = '{_quoted(str(site))}'", ""])


def pg_hba_conf() -> str:
    """Who may come in: over the socket, and only whom the operating system vouches for."""
    return "# Written by yteso at every start.\nlocal all all peer map=house\n"


def pg_ident_conf(users: Mapping[str, None]) -> str:
    """Which operating-system users may be which role: the one who runs yteso and the one who runs the server."""
    lines = [f'house "{user}" "{role}"' for user in users for role in (APP_ROLE, READER_ROLE, ADMIN_ROLE)]
    return "\n".join(["# Written by yteso at every start.", *lines, ""])


def _megabytes(size: int, least: int, most: int) -> str:
    return f"{max(least, min(most, size // _MB))}MB"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")
