# SPDX-License-Identifier: Apache-2.0
"""Turn dlib's face recognition network (a serialised C++ object) into ONNX, once, at set-up.

The file holds the layers' parameters from the input on: an integer is a byte with its length (highest bit: negative)
and its bytes, least significant first; text is its length and its bytes; a tensor is a version, four sizes and its
values as float32. The graph itself is in no file: it is the network of dlib's example dnn_face_recognition_ex, a ResNet
of 29 convolutions with batch normalisation frozen to a factor and an offset per channel.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from face_perception.errors import ModelError

_OPSET = 13
_SIDE = 150
_TEMPLATE = 128
_LAYER = re.compile(rb"\x01\x05con_4|\x01\x07affine_|\x01\x04fc_2")
# Filters of each residual block in order, and whether it halves the picture.
_BLOCKS = (
    *((32, False),) * 3,
    *((64, True), (64, False), (64, False), (64, False)),
    *((128, True), (128, False), (128, False)),
    *((256, True), (256, False), (256, False)),
    (256, True),
)
Weights = NDArray[np.float32]


def convert(content: bytes, name: str) -> bytes:
    """Return the ONNX form: input "input" (n, 3, 150, 150), output "output" (n, 128). Raises ModelError for any other
    file than this network's."""
    try:
        layers = _read_layers(content)
        return _Builder(layers).run(name)
    except (ValueError, IndexError, StopIteration) as error:
        raise ModelError(
            f"model '{name}' is not dlib's face recognition network: {error}",
            hint="only dlib_face_recognition_resnet_model_v1.dat is supported",
        ) from error


def _read_layers(content: bytes) -> list[tuple[str, Weights]]:
    """Return (kind, parameters) of each layer with parameters, from the input on."""
    layers, position = [], 0
    while match := _LAYER.search(content, position):
        kind = match.group()[2:].decode()
        position = match.end()
        if kind == "fc_2":
            # Numbers of outputs and inputs stand before the tensor.
            for _ in range(2):
                _, position = _integer(content, position)
        values, position = _tensor(content, position)
        layers.append((kind, values))
    return layers


def _integer(content: bytes, position: int) -> tuple[int, int]:
    length = content[position] & 0x0F
    end = position + 1 + length
    value = int.from_bytes(content[position + 1 : end], "little")
    return (-value if content[position] & 0x80 else value), end


def _tensor(content: bytes, position: int) -> tuple[Weights, int]:
    version, position = _integer(content, position)
    if version != 2:
        raise ValueError(f"a tensor of version {version}")
    shape = []
    for _ in range(4):
        size, position = _integer(content, position)
        shape.append(size)
    end = position + 4 * int(np.prod(shape))
    return np.frombuffer(content[position:end], "<f4").reshape(shape), end


class _Builder:
    """Builds the graph; each parameter layer is taken from the file's list in order."""

    def __init__(self, layers: list[tuple[str, Weights]]) -> None:
        self._layers = iter(layers)
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def run(self, name: str) -> bytes:
        x = self._relu(self._convolve("input", 3, 32, 7, 2, 0))
        x = self._emit("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
        channels, side = 32, ((_SIDE - 7) // 2 + 1 - 3) // 2 + 1
        for filters, halved in _BLOCKS:
            x, side = self._block(x, channels, filters, side, halved)
            channels = filters
        x = self._emit("Flatten", [self._emit("GlobalAveragePool", [x])])
        x = self._emit("MatMul", [x, self._store(self._next("fc_2", channels * _TEMPLATE).reshape(channels, -1))])
        if next(self._layers, None) is not None:
            raise ValueError("it has more layers")
        self._nodes.append(helper.make_node("Identity", [x], ["output"]))
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 3, _SIDE, _SIDE])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", _TEMPLATE])],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _block(self, x: str, channels: int, filters: int, side: int, halved: bool) -> tuple[str, int]:
        """Return the sum of two convolutions and the way past them, padded with zeros where their sizes differ."""
        inner = self._relu(self._convolve(x, channels, filters, 3, 2 if halved else 1, 0 if halved else 1))
        inner = self._convolve(inner, filters, filters, 3, 1, 1)
        if not halved:
            return self._relu(self._emit("Add", [inner, x])), side
        past = self._emit("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
        inner_side, past_side = (side - 3) // 2 + 1, (side - 2) // 2 + 1
        wide = max(inner_side, past_side)
        inner = self._pad(inner, 0, wide - inner_side)
        past = self._pad(past, filters - channels, wide - past_side)
        return self._relu(self._emit("Add", [inner, past])), wide

    def _convolve(self, x: str, channels: int, filters: int, kernel: int, stride: int, pad: int) -> str:
        """Return a convolution with its frozen normalisation folded into it."""
        count = filters * channels * kernel * kernel
        values = self._next("con_4", count + filters)
        factor, offset = self._next("affine_", 2 * filters).reshape(2, filters)
        weights = values[:count].reshape(filters, channels, kernel, kernel) * factor[:, None, None, None]
        names = [x, self._store(weights), self._store(values[count:] * factor + offset)]
        return self._emit("Conv", names, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def _pad(self, x: str, channels: int, side: int) -> str:
        if channels == side == 0:
            return x
        return self._emit("Pad", [x, self._store(np.array([0, 0, 0, 0, 0, channels, side, side], np.int64))])

    def _relu(self, x: str) -> str:
        return self._emit("Relu", [x])

    def _next(self, kind: str, count: int) -> Weights:
        found, values = next(self._layers)
        if found != kind or values.size != count:
            raise ValueError(f"a layer {found} with {values.size} parameters stands where {kind} with {count} belongs")
        return values.ravel()

    def _store(self, values: NDArray[Any]) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _emit(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name
