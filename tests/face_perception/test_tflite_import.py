# SPDX-License-Identifier: Apache-2.0
import numpy as np
import onnxruntime
import pytest
import tflite

from face_perception.errors import ModelError
from face_perception.tflite_import import convert


def test_the_converted_network_separates_people(registry, obama, strangers, analyser):
    from face_perception.alignment import align
    from face_perception.recogniser import NetworkRecogniser

    spec = registry.spec("mobilefacenet")
    network = NetworkRecogniser(registry.path(spec), spec)

    def template(picture):
        [face] = analyser.analyse(picture, limit=1)
        return network.embed(align(picture, face.points))

    same, other = template(obama[0]), template(obama[1])
    assert float(same @ other) > 0.6
    assert max(float(same @ template(picture)) for picture in strangers) < 0.4


def test_batches_give_what_single_pictures_give(registry):
    session = onnxruntime.InferenceSession(registry.path(registry.spec("mobilefacenet")))
    pictures = np.random.default_rng(2).normal(size=(3, 3, 112, 112)).astype(np.float32)
    name = session.get_inputs()[0].name
    together = session.run(None, {name: pictures})[0]
    alone = np.concatenate([session.run(None, {name: picture[None]})[0] for picture in pictures])
    assert together == pytest.approx(alone, abs=1e-3)


def test_unknown_operators_are_refused_by_name():
    with pytest.raises(ModelError, match="operator LOGISTIC"):
        convert(single_operator_model(tflite.BuiltinOperator.LOGISTIC), "strange")


def single_operator_model(code):
    """A file with one operator from a 1x2x2x1 input to an output of the same shape."""
    import flatbuffers

    builder = flatbuffers.Builder(256)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, code)
    tflite.OperatorCodeAddBuiltinCode(builder, code)
    codes = vector(builder, tflite.ModelStartOperatorCodesVector, [tflite.OperatorCodeEnd(builder)])
    tensors = []
    for _ in range(2):
        shape = integers(builder, tflite.TensorStartShapeVector, [1, 2, 2, 1])
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, shape)
        tensors.append(tflite.TensorEnd(builder))
    tensors = vector(builder, tflite.SubGraphStartTensorsVector, tensors)
    inputs = integers(builder, tflite.OperatorStartInputsVector, [0])
    outputs = integers(builder, tflite.OperatorStartOutputsVector, [1])
    tflite.OperatorStart(builder)
    tflite.OperatorAddInputs(builder, inputs)
    tflite.OperatorAddOutputs(builder, outputs)
    operators = vector(builder, tflite.SubGraphStartOperatorsVector, [tflite.OperatorEnd(builder)])
    inputs = integers(builder, tflite.SubGraphStartInputsVector, [0])
    outputs = integers(builder, tflite.SubGraphStartOutputsVector, [1])
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    tflite.SubGraphAddOperators(builder, operators)
    graphs = vector(builder, tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(builder)])
    tflite.ModelStart(builder)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, graphs)
    builder.Finish(tflite.ModelEnd(builder))
    return bytes(builder.Output())


def vector(builder, start, offsets):
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def integers(builder, start, values):
    start(builder, len(values))
    for value in reversed(values):
        builder.PrependInt32(value)
    return builder.EndVector()
