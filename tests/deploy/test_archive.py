"""The file of a backup: whole or not at all, and nothing in it is believed unseen."""

from __future__ import annotations

import tarfile
from pathlib import Path

import bson
import pytest

from deploy.backup import archive
from deploy.backup.archive import Manifest
from deploy.trouble import Trouble

pytestmark = pytest.mark.unit


def manifest() -> Manifest:
    told = {"started_at": "2026-03-01T00:00:00.000Z", "epoch": 1, "collections": {}}
    return Manifest("230102", "0.1.0", "2026-03-01T00:00:00.000Z", {"registry": told})


def write(target: Path, files: dict[str, bytes], documents: int = 3) -> None:
    made = manifest()
    with archive.written(target, made) as writer:
        for name, content in files.items():
            writer.add(name, content)
        writer.add_documents("registry", "kites", (bson.encode({"_id": n}) for n in range(documents)))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "b.tar", {"files/keys/private.pem": b"secret"})
    with archive.opened(tmp_path / "b.tar") as backup:
        backup.check()
        assert backup.files() == {"keys/private.pem": b"secret"}
        assert [one["_id"] for one in backup.documents("registry", "kites")] == [0, 1, 2]
        assert (backup.manifest.documents, backup.manifest.area) == (3, "230102")
    assert list(tmp_path.iterdir()) == [tmp_path / "b.tar"]


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "b.tar", {}, documents=1)
    with pytest.raises(ZeroDivisionError), archive.written(tmp_path / "b.tar", manifest()):
        raise ZeroDivisionError
    with archive.opened(tmp_path / "b.tar") as backup:
        assert backup.manifest.documents == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "b.tar"]


def test_two_runs_do_not_write_the_same_file(tmp_path: Path) -> None:
    with (
        archive.written(tmp_path / "b.tar", manifest()),
        pytest.raises(Trouble, match="another backup"),
        archive.written(tmp_path / "b.tar", manifest()),
    ):
        pass


@pytest.mark.parametrize("name", ["files/../../etc/passwd", "files//etc/passwd"])
def test_a_file_that_leads_out_of_the_nodes_folder_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "b.tar", {name: b"evil"})
    with archive.opened(tmp_path / "b.tar") as backup, pytest.raises(Trouble, match="leads out"):
        backup.files()


def test_a_changed_manifest_and_an_added_member_are_found(tmp_path: Path) -> None:
    write(tmp_path / "b.tar", {})
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "changed.tar").write_bytes(whole.replace(b'"area": "230102"', b'"area": "230103"'))
    with pytest.raises(Trouble, match="manifest"), archive.opened(tmp_path / "changed.tar"):
        pass
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        tar.addfile(tarfile.TarInfo("files/added"))
    with archive.opened(tmp_path / "b.tar") as backup, pytest.raises(Trouble, match="members"):
        backup.check()


def test_what_is_no_backup_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"no tar at all")
    with pytest.raises(Trouble, match="damaged"), archive.opened(tmp_path / "b.tar"):
        pass
    with pytest.raises(Trouble, match="cannot be read"), archive.opened(tmp_path / "none.tar"):
        pass
