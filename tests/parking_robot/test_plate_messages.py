# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from std_msgs.msg import Header

from parking_robot.plate_messages import array_message, decoded_of, place_of
from parking_robot.plates.chain import PlateReading
from parking_robot.plates.decoding import Character, Decoded

CORNERS = np.array([[10, 20], [110, 22], [109, 44], [11, 41]], np.float32)
DECODED = Decoded(
    "BA8", "DE", "DE LLN: place 3 B->8", 0.75,
    (Character("B", 0.75, (("8", 0.25),)), Character("A", 1.0, ()), Character("8", 0.5, (("B", 0.25),))), ("BAB",),
)  # fmt: skip


@pytest.mark.parametrize("place", [(0.5, -0.25, 4.0), None])
def test_a_plate_comes_through_a_message_unchanged(place):
    message = array_message([PlateReading(CORNERS, 0.5, DECODED)], [place], Header(), (640, 480), 12.5)
    (plate,) = message.plates
    assert (message.image_width, message.image_height, message.processing_ms) == (640, 480, 12.5)
    assert (plate.box.x, plate.box.y, plate.box.width, plate.box.height) == (10, 20, 100, 24)
    assert decoded_of(plate) == DECODED
    assert place_of(plate) == place
