# SPDX-License-Identifier: Apache-2.0
"""Percentiles of measurements, as reports show them."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(value for value in values if math.isfinite(value))
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: Sequence[float], digits: int) -> dict[str, float | None]:
    """Median and 95th percentile."""
    both = {"p50": percentile(values, 0.50), "p95": percentile(values, 0.95)}
    return {key: None if value is None else round(value, digits) for key, value in both.items()}
