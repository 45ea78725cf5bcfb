# SPDX-License-Identifier: Apache-2.0
"""ROC and DET plots of an evaluation (needs matplotlib)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from face_perception.errors import EvaluationError
from face_perception.metrics import Flags, Scores


def plot_pairs(scores: Scores, same: Flags, folder: Path) -> list[Path]:
    """Write ``roc.png`` and ``det.png`` into ``folder``. Raises EvaluationError without matplotlib."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError as error:
        raise EvaluationError("plots need matplotlib, which is not installed", hint="pip install matplotlib") from error
    folder.mkdir(parents=True, exist_ok=True)
    far, frr = error_curve(scores, same)
    written = []
    for name, values, label in (("roc", 1 - frr, "true accept rate"), ("det", frr, "false reject rate")):
        figure, axes = pyplot.subplots(figsize=(6, 4.5), layout="constrained")
        axes.step(far, values, where="post")
        axes.set_xscale("symlog", linthresh=1e-3)
        if name == "det":
            axes.set_yscale("symlog", linthresh=1e-3)
        axes.set_xlabel("false accept rate")
        axes.set_ylabel(label)
        axes.grid(True, alpha=0.3)
        written.append(folder / f"{name}.png")
        figure.savefig(written[-1], dpi=150)
        pyplot.close(figure)
    return written


def error_curve(scores: Scores, same: Flags) -> tuple[np.ndarray, np.ndarray]:
    """Return false accept and false reject rates over all thresholds, highest first."""
    order = np.argsort(-scores, kind="stable")
    hits = same[order]
    far = np.concatenate([[0.0], np.cumsum(~hits) / (~same).sum()])
    frr = 1 - np.concatenate([[0.0], np.cumsum(hits) / same.sum()])
    return far, frr
