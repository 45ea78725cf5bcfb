# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from robot_simulation.camera_noise import CameraNoise
from robot_simulation.gazebo_blocks import CameraBlock, Noise


def block(noise):
    return CameraBlock("link", "frame", 5.0, 160, 120, 1.0, 0.1, 10.0, noise)


def test_noise_has_the_stated_spread_and_differs_from_picture_to_picture():
    noise = CameraNoise(block(Noise(0.0, 0.02)), np.random.default_rng(1))
    grey = np.full((120, 160, 3), 128, np.uint8)
    pictures = [noise.add(grey).astype(float) for _ in range(4)]
    for picture in pictures:
        assert picture.mean() == pytest.approx(128.0, abs=0.2)
        assert picture.std() == pytest.approx(0.02 * 255, rel=0.1)
    assert all((pictures[0] != other).mean() > 0.5 for other in pictures[1:])
    # Neighbours are independent.
    flat = pictures[0] - 128
    assert abs((flat[:, 1:] * flat[:, :-1]).mean()) < 0.1 * flat.var()


def test_black_and_white_do_not_wrap_and_the_seed_decides():
    first, second = (CameraNoise(block(Noise(0.0, 0.05)), np.random.default_rng(7)) for _ in range(2))
    for shade in (0, 255):
        picture = np.full((120, 160, 3), shade, np.uint8)
        noisy = first.add(picture)
        assert abs(noisy.astype(int) - shade).max() < 100
        assert np.array_equal(noisy, second.add(picture))


def test_without_noise_the_picture_is_left_alone():
    picture = np.zeros((120, 160, 3), np.uint8)
    assert CameraNoise(block(Noise()), np.random.default_rng(1)).add(picture) is picture
