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
MAX_WHOLE_PIXELS = 8_400_000
"""For what can only be decoded whole (all but JPEG): a few kilobytes may unfold to this many pixels."""
MAX_PROGRESSIVE_PIXELS = 7_000_000
"""For progressive JPEG, whose coefficients are all held until the last scan."""
# Larger pictures are brought below this by whole factors, JPEG while it is decoded: faces stay far larger than a
# template needs.
_COMFORTABLE_PIXELS = 4_000_000


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
                    factor = _factor(image.size)
                    image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
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
    most, other = MAX_WHOLE_PIXELS, f"; {MAX_PIXELS} as plain JPEG, not progressive"
    if image.format == "JPEG":
        most, other = (MAX_PROGRESSIVE_PIXELS, other) if image.info.get("progressive") else (MAX_PIXELS, "")
    if width * height > most:
        raise PictureError(f"{where}: {width}x{height} pixels are too many", hint=f"at most {most} pixels{other}")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{where}: {width}x{height} pixels are too few", hint=f"at least {MIN_SIDE} a side")


def _factor(size: tuple[int, int]) -> int:
    """Return the power of two that brings a picture below the comfortable size."""
    factor = 1
    while size[0] * size[1] > _COMFORTABLE_PIXELS * factor * factor:
        factor *= 2
    return factor


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Return a picture ``factor`` times smaller, band by band: the whole in another mode would double the memory."""
    if image.mode in ("P", "1"):
        return image.resize((image.width // factor, image.height // factor), Image.Resampling.NEAREST)
    bands = [image.getchannel(band).reduce(factor) for band in image.getbands()]
    return Image.merge(image.mode, bands)


def _to_bgr(image: Image.Image) -> Picture:
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        # Pillow's own conversion clips at 255 instead of scaling.
        image = Image.fromarray((np.clip(np.asarray(image), 0, 65535) >> 8).astype(np.uint8), "L")
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if (factor := _factor(image.size)) > 1:
        small = _reduced(image, factor)
        # The caller still holds the large one.
        image.close()
        image = small
    if image.has_transparency_data:
        canvas = Image.new("RGBA", image.size, "white")
        canvas.alpha_composite(image.convert("RGBA"))
        image = canvas
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    return np.asarray(cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR), np.uint8)
