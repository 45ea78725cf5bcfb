# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime sessions with one pinned thread and their inputs checked against the registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from face_perception.errors import ModelError

Tensor = NDArray[np.float32]


class Network:
    """One loaded ONNX model: a single picture input, float32 outputs."""

    def __init__(self, path: Path, name: str, threads: int = 1) -> None:
        """Load ``path``. Raises ModelError when it is not a readable ONNX file."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # A spinning pool would eat a core between two frames.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(
                f"model '{name}': {path} is no ONNX model that can be run: {str(error).splitlines()[0]}",
                hint="run 'ronda faces models fetch' again, or export your own model as ONNX (float32)",
            ) from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise ModelError(
                f"model '{name}' in {path} has {len(inputs)} inputs, one picture input is supported",
                hint="export the model with a single input tensor",
            )
        if inputs[0].type != "tensor(float)":
            raise ModelError(
                f"model '{name}' in {path} takes {inputs[0].type}, float32 pictures are supported",
                hint="export the model with a float32 input",
            )
        self.name = name
        self.path = path
        self._input = inputs[0].name
        self.input_shape = tuple(inputs[0].shape)
        self.outputs = tuple(output.name for output in self._session.get_outputs())

    def require_input(self, shape: tuple[int | None, ...]) -> None:
        """Raise ModelError unless the model takes tensors of ``shape`` (None: any size)."""
        fits = len(shape) == len(self.input_shape) and all(
            want is None or not isinstance(have, int) or have == want
            for want, have in zip(shape, self.input_shape, strict=True)
        )
        if not fits:
            raise ModelError(
                f"model '{self.name}' in {self.path} takes {_words(self.input_shape)}, its entry says {_words(shape)}",
                hint="correct 'input' of the model's entry (batch, channels, height, width)",
            )

    def metadata(self, key: str) -> str:
        """Return what the file says under ``key``; empty where it says nothing."""
        return str(self._session.get_modelmeta().custom_metadata_map.get(key, ""))

    def __call__(self, tensor: Tensor) -> list[Tensor]:
        """Run the model on an NCHW tensor and return all outputs in the model's order."""
        result: list[Tensor] = self._session.run(None, {self._input: tensor})
        return result


def _words(shape: Sequence[int | str | None]) -> str:
    return " x ".join(str(size) if isinstance(size, int) else "any" for size in shape)
