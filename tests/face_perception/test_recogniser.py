# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.errors import ModelError
from face_perception.models import ModelKind
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
