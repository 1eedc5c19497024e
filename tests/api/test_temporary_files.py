"""A full disk is an error that names the folder, not a traceback."""

from __future__ import annotations

import errno
import io
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from tap_mws_reports.api.temporary_files import writing_temporary_files
from tap_mws_reports.api.transport import HttpRequest, HttpTransport
from tap_mws_reports.errors import TemporaryFileError
from tap_mws_reports.streams.run_folder import RunFolder


@pytest.fixture
def no_room() -> Iterator[None]:
    """Files of this process can have a hundred bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("no_room")
def test_a_full_disk_is_an_error_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = requests.Session()

    def answered(*_args: object, **_options: object) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.raw = urllib3.HTTPResponse(io.BytesIO(b"x" * 1_000), preload_content=False)
        return response

    monkeypatch.setattr(session, "request", answered)
    request = HttpRequest("GET", "https://host.example/", {})
    with pytest.raises(TemporaryFileError) as caught:
        HttpTransport(session).stream(request, tmp_path / "document")
    assert "File too large" in caught.value.what
    assert caught.value.where == tempfile.gettempdir()
    assert "TMPDIR" in caught.value.hint


def test_a_folder_that_cannot_be_created_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no-such-folder")
    with pytest.raises(TemporaryFileError, match="No such file"):
        RunFolder()


@pytest.mark.parametrize("error", [requests.ConnectionError("gone"), ValueError("no number")])
def test_other_errors_are_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)), writing_temporary_files():
        raise error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE])
def test_the_error_of_the_system_is_shown(number: int) -> None:
    error = OSError(number, "what the system says")
    with (
        pytest.raises(TemporaryFileError, match="what the system says"),
        writing_temporary_files(),
    ):
        raise error
