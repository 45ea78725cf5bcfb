# SPDX-License-Identifier: Apache-2.0
import hashlib

import pytest

from face_perception.errors import ModelError
from face_perception.models import ModelKind, ModelRegistry, parse_registry
from ronda_core.errors import ParameterError

OWN = """
sface:
  kind: recogniser
  file: sface.onnx
  sha256: "00"
  input: [3, 112, 112]
  colour: rgb
  mean: 0
  scale: 1
  licence: Apache-2.0
  training_data: Not stated by the vendor
"""


def test_every_built_in_model_states_licence_training_data_and_source():
    for spec in ModelRegistry.load(models_folder_without_files()):
        assert spec.licence and spec.training_data and spec.source and len(spec.sha256) == 64


def models_folder_without_files():
    from pathlib import Path

    return Path("/nonexistent")


def test_own_model_needs_an_entry_only(tmp_path):
    (tmp_path / "sface.onnx").write_bytes(b"x")
    (tmp_path / "models.yaml").write_text(OWN.replace('"00"', hashlib.sha256(b"x").hexdigest().upper()))
    registry = ModelRegistry.load(tmp_path)
    spec = registry.spec("sface", ModelKind.RECOGNISER)
    assert registry.path(spec) == tmp_path / "sface.onnx" and not spec.is_documented


def test_a_file_of_another_sha256_is_refused_and_its_own_one_told(tmp_path):
    (tmp_path / "sface.onnx").write_bytes(b"x")
    (tmp_path / "models.yaml").write_text(OWN)
    registry = ModelRegistry.load(tmp_path)
    with pytest.raises(
        ModelError, match=r"sface\.onnx has the SHA-256 2d711642b726\.\.\., its entry says 00"
    ) as caught:
        registry.path(registry.spec("sface"))
    assert hashlib.sha256(b"x").hexdigest() in caught.value.hint


def test_own_model_may_not_take_a_built_in_name(tmp_path):
    (tmp_path / "models.yaml").write_text(OWN.replace("sface:", "centerface:", 1))
    with pytest.raises(ModelError, match="'centerface' is taken"):
        ModelRegistry.load(tmp_path)


def test_unknown_key_is_refused_with_a_suggestion():
    with pytest.raises(ParameterError, match="did you mean 'colour'"):
        parse_registry(OWN.replace("colour:", "color:"), "models.yaml")


@pytest.mark.parametrize("line", ["  kind: recogniser\n", "  licence: Apache-2.0\n"])
def test_missing_field_is_named(line):
    with pytest.raises(ModelError, match=line.split(":")[0].strip()):
        parse_registry(OWN.replace(line, ""), "models.yaml")


def test_missing_file_names_the_command(tmp_path):
    registry = ModelRegistry.load(tmp_path)
    with pytest.raises(ModelError, match="fr_feature") as caught:
        registry.path(registry.spec("fr-feature"))
    assert "ronda faces models fetch" in caught.value.hint


def test_kind_must_fit(tmp_path):
    with pytest.raises(ModelError, match="is a recogniser, a detector is needed"):
        ModelRegistry.load(tmp_path).spec("fr-feature", ModelKind.DETECTOR)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("mean: 0", "mean: [1, 2]"),
        ("scale: 1", "scale: bright"),
        ("input: [3, 112, 112]", "input: [112, 112]"),
        ("colour: rgb", "colour: rbg"),
        ("licence: Apache-2.0", "licence: x\n  points: [[1, 2], [3, 4]]"),
    ],
)
def test_values_that_make_no_sense_are_refused_with_the_models_name(line, word):
    with pytest.raises(ModelError, match=r"models\.yaml, model 'sface'"):
        parse_registry(OWN.replace(line, word), "models.yaml")


def test_an_optional_model_is_brought_by_its_name(tmp_path):
    registry = ModelRegistry.load(tmp_path)
    spec = registry.spec("dlib-resnet")
    assert spec.optional and spec.is_documented and spec.licence.startswith("CC0")
    with pytest.raises(ModelError, match="missing") as caught:
        registry.path(spec)
    assert caught.value.hint == "run 'ronda models fetch dlib-resnet'"
