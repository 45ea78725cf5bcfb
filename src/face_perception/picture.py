# SPDX-License-Identifier: Apache-2.0
"""Read pictures from strangers' hands: sizes are limited from the header, before a pixel is decoded."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from face_perception.errors import PictureError
from face_perception.faces import Picture

MAX_BYTES = 30 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 16
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
# Above this many pixels a JPEG is decoded at a fraction of its size: faces stay far larger than a template needs.
_COMFORTABLE_PIXELS = 12_000_000


def read_picture(path: Path) -> Picture:
    """Return the picture in a file as BGR, turned upright by its EXIF tag. Raises PictureError naming the file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PictureError(f"{path}: {size} bytes are too many", hint=f"at most {MAX_BYTES >> 20} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}", hint="check the path") from error
    return decode_picture(content, str(path))


def decode_picture(content: bytes, where: str = "picture") -> Picture:
    """Return an encoded picture as BGR uint8, upright, first frame of an animation, 16 bits scaled to 8.

    Raises PictureError for anything that is no complete picture of a supported format and size.
    """
    if len(content) > MAX_BYTES:
        raise PictureError(f"{where}: {len(content)} bytes are too many", hint=f"at most {MAX_BYTES >> 20} MiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Damaged metadata is no reason to refuse the pixels, nor to speak about it.
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(image, where)
                if image.format == "JPEG":
                    image.draft(None, _comfortable(image.size))
                return _to_bgr(image)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(f"{where}: too many pixels", hint=f"at most {MAX_PIXELS} pixels") from error
    except Exception as error:  # Pillow's decoders raise whatever a damaged file leads them into
        raise PictureError(
            f"{where} is no readable picture: {error}", hint=f"supported formats: {', '.join(FORMATS)}"
        ) from error


def encode_jpeg(picture: Picture, quality: int = 92) -> bytes:
    """Return a BGR picture as JPEG."""
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise PictureError(f"a picture of shape {picture.shape} cannot be encoded", hint="")
    return encoded.tobytes()


def _check_size(image: Image.Image, where: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(f"{where}: {width}x{height} pixels are too many", hint=f"at most {MAX_PIXELS} pixels")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{where}: {width}x{height} pixels are too few", hint=f"at least {MIN_SIDE} a side")


def _comfortable(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, (_COMFORTABLE_PIXELS / (size[0] * size[1])) ** 0.5)
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def _to_bgr(image: Image.Image) -> Picture:
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        # Pillow's own conversion clips at 255 instead of scaling.
        deep = np.asarray(image.convert("I"))
        image = Image.fromarray((np.clip(deep, 0, 65535) >> 8).astype(np.uint8), "L")
    else:
        image.load()
        image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        canvas = Image.new("RGBA", image.size, "white")
        canvas.alpha_composite(image.convert("RGBA"))
        image = canvas
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
