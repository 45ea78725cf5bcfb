# SPDX-License-Identifier: Apache-2.0
"""Small charts as SVG text: bars, and a curve of steps. No scripts, nothing from elsewhere."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from itertools import pairwise

WIDTH, WIDE, HEIGHT = 640, 1200, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 18, 42
INK, SOFT, LINE, ACCENT, LIMIT = "#1d2733", "#5d6b7a", "#dfe3e8", "#0b6bcb", "#c62f2f"
MOST_LABELS = 9


def nice_top(value: float) -> float:
    """Return the least of 1, 2, 4, 5 or 10 times a power of ten that is not below ``value``; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= value * (1 - 1e-9))


def bar_chart(labels: Sequence[str], values: Sequence[float], shown: Sequence[str], axis: str) -> str:
    """Return one bar per label; ``shown`` is what stands on each bar, ``axis`` what the values are."""
    top = nice_top(max(values, default=0.0))
    room = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    thick = min(room * 0.72, 64.0)
    parts = [_frame(top, axis)]
    every = math.ceil(len(labels) / MOST_LABELS) if labels else 1
    for place, (label, value, text) in enumerate(zip(labels, values, shown, strict=True)):
        middle = LEFT + room * (place + 0.5)
        y = _y(max(value, 0.0), top)
        title = f"<title>{_safe(label)}: {_safe(text)}</title>"
        parts.append(
            f"<rect x='{middle - thick / 2:.1f}' y='{y:.1f}' width='{thick:.1f}' "
            f"height='{HEIGHT - BOTTOM - y:.1f}' rx='3' fill='{ACCENT}'>{title}</rect>"
        )
        if len(labels) <= 2 * MOST_LABELS:
            parts.append(_text(middle, y - 5, text, INK, 12))
        if place % every == 0:
            parts.append(_text(middle, HEIGHT - BOTTOM + 18, label, SOFT, 12))
    return _svg(parts, axis)


def step_chart(
    places: Sequence[float],
    values: Sequence[float],
    labels: Sequence[tuple[float, str]],
    axis: str,
    limit: float | None,
) -> str:
    """Return a curve that keeps each value until the next; ``places`` and the labels' places lie in 0 to 1.

    ``limit`` is drawn as a line across, e.g. the capacity.
    """
    top = nice_top(max((*values, limit or 0.0), default=0.0))
    across = WIDE - LEFT - RIGHT
    points = [(LEFT + place * across, _y(value, top)) for place, value in zip(places, values, strict=True)]
    path = "".join(f" H{second[0]:.1f} V{second[1]:.1f}" for _, second in pairwise(points))
    parts = [_frame(top, axis, WIDE)]
    if points:
        start, floor = points[0], HEIGHT - BOTTOM
        line = f"M{start[0]:.1f} {start[1]:.1f}{path}"
        parts.append(f"<path d='{line} V{floor} H{start[0]:.1f} Z' fill='{ACCENT}' opacity='.14'/>")
        parts.append(f"<path d='{line}' fill='none' stroke='{ACCENT}' stroke-width='2'/>")
    if limit is not None:
        y = _y(limit, top)
        parts.append(
            f"<line x1='{LEFT}' x2='{WIDE - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='{LIMIT}' stroke-dasharray='5 4'/>"
        )
        parts.append(_text(WIDE - RIGHT, y - 5, f"capacity {limit:g}", LIMIT, 12, "end"))
    for place, label in labels:
        anchor = "start" if place < 0.02 else "end" if place > 0.98 else "middle"
        parts.append(_text(LEFT + place * across, HEIGHT - BOTTOM + 18, label, SOFT, 12, anchor))
    return _svg(parts, axis, WIDE)


def _frame(top: float, axis: str, width: int = WIDTH) -> str:
    parts = []
    # Whole things are counted in whole steps.
    steps = 4 if top > 4 or top % 1 else max(int(top), 1)
    for number in range(steps + 1):
        value = top * number / steps
        y = _y(value, top)
        parts.append(f"<line x1='{LEFT}' x2='{width - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='{LINE}'/>")
        parts.append(_text(LEFT - 8, y + 4, f"{value:g}", SOFT, 12, "end"))
    parts.append(_text(LEFT, HEIGHT - 6, axis, SOFT, 12, "start"))
    return "".join(parts)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _text(x: float, y: float, text: str, colour: str, size: int, anchor: str = "middle") -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{colour}'>{_safe(text)}</text>"
    )


def _svg(parts: Sequence[str], axis: str, width: int = WIDTH) -> str:
    return f"<svg viewBox='0 0 {width} {HEIGHT}' role='img' aria-label='{_safe(axis)}'>{''.join(parts)}</svg>"


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
