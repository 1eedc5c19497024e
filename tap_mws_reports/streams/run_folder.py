"""The temporary folder of a run, and the removal of those that killed runs left behind.

Each folder holds a file that its run keeps locked. The system releases the lock when the process
ends, however it ends, so a folder whose lock is free belongs to no run, not even to one in another
container, which a process id would not show.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tap_mws_reports.api.temporary_files import writing_temporary_files

PREFIX = "tap-mws-reports-"
_LOCK = "run.lock"


class RunFolder:
    """A new folder that only the user can read, locked until `remove`.

    Raises:
        TemporaryFileError: it cannot be made.
    """

    def __init__(self) -> None:
        with writing_temporary_files():
            self.path, self._lock = _locked_folder()

    def remove(self) -> None:
        """Remove the folder with all it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self._lock)


def remove_abandoned_folders() -> int:
    """Remove the folders of runs that no longer exist; return their number.

    Folders of other users, and folders without a lock, are left alone.
    """
    return sum(_removed(folder) for folder in _folders())


def _locked_folder() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / _LOCK).exists():
            return folder, lock
        # Between the two calls another run took the folder for an abandoned one.
        os.close(lock)


def _folders() -> Iterator[Path]:
    with suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError):
                if path.lstat().st_uid == os.getuid() and path.is_dir() and not path.is_symlink():
                    yield path


def _removed(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()
    finally:
        os.close(lock)
