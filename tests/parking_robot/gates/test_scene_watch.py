# SPDX-License-Identifier: Apache-2.0
import numpy as np
from tests.parking_robot.plates.scenes import plate_picture

from parking_robot.gates.scene_watch import SceneWatch


def empty(seed):
    noise = np.random.default_rng(seed).normal(90, 4, (480, 640, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def test_an_empty_lane_is_read_once_in_a_while_and_a_car_at_once():
    watch = SceneWatch(look_again_s=2.0)
    assert watch.worth(empty(0), 0.0)
    watch.was_read(empty(0), False, 0.0)
    assert not any(watch.worth(empty(n), 0.2 * n) for n in range(1, 9))
    assert watch.worth(plate_picture("AB123"), 1.0)
    assert watch.worth(empty(9), 2.0)


def test_a_lane_with_a_plate_is_read_picture_by_picture():
    watch = SceneWatch()
    watch.was_read(plate_picture("AB123"), True, 0.0)
    assert watch.worth(plate_picture("AB123"), 0.2)
