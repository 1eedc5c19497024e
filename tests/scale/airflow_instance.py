"""An Airflow with scheduler, DAG processor and API server of its own, in a folder."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
AIRFLOW = ROOT / ".venv-airflow" / "bin" / "airflow"
START_TIMEOUT = 240.0
"""Seconds; a quiet machine takes about thirty."""


class AirflowInstance:
    """Commands and facts of an Airflow; its database is SQLite.

    Args:
        home: an empty folder.
        port: of the API server, which tasks report to.
        env: what the DAGs need beside the settings of Airflow.
    """

    def __init__(self, home: Path, port: int, env: Mapping[str, str]) -> None:
        self._home = home
        self._address = f"http://127.0.0.1:{port}"
        self._database = home / "airflow.db"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "TAP_"))},
            "PATH": f"{AIRFLOW.parent}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "deploy" / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "6",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "true",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._database}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": "of-a-test",
            "AIRFLOW__API_AUTH__JWT_SECRET": "of-a-test" * 8,
            # A busy machine may take longer than the five seconds that a task waits by default.
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "false",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
            **env,
        }

    def command(self, *arguments: str) -> str:
        """Run a command of Airflow and return what it prints."""
        done = subprocess.run(
            [AIRFLOW, *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_TIMEOUT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query of Airflow's database."""
        address = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
            return database.execute(sql, values).fetchall()

    @contextmanager
    def running(self, *services: str) -> Iterator[None]:
        """Run the services while the context lasts; each logs to a file in the folder."""
        processes = []
        try:
            for name in services:
                with (self._home / f"{name}.log").open("wb") as log:
                    process = subprocess.Popen(
                        [AIRFLOW, name],
                        env=self.env,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                processes.append(process)
            yield
        finally:
            for process in processes:
                _end(process)

    def is_up(self) -> bool:
        """Whether the API server answers; its first answer takes the longest."""
        try:
            with urlopen(f"{self._address}/api/v2/monitor/health", timeout=30) as answer:  # noqa: S310
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def trigger(self, dag: str, params: Mapping[str, Any]) -> str:
        """Start a run and return its id."""
        wait_for(self.is_up, START_TIMEOUT)
        wait_for(lambda: self.ask("select 1 from dag where dag_id = ?", dag), START_TIMEOUT)
        self.command("dags", "unpause", dag)
        run_id = f"test-{time.time_ns()}"
        self.command("dags", "trigger", dag, "--run-id", run_id, "--conf", json.dumps(params))
        return run_id

    def state(self, run_id: str) -> str:
        """Return the state of a run."""
        ((state,),) = self.ask("select state from dag_run where run_id = ?", run_id)
        return str(state)

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """Return the tasks of a run, as far as they have come."""
        columns = ("task_id", "map_index", "state", "try_number", "start_date", "end_date", "pool")
        rows = self.ask(
            f"select {', '.join(columns)} from task_instance where run_id = ? order by 1, 2", run_id
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def logs(self) -> str:
        """Return the ends of all logs, for a message of a failed test."""
        files = sorted(self._home.rglob("*.log"))
        return "\n".join(
            f"--- {each}\n{each.read_text(errors='replace')[-3000:]}" for each in files
        )


def wait_for(condition: Callable[[], Any], seconds: float, every: float = 1.0) -> Any:
    """Return the first result that is true.

    Raises:
        TimeoutError: there is none within ``seconds``.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(every)
    raise TimeoutError(f"not within {seconds} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a service and what it started: all are in its session."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
