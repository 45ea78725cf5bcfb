# SPDX-License-Identifier: Apache-2.0
"""The typefaces that plates are drawn with: road sign, engineering and condensed faces of the Debian font packages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

ROOT = Path("/usr/share/fonts")
# Debian packages: fonts-roadgeek fonts-opendin fonts-routed-gothic fonts-league-mono fonts-league-spartan
# fonts-bebas-neue fonts-b612 fonts-national-park fonts-roboto-unhinted fonts-freefont-ttf fonts-inconsolata
# fonts-liberation fonts-osifont fonts-allerta fonts-jetbrains-mono fonts-dejavu fonts-nanum fonts-wqy-microhei
PLATE_FACES = (
    "roadgeek/RG2014B", "roadgeek/RG2014B", "roadgeek/RG2014C", "roadgeek/RG2014C", "roadgeek/RG2014D",
    "roadgeek/RG2014E", "opendin/OSP-DIN", "opendin/OSP-DIN", "routed-gothic/*", "league-mono/LeagueMono-NarrowBold",
    "league-mono/LeagueMono-CondensedBold", "league-mono/LeagueMono-NarrowSemiBold", "bebas-neue/BebasNeue-Bold",
    "bebas-neue/BebasNeue-Regular", "b612/B612Mono-Bold", "b612/B612-Bold", "national-park/NationalPark-Heavy",
    "roboto/*/RobotoCondensed-Bold", "roboto/*/RobotoCondensed-Regular", "roboto/*/Roboto-Bold",
    "freefont/FreeSansBold", "inconsolata/Inconsolata*", "liberation/LiberationSansNarrow-Bold",
    "liberation/LiberationSans-Bold", "osifont/*", "allerta/allerta_medium", "jetbrains-mono/JetBrainsMono-Bold",
    "dejavu/DejaVuSansCondensed-Bold", "dejavu/DejaVuSans-Bold", "dejavu/DejaVuSansMono-Bold",
)  # fmt: skip
OTHER_FACES = (
    "lato/*", "liberation/LiberationSerif-BoldItalic", "liberation/LiberationSerif-Italic", "dejavu/DejaVuSerif-Bold",
    "liberation/LiberationSans-Bold", "league-spartan/LeagueSpartan-Bold", "cantarell/Cantarell-Bold",
    "dejavu/DejaVuSansCondensed-Oblique", "open-sans/OpenSans-Bold", "roadgeek/RG2014D",
)  # fmt: skip
HANGUL_FACES = (
    "nanum/NanumGothicBold", "nanum/NanumGothicExtraBold", "nanum/NanumGothic", "nanum/NanumSquareB",
    "nanum/NanumSquareEB", "nanum/NanumSquareRoundB", "nanum/NanumBarunGothicBold", "nanum/NanumSquareR",
    "nanum/NanumBarunGothic", "nanum/NanumMyeongjoExtraBold",
)  # fmt: skip
HAN_FACES = ("wqy/wqy-microhei",)


@lru_cache
def faces(group: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the installed font files of a group, in a fixed order. Raises SystemExit naming the packages if empty."""
    found: list[Path] = []
    for pattern in group:
        hits = [p for kind in ("truetype", "opentype") for p in sorted((ROOT / kind).glob(pattern + ".[to]t[fc]"))]
        found.extend(hits[:1])
    if not found:
        raise SystemExit("no typeface found: install the Debian packages that training/README.md names")
    return tuple(found)


@lru_cache(maxsize=2048)
def font(path: Path, size: int, index: int = 0) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, index=index)


def collected(path: Path, character: str) -> int:
    """Return which face of a collection draws a character as its country does (Noto's order: JP, KR, SC, TC, HK)."""
    if path.suffix != ".ttc" or "noto" not in str(path):
        return 0
    return 1 if character >= "가" else 2
