# SPDX-License-Identifier: Apache-2.0
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
  training_data: stated by the vendor
"""


def test_every_built_in_model_states_licence_training_data_and_source():
    for spec in ModelRegistry.load(models_folder_without_files()):
        assert spec.licence and spec.training_data and spec.source and len(spec.sha256) == 64


def models_folder_without_files():
    from pathlib import Path

    return Path("/nonexistent")


def test_own_model_needs_an_entry_only(tmp_path):
    (tmp_path / "models.yaml").write_text(OWN)
    (tmp_path / "sface.onnx").write_bytes(b"x")
    registry = ModelRegistry.load(tmp_path)
    spec = registry.spec("sface", ModelKind.RECOGNISER)
    assert registry.path(spec) == tmp_path / "sface.onnx"


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
