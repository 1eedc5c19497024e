#!/usr/bin/env python3
"""Run one shard: state from a folder or bucket, tap into target, new states stored as they arrive.

`python run_shard.py --shard 3/16 --config config.json --target "target-postgres --config
target.json" --states s3://bucket/states` is the command of every engine in this folder. It needs
the Python of the tap's environment. After a kill, run the same command again: it resumes from the
last state that the target confirmed. It holds no lock: let one process at a time run a shard.

The exit code is the tap's (0 done, 1 some reports failed, 2 settings or state, 3 credentials), or
70 if the target failed. Beside each state a record of the rows that were sent is kept, for
`check_load.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sent_rows import SentRows
from upath import UPath

INDEX_VARIABLES = ("JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX")
TARGET_FAILED = 70
"""`EX_SOFTWARE`: unlike a failed report, the next run may not fix it."""

STORE_EVERY = 2.0
"""Seconds between two states that are stored; the last one is always stored."""

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run the shard that the arguments name, and return the exit code."""
    given = _arguments()
    settings = json.loads(given.settings)
    if shard := given.shard or (given.shards and f"{_job_index()}/{given.shards}"):
        settings["shard"] = shard
    name = given.name or _name(settings.get("shard", "0/1"))
    if given.create_tables:
        name = "create-tables"
    store = Store(UPath(given.states), name, given.run)
    with private_file(json.dumps(settings)) as own, private_file(store.state() or "") as state:
        tap = [*shlex.split(given.tap), "--config", *_configs([*given.config, own])]
        tap += ["--state", state] if store.state() else []
        tap += ["--catalog", given.catalog] if given.catalog else []
        if given.create_tables:
            tap += ["--test=schema"]
        return run(tap, shlex.split(given.target), store)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--config", nargs="+", required=True, help="the settings of all shards")
    parser.add_argument("--shard", help="index and number of shards, such as 3/16")
    parser.add_argument(
        "--shards",
        help="the number of shards; the index is that of the Kubernetes or AWS Batch job",
    )
    parser.add_argument("--settings", default="{}", help="JSON of `mws-reports plan --shards`")
    parser.add_argument("--name", help="the name of the state; default: shard-INDEX-of-COUNT")
    parser.add_argument("--states", required=True, help="a folder, or s3://bucket/prefix")
    parser.add_argument("--run", default="", help="the id of the run whose rows are recorded")
    parser.add_argument("--target", required=True, help="the command of the target")
    parser.add_argument("--tap", default="tap-mws-reports", help="the command of the tap")
    parser.add_argument("--catalog", help="selects streams")
    parser.add_argument(
        "--create-tables",
        action="store_true",
        help="only create the tables; run it once before shards that start at the same time",
    )
    return parser.parse_args()


def _job_index() -> str:
    """Return the index that an indexed Job of Kubernetes, or an array job of AWS Batch, has."""
    for name in INDEX_VARIABLES:
        if name in os.environ:
            return os.environ[name]
    sys.exit(f"--shards needs one of the variables {', '.join(INDEX_VARIABLES)}; or give --shard")


def _name(shard: str) -> str:
    index, _, count = shard.partition("/")
    return f"shard-{index.strip()}-of-{count.strip()}"


def _configs(paths: list[str]) -> list[str]:
    """Return the arguments of several `--config`."""
    return [part for path in paths for part in ("--config", path)][1:]


@contextmanager
def private_file(text: str) -> Iterator[str]:
    """Write a temporary file that only this user can read; yield its path."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield file.name


class Store:
    """The states of shards in a folder or a bucket, and the rows that a run has sent.

    Args:
        folder: where they are; created if missing.
        name: the name of the state, without suffix.
        run: the id of the run; without one no rows are recorded.
    """

    def __init__(self, folder: UPath, name: str, run: str) -> None:
        self._folder = folder
        self._path = folder / f"{name}.json"
        self._rows = folder / "runs" / run if run else None
        self._name = name
        folder.mkdir(parents=True, exist_ok=True)
        self._state = self._path.read_text("utf-8") if self._path.exists() else None
        if self._state is None:
            self._refuse_other_count()

    def state(self) -> str | None:
        """Return the state before this run."""
        return self._state

    def save(self, state: str, sent: SentRows) -> None:
        """Store a state; the rows that it covers first, so that no row is missing in the count."""
        if self._rows is not None:
            self._rows.mkdir(parents=True, exist_ok=True)
            self._write(self._rows / f"{self._name}-{time.time_ns()}.json", sent.take())
        self._write(self._path, state)

    def _write(self, path: UPath, text: str) -> None:
        """Replace a file at once: a bucket does so by itself."""
        if path.protocol in {"", "file"}:
            new = Path(f"{path.path}.new")
            new.write_text(text, encoding="utf-8")
            new.replace(path.path)
        else:
            path.write_text(text, encoding="utf-8")

    def _refuse_other_count(self) -> None:
        """End if there are states, but of another number of shards: all would be read again."""
        shard = re.fullmatch(r"shard-\d+-of-(\d+)", self._name)
        counts = {
            found[1]
            for path in self._folder.glob("shard-*-of-*.json")
            if (found := re.fullmatch(r"shard-\d+-of-(\d+)\.json", path.name))
        }
        if shard and counts and shard[1] not in counts:
            sys.exit(
                f"{self._folder} has the states of {', '.join(sorted(counts))} shards, not of "
                f"{shard[1]}: merge them with `mws-reports state merge`, then `state split "
                f"--shards {shard[1]}`"
            )


def run(tap_command: list[str], target_command: list[str], store: Store) -> int:
    """Run tap and target to the end, and return the exit code."""
    with (
        subprocess.Popen(
            target_command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=_die_with_parent,
        ) as target,
        subprocess.Popen(tap_command, stdout=subprocess.PIPE, preexec_fn=_die_with_parent) as tap,
    ):
        for number in (signal.SIGTERM, signal.SIGINT):
            # The tap ends at a line; the target then stores what it has.
            signal.signal(number, lambda *_: tap.terminate())
        sent = SentRows()
        states = StateKeeper(target, store, sent)
        states.start()
        _pump(tap, target, sent)
        states.join()
    if target.returncode:
        print(f"the target failed with exit code {target.returncode}", file=sys.stderr)
        return TARGET_FAILED
    return tap.returncode


def _pump(tap: subprocess.Popen[bytes], target: subprocess.Popen[str], sent: SentRows) -> None:
    """Pass every line from tap to target; count the rows."""
    assert tap.stdout is not None  # noqa: S101 - a pipe
    assert target.stdin is not None  # noqa: S101 - a pipe
    into: IO[bytes] = target.stdin.buffer  # type: ignore[attr-defined]
    try:
        for line in tap.stdout:
            sent.count(line)
            into.write(line)
            if line.startswith(b'{"type":"STATE"'):
                into.flush()
    except BrokenPipeError:
        tap.terminate()
    with contextlib.suppress(BrokenPipeError):
        target.stdin.close()


class StateKeeper(threading.Thread):
    """Stores the states that the target confirms.

    Args:
        target: writes a state on a line of its own once the rows before it are stored.
        store: where states go.
        sent: the rows sent so far: at least those that a confirmed state covers.
    """

    def __init__(self, target: subprocess.Popen[str], store: Store, sent: SentRows) -> None:
        super().__init__()
        self._target = target
        self._store = store
        self._sent = sent

    def run(self) -> None:
        """Read the target's output to its end."""
        assert self._target.stdout is not None  # noqa: S101 - a pipe
        latest, stored = None, 0.0
        for line in self._target.stdout:
            if not line.strip():
                continue
            latest = line
            if time.monotonic() - stored >= STORE_EVERY:
                self._store.save(latest, self._sent)
                latest, stored = None, time.monotonic()
        if latest is not None:
            self._store.save(latest, self._sent)


def _die_with_parent() -> None:
    """Let the kernel kill the child when this program is killed; Linux only.

    A surviving tap would continue to request and store while the engine starts another.
    """
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was killed meanwhile
            os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
