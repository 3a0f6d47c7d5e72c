"""The command line: `yteso …`. Finds the command, and turns every failure into its exit code in one place."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import yteso
from yteso.ops.commands import (
    audit,
    bench,
    bhyt,
    client,
    demo,
    import_,
    ingest,
    intake,
    keys,
    migrate,
    package,
    reindex,
    simulate,
    status,
    terminology,
    token,
    up,
    user,
    validate,
)
from yteso.ops.exits import INTERRUPTED, OK, code_of

_EPILOG = (
    "Mã kết thúc · Exit codes: 0 xong · done; 1 lỗi · failed; 2 sai cách dùng · wrong usage; "
    "3 dữ liệu có lỗi · the data has errors; 4 chưa chạy hoặc không khởi động được · not running or cannot start."
)

app = typer.Typer(
    help="Y tế số: nền tảng dữ liệu y tế của một tỉnh. · The health-data platform of a province.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def start(version: Annotated[bool, typer.Option("--version", help="Phiên bản · Version")] = False) -> None:
    """Y tế số: nền tảng dữ liệu y tế của một tỉnh. · The health-data platform of a province."""
    if version:
        sys.stdout.write(f"yteso {yteso.__version__}\n")
        raise typer.Exit


app.command()(up.up)
app.command()(demo.demo)
app.command()(ingest.ingest)
app.command("import")(import_.import_)
app.command()(status.status)
app.add_typer(user.user, name="user")
app.add_typer(audit.audit, name="audit")
app.add_typer(client.client, name="client")
app.add_typer(intake.intake, name="intake")
app.add_typer(keys.keys, name="keys")
app.command()(simulate.simulate)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench.bench)
app.command()(token.token)
app.add_typer(bhyt.bhyt, name="bhyt")
app.add_typer(terminology.terminology, name="terminology")
app.add_typer(package.package, name="package")
app.command()(validate.fhirpath)
app.command()(validate.validate)
app.command()(migrate.migrate)
app.command()(reindex.reindex)


def main() -> None:
    """The entry point of the script `yteso`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code (see `exits`)."""
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="yteso", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return OK
    except Exception as error:
        show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
        if callable(show) and isinstance(code, int):  # how typer says that it was used wrongly (2)
            show()
            return code
        return code_of(error)
    return code if isinstance(code, int) else OK
