# SPDX-License-Identifier: Apache-2.0
"""Small ONNX files with the inputs and outputs of published models: a bright cell of the grid is a face.

Each network averages the picture over the cells of a stride, so that scores follow the pixels, their colour order and
their normalisation; boxes and points are the same constants in every cell.
"""

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes; ``size`` None makes height and width free."""

    def __init__(self, size, batch=1, channels=3):
        self.nodes, self.constants, self.outputs = [], [], []
        shape = [batch, channels, *(size or ("height", "width"))]
        self.input = helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def node(self, kind, *inputs, name="", **attributes):
        name = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def brightness(self, stride):
        """The mean of each cell's normalised pixels, (cells, 1), row by row."""
        cells = self.node("AveragePool", "input", kernel_shape=[stride, stride], strides=[stride, stride])
        mean = self.node("ReduceMean", cells, axes=[1])
        return self.node("Reshape", mean, self.constant([-1, 1], np.int64))

    def spread(self, rows, values):
        """``values`` once for each row of ``rows``."""
        return self.node("Add", self.node("Mul", rows, self.constant([0.0])), self.constant(values))

    def output(self, tensor, name, batched):
        if batched:
            tensor = self.node("Unsqueeze", tensor, self.constant([0], np.int64))
        shape = [f"{name}_rows", f"{name}_width"]
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *shape] if batched else shape))
        self.node("Identity", tensor, name=name)

    def save(self, path):
        graph = helper.make_graph(self.nodes, "small", [self.input], self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
        return hashlib.sha256(path.read_bytes()).hexdigest()


def scrfd(path, sides, points, active, size=None, batched=False, strides=(8, 16, 32), anchors=2):
    """An SCRFD file whose first anchor of each cell scores its brightness at the stride ``active``, else nothing."""
    graph = Graph(size)
    scores, boxes, marks = [], [], []
    for stride in strides:
        first = graph.brightness(stride)
        if stride != active:
            first = graph.node("Mul", first, graph.constant([0.0]))
        others = [graph.node("Mul", first, graph.constant([0.0])) for _ in range(anchors - 1)]
        together = graph.node("Concat", first, *others, axis=1)
        scores.append(graph.node("Reshape", together, graph.constant([-1, 1], np.int64)))
        boxes.append(graph.spread(scores[-1], sides))
        if points is not None:
            marks.append(graph.spread(scores[-1], points))
    # Published files number their outputs and list all scores, then all boxes, then all points.
    for number, tensor in enumerate([*scores, *boxes, *marks]):
        graph.output(tensor, str(440 + number), batched)
    return graph.save(path)


def yunet(path, box, points, active, objectness=0.81, size=(640, 640)):
    """A YuNet file whose class score is a cell's brightness / 255 at the stride ``active``, else 0."""
    graph = Graph(size)
    parts = {"cls": [], "obj": [], "bbox": [], "kps": []}
    for stride in (8, 16, 32):
        bright = graph.brightness(stride)
        parts["cls"].append(graph.node("Mul", bright, graph.constant([1 / 255 if stride == active else 0.0])))
        parts["obj"].append(graph.spread(bright, [objectness]))
        parts["bbox"].append(graph.spread(bright, box))
        parts["kps"].append(graph.spread(bright, points))
    for part, tensors in parts.items():
        for stride, tensor in zip((8, 16, 32), tensors, strict=True):
            graph.output(tensor, f"{part}_{stride}", True)
    return graph.save(path)


def recogniser(path, batch="n", cell=28, side=112, channels=3):
    """A recogniser whose template is the mean of each channel in each cell of the aligned face."""
    graph = Graph((side, side), batch, channels)
    cells = graph.node("AveragePool", "input", kernel_shape=[cell, cell], strides=[cell, cell])
    graph.output(graph.node("Flatten", cells), "fc1", False)
    return graph.save(path)
