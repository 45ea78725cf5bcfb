# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from tests.face_perception import onnx_files

from face_perception.alignment import Square, align
from face_perception.errors import ModelError
from face_perception.models import ModelKind, ModelRegistry
from face_perception.recogniser import FlipAveraging, Fusion, NetworkRecogniser, fuse_templates, unit


@pytest.fixture(scope="module")
def networks(registry):
    specs = [registry.spec(name, ModelKind.RECOGNISER) for name in ("fr-feature", "mobilefacenet")]
    return [NetworkRecogniser(registry.path(spec), spec) for spec in specs]


@pytest.fixture(scope="module")
def squares():
    rng = np.random.default_rng(5)
    return [rng.integers(0, 255, (112, 112, 3), dtype=np.uint8) for _ in range(2)]


def test_templates_have_length_one_and_the_stated_size(networks, squares):
    for network, size in zip(networks, (512, 192), strict=True):
        template = network.embed(squares[0])
        assert template.shape == (size,) == (network.template_size,)
        assert np.linalg.norm(template) == pytest.approx(1, abs=1e-5)


def test_fused_cosine_is_the_weighted_mean(networks, squares):
    fusion = Fusion([(networks[0], 3.0), (networks[1], 1.0)])
    cosines = [float(network.embed(squares[0]) @ network.embed(squares[1])) for network in networks]
    fused = float(fusion.embed(squares[0]) @ fusion.embed(squares[1]))
    assert fused == pytest.approx(0.75 * cosines[0] + 0.25 * cosines[1], abs=1e-5)


def test_flip_averaging_is_blind_to_mirrors(networks, squares):
    averaging = FlipAveraging(networks[0])
    mirrored = np.ascontiguousarray(squares[0][:, ::-1])
    assert averaging.embed(squares[0]) == pytest.approx(averaging.embed(mirrored), abs=1e-5)


def test_identities_differ_by_model_weight_and_flip(networks):
    one, two = networks
    made = [one, two, FlipAveraging(one), Fusion([(one, 1), (two, 1)]), Fusion([(one, 2), (two, 1)])]
    assert len({recogniser.identity for recogniser in made}) == len(made)


def test_wrong_template_size_is_refused(registry):
    from dataclasses import replace

    spec = replace(registry.spec("fr-feature"), template_size=128)
    with pytest.raises(ModelError, match="templates of 512, its entry says 128"):
        NetworkRecogniser(registry.path(spec), spec)


def test_fusing_leans_to_the_better_view():
    good, poor = unit(np.array([1, 0.1, 0], np.float32)), unit(np.array([0, 0.1, 1], np.float32))
    fused = fuse_templates([good, poor], [0.9, 0.1])
    assert float(fused @ good) > 0.9 > float(fused @ poor)


OWN = """
own:
  {{kind: recogniser, file: own.onnx, sha256: {sha256}, input: {input}, colour: {colour}, mean: {mean}, scale: {scale},
   template_size: 0, licence: own, training_data: own, points: {points}}}
"""
GREY_BLUE = np.full((112, 112, 3), (200, 100, 10), np.uint8)


@pytest.fixture
def own(tmp_path):
    """Loads a recogniser that averages its input, described by an entry."""

    def load(colour="rgb", mean=127.5, scale=127.5, shape=(3, 112, 112), points=(), **options):
        sha256 = onnx_files.recogniser(tmp_path / "own.onnx", **options)
        entry = OWN.format(
            sha256=sha256, input=list(shape), colour=colour, mean=mean, scale=scale, points=[list(xy) for xy in points]
        )
        (tmp_path / "models.yaml").write_text(entry)
        registry = ModelRegistry.load(tmp_path)
        spec = registry.spec("own", ModelKind.RECOGNISER)
        return NetworkRecogniser(registry.path(spec), spec)

    return load


@pytest.mark.parametrize(
    ("options", "red_green_blue"),
    [
        # ArcFace R50 and R100 of InsightFace; the same exported with its normalisation inside; per channel; BGR.
        ({}, [(10 - 127.5) / 127.5, (100 - 127.5) / 127.5, (200 - 127.5) / 127.5]),
        ({"mean": 0, "scale": 1, "batch": 1}, [10, 100, 200]),
        ({"mean": [10, 20, 30], "scale": [1, 2, 4]}, [0, 40, 42.5]),
        ({"colour": "bgr", "mean": 0, "scale": 255}, [200 / 255, 100 / 255, 10 / 255]),
    ],
)
def test_an_entry_says_how_pixels_become_input(own, options, red_green_blue):
    template = own(**options).embed(GREY_BLUE)
    expected = np.repeat(np.array(red_green_blue, np.float32), 16)
    assert np.allclose(template, expected / np.linalg.norm(expected), atol=1e-5)


def test_sface_is_fed_as_opencv_feeds_it(own, tmp_path, obama, analyser):
    recogniser = own(mean=0, scale=1, batch=1)
    [face] = analyser.analyse(obama[0], limit=1)
    theirs = cv2.FaceRecognizerSF.create(str(tmp_path / "own.onnx"), "")
    row = np.concatenate([[0, 0, 1, 1], face.points.ravel(), [1]]).astype(np.float32)[None]
    aligned = theirs.alignCrop(obama[0], row)
    expected = theirs.feature(aligned).ravel()
    assert np.allclose(recogniser.embed(aligned), expected / np.linalg.norm(expected), atol=1e-5)
    assert float(recogniser.embed(align(obama[0], face.points)) @ unit(expected)) > 0.999


def test_a_recogniser_may_have_a_square_of_its_own(own):
    points = [(48.0, 47.0), (102.0, 47.0), (75.0, 78.0), (52.0, 104.0), (98.0, 104.0)]
    recogniser = own(shape=(3, 150, 150), side=150, cell=50, points=points)
    assert recogniser.square == Square(150, tuple(points)) and recogniser.template_size == 27
    picture = np.zeros((400, 400, 3), np.uint8)
    marks = np.array(points, np.float32) * 2 + 40
    cv2.circle(picture, (190, 196), 12, (255, 255, 255), -1)
    aligned = align(picture, marks, recogniser.square)
    # The nose tip, at (75, 78) of the square, is the only bright place.
    assert aligned.shape == (150, 150, 3) and aligned[78, 75].min() > 200 and aligned[47, 48].max() == 0
    with pytest.raises(ModelError, match="align faces differently"):
        Fusion([(recogniser, 1.0), (own(), 1.0)])


def test_own_files_that_do_not_fit_are_refused_with_one_message(own, tmp_path):
    with pytest.raises(ModelError, match="recognisers take 3x112x112, its entry says"):
        own(shape=(3, 96, 112))
    with pytest.raises(ModelError, match="takes any x 3 x 150 x 150, its entry says any x 3 x 112 x 112"):
        own(side=150, cell=50)
    with pytest.raises(ModelError, match="takes any x 1 x 112 x 112"):
        own(channels=1)


def test_a_file_that_is_no_onnx_model_is_refused(tmp_path, registry):
    (tmp_path / "own.onnx").write_bytes(b"PK\x03\x04 a zip archive, perhaps")
    with pytest.raises(ModelError, match=r"model 'fr-feature': .*own\.onnx is no ONNX model") as caught:
        NetworkRecogniser(tmp_path / "own.onnx", registry.spec("fr-feature"))
    assert "export your own model as ONNX" in caught.value.hint
