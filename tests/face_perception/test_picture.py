# SPDX-License-Identifier: Apache-2.0
import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from face_perception.errors import PictureError
from face_perception.picture import decode_picture, encode_jpeg, read_picture

RED_LEFT = np.zeros((40, 80, 3), np.uint8)
RED_LEFT[:, :40] = (255, 0, 0)
RED_LEFT[:, 40:] = (0, 0, 255)


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def png_header(width, height):
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">I", zlib.crc32(body))
        + struct.pack(">I", 64)
        + b"IDAT"
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_formats_come_out_in_blue_green_red(form):
    picture = decode_picture(encoded(Image.fromarray(RED_LEFT), form))
    assert picture.shape == (40, 80, 3)
    assert picture[20, 10].argmax() == 2 and picture[20, 70].argmax() == 0


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "RGBA", "YCbCr"])
def test_colour_modes_are_converted(mode):
    form = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    assert decode_picture(encoded(Image.fromarray(RED_LEFT).convert(mode), form)).shape == (40, 80, 3)


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 40 * 80).reshape(40, 80).astype(np.uint16)
    picture = decode_picture(encoded(Image.fromarray(ramp), "PNG"))
    assert picture.min() == 0 and picture.max() == 255 and 120 < picture.mean() < 135


def test_exif_turns_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = decode_picture(encoded(Image.fromarray(RED_LEFT), "JPEG", exif=exif))
    assert picture.shape == (80, 40, 3) and picture[10, 20].argmax() == 2


def test_an_animation_gives_its_first_frame():
    frames = [Image.fromarray(RED_LEFT), Image.fromarray(255 - RED_LEFT)]
    picture = decode_picture(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))
    assert picture[20, 10].argmax() == 2


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no readable picture"),
        (b"GIF89a" + b"\0" * 50, "no readable picture"),
        (png_header(20_000, 20_000), "pixels"),
        (png_header(100_000, 100_000), "pixels"),
        (encode_jpeg(RED_LEFT)[:200], "no readable picture"),
        (encoded(Image.fromarray(RED_LEFT[:1, :1]), "PNG"), "too few"),
    ],
)
def test_bad_pictures_are_refused(content, word):
    with pytest.raises(PictureError, match=word):
        decode_picture(content, "a.jpg")


def test_mutations_are_read_or_refused_and_nothing_else():
    rng = np.random.default_rng(8)
    originals = [encoded(Image.fromarray(RED_LEFT), form) for form in ("PNG", "JPEG", "WEBP", "TIFF", "BMP")]
    outcomes = {"read": 0, "refused": 0}
    for number in range(1000):
        content = bytearray(originals[number % len(originals)])
        for _ in range(int(rng.integers(1, 12))):
            content[int(rng.integers(len(content)))] = int(rng.integers(256))
        if number % 3 == 0:
            del content[int(rng.integers(len(content))) :]
        try:
            picture = decode_picture(bytes(content))
            assert picture.dtype == np.uint8 and picture.ndim == 3
            outcomes["read"] += 1
        except PictureError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 50


def test_missing_file_is_named(tmp_path):
    with pytest.raises(PictureError, match=r"nothing[.]jpg"):
        read_picture(tmp_path / "nothing.jpg")


def test_oversize_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(40 << 20)
    with pytest.raises(PictureError, match="too many"):
        read_picture(path)


GROWTH = """
import sys
from pathlib import Path
from face_perception.errors import PictureError
from face_perception.picture import decode_picture

def peak():
    return int(next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line).split()[1])

decode_picture(Path(sys.argv[1]).read_bytes())
before = peak()
for path in sys.argv[2:]:
    try:
        decode_picture(Path(path).read_bytes())
    except PictureError:
        pass
print((peak() - before) / 1024)
"""


@pytest.mark.parametrize(
    ("form", "mode", "size", "options"),
    [
        ("PNG", "RGB", (7000, 7000), {}),
        ("PNG", "1", (20_000, 20_000), {}),
        ("PNG", "RGB", (3840, 2160), {}),
        ("PNG", "RGBA", (3840, 2160), {}),
        ("PNG", "P", (3840, 2160), {}),
        ("PNG", "I;16", (3840, 2160), {}),
        ("TIFF", "CMYK", (3840, 2160), {"compression": "tiff_deflate"}),
        ("JPEG", "RGB", (7000, 7000), {}),
        ("JPEG", "RGB", (7000, 7000), {"progressive": True}),
        ("JPEG", "RGB", (2600, 2600), {"progressive": True, "subsampling": 0}),
    ],
)
def test_a_small_file_does_not_unfold_beyond_50_megabytes(tmp_path, form, mode, size, options):
    Image.new(mode, size).save(tmp_path / "large", form, **options)
    Image.new("RGB", (64, 64)).save(tmp_path / "small", form)
    words = [sys.executable, "-c", GROWTH, tmp_path / "small", tmp_path / "large"]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=True)
    assert float(done.stdout) <= 50


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_large_pictures_come_out_smaller_and_whole(form):
    large = np.zeros((2400, 3000, 3), np.uint8)
    large[:1200] = (255, 0, 0)
    large[1200:] = (0, 0, 255)
    picture = decode_picture(encoded(Image.fromarray(large), form))
    assert picture.shape == (1200, 1500, 3)
    assert picture[300, 700].argmax() == 2 and picture[900, 700].argmax() == 0
