# SPDX-License-Identifier: Apache-2.0
"""Turn the float TensorFlow Lite networks of mobile packages into ONNX, once, at set-up.

Only what such networks use is understood: (depthwise) convolution, addition, PReLU spelled out as
``relu(x) + a * (x - |x|)``, and a final reshape. Anything else is refused by name. ``tflite`` (the file schema)
and ``onnx`` are needed here and nowhere else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from face_perception.errors import ModelError

_OPSET = 13
_OPERATORS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
_PADDING = {tflite.Padding.SAME: "SAME_UPPER", tflite.Padding.VALID: "VALID"}


def convert(content: bytes, name: str) -> bytes:
    """Return the ONNX form of a TensorFlow Lite file: NCHW input "input" and output "output", free batch size.

    Raises ModelError when the file uses an operator that is not understood.
    """
    return _Converter(tflite.Model.GetRootAsModel(content, 0), name).run()


class _Converter:
    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self._graph = model.Subgraphs(0)
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        # Tensor number -> (operator name, input tensor numbers) of what produced it: to recognise PReLU.
        self._made_by: dict[int, tuple[str, list[int]]] = {}

    def run(self) -> bytes:
        for index in range(self._graph.OperatorsLength()):
            operator = self._graph.Operators(index)
            code = self._model.OperatorCodes(operator.OpcodeIndex())
            kind = _OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs = [int(number) for number in operator.InputsAsNumpy()]
            output = int(operator.Outputs(0))
            self._made_by[output] = (kind, inputs)
            handler = getattr(self, f"_{kind.lower()}", None)
            if handler is None:
                raise ModelError(
                    f"model '{self._name}': operator {kind} of the TensorFlow Lite file is not supported",
                    hint="convert the model to ONNX yourself and register the ONNX file",
                )
            handler(operator, inputs, output)
        return self._serialise()

    def _serialise(self) -> bytes:
        source, target = self._graph.Inputs(0), self._graph.Outputs(0)
        _, height, width, channels = self._graph.Tensors(source).ShapeAsNumpy().tolist()
        size = int(self._graph.Tensors(target).ShapeAsNumpy()[-1])
        graph = helper.make_graph(
            self._nodes,
            self._name,
            [helper.make_tensor_value_info(f"t{source}", TensorProto.FLOAT, ["n", channels, height, width])],
            [helper.make_tensor_value_info(f"t{target}", TensorProto.FLOAT, ["n", size])],
            self._constants,
        )
        model = helper.make_model(_without_dead_nodes(graph), opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model.SerializeToString()

    def _constant(self, number: int) -> NDArray[np.float32] | None:
        tensor = self._graph.Tensors(number)
        buffer = self._model.Buffers(tensor.Buffer())
        if buffer.DataLength() == 0:
            return None
        if tensor.Type() != tflite.TensorType.FLOAT32:
            raise ModelError(f"model '{self._name}': only float32 weights are supported", hint="use a float model")
        return buffer.DataAsNumpy().view(np.float32).reshape(tensor.ShapeAsNumpy())

    def _weights(self, number: int) -> NDArray[np.float32]:
        values = self._constant(number)
        if values is None:
            raise ModelError(f"model '{self._name}': weights of tensor {number} are missing", hint="use a frozen model")
        return values

    def _store(self, name: str, values: NDArray[np.float32]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _emit(self, kind: str, inputs: list[str], output: int, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [f"t{output}"], **attributes))

    def _convolve(self, options: Any, inputs: list[int], output: int, kernel: NDArray[np.float32], groups: int) -> None:
        names = [f"t{inputs[0]}", self._store(f"w{output}", kernel)]
        if len(inputs) > 2:
            names.append(self._store(f"b{output}", self._weights(inputs[2])))
        if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise ModelError(f"model '{self._name}': fused activations are not supported", hint="convert it yourself")
        self._emit(
            "Conv",
            names,
            output,
            auto_pad=_PADDING[options.Padding()],
            strides=[options.StrideH(), options.StrideW()],
            kernel_shape=list(kernel.shape[2:]),
            group=groups,
        )

    def _conv_2d(self, operator: Any, inputs: list[int], output: int) -> None:
        options = tflite.Conv2DOptions()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        # Stored (out, height, width, in); ONNX wants (out, in, height, width).
        self._convolve(options, inputs, output, self._weights(inputs[1]).transpose(0, 3, 1, 2), 1)

    def _depthwise_conv_2d(self, operator: Any, inputs: list[int], output: int) -> None:
        options = tflite.DepthwiseConv2DOptions()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        kernel = self._weights(inputs[1]).transpose(3, 0, 1, 2)
        self._convolve(options, inputs, output, kernel, kernel.shape[0])

    def _relu(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._emit("Relu", [f"t{inputs[0]}"], output)

    def _abs(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._emit("Abs", [f"t{inputs[0]}"], output)

    def _sub(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._emit("Sub", [f"t{number}" for number in inputs], output)

    def _mul(self, _operator: Any, inputs: list[int], output: int) -> None:
        names = []
        for number in inputs:
            values = self._constant(number)
            # A constant here is one factor per channel, the last axis there and the second here.
            names.append(f"t{number}" if values is None else self._store(f"c{output}", values.reshape(-1, 1, 1)))
        self._emit("Mul", names, output)

    def _add(self, _operator: Any, inputs: list[int], output: int) -> None:
        if (prelu := self._as_prelu(inputs)) is not None:
            source, slope = prelu
            self._emit("PRelu", [f"t{source}", self._store(f"s{output}", slope.reshape(-1, 1, 1))], output)
        else:
            self._emit("Add", [f"t{number}" for number in inputs], output)

    def _as_prelu(self, inputs: list[int]) -> tuple[int, NDArray[np.float32]] | None:
        """Return (input, slope) where the sum is relu(x) + a * (x - |x|), that is PReLU with slope 2a."""
        parts = {self._made_by.get(number, ("", []))[0]: number for number in inputs}
        if set(parts) != {"RELU", "MUL"}:
            return None
        source = self._made_by[parts["RELU"]][1][0]
        factors = self._made_by[parts["MUL"]][1]
        slopes = [values for number in factors if (values := self._constant(number)) is not None]
        differences = [number for number in factors if self._made_by.get(number, ("", []))[0] == "SUB"]
        if len(slopes) != 1 or len(differences) != 1:
            return None
        minuend, subtrahend = self._made_by[differences[0]][1]
        if minuend != source or self._made_by.get(subtrahend) != ("ABS", [source]):
            return None
        return source, 2 * slopes[0]

    def _reshape(self, _operator: Any, inputs: list[int], output: int) -> None:
        if output != self._graph.Outputs(0):
            raise ModelError(f"model '{self._name}': a reshape inside the network is not supported", hint="")
        self._emit("Flatten", [f"t{inputs[0]}"], output)


def _without_dead_nodes(graph: onnx.GraphProto) -> onnx.GraphProto:
    """Drop what no output needs (the parts of each recognised PReLU)."""
    needed = {value.name for value in graph.output}
    alive = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            alive.append(node)
            needed |= set(node.input)
    del graph.node[:]
    graph.node.extend(reversed(alive))
    constants = [constant for constant in graph.initializer if constant.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(constants)
    return graph
