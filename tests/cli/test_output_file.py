"""A file that a command writes appears only when complete; a failure is one message."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tap_mws_reports.cli.output_file import make_directory, output_file, write_text
from tap_mws_reports.errors import SettingsError

HINT = "name a file in a directory that exists, is writable and has space"


def test_a_file_is_replaced_when_it_is_complete(tmp_path) -> None:
    path = tmp_path / "page.html"
    write_text(path, "old")
    with output_file(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "page.html"
    write_text(path, "old")
    with pytest.raises(TypeError), output_file(path) as stream:
        stream.writelines([b"half of the n", None])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_follow_the_umask_or_are_the_owners_alone(tmp_path) -> None:
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "page.html", "")
        write_text(tmp_path / "config.json", "", for_owner=True)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"page.html": 0o640, "config.json": 0o600}


def test_the_target_of_a_link_is_written(tmp_path) -> None:
    (tmp_path / "latest.html").symlink_to(tmp_path / "page.html")
    write_text(tmp_path / "latest.html", "new")
    assert (tmp_path / "latest.html").is_symlink()
    assert (tmp_path / "page.html").read_text() == "new"


def test_a_device_is_not_replaced() -> None:
    write_text(Path(os.devnull), "nothing")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/page.html", "No such file or directory"),
        ("file/page.html", "Not a directory"),
        (".", "it is a directory"),
        (f"{'x' * 300}.html", "File name too long"),
    ],
)
def test_a_failed_write_is_explained(tmp_path, name, reason) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    with pytest.raises(SettingsError) as raised:
        write_text(path, "x", where="-o")
    assert raised.value.cause == ("TAP-101", f"{path} cannot be written: {reason}", "-o", HINT)


def test_a_directory_that_cannot_be_created_is_explained(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/new cannot be created: Not a directory"):
        make_directory(tmp_path / "file" / "new")
    make_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
