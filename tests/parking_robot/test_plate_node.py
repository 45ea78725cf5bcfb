# SPDX-License-Identifier: Apache-2.0
"""The plate node on the graph: a picture in, what stands on its plate and where it hangs out."""

import pytest
from ronda.msg import PlateReadArray
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header
from tests.parking_robot.plates.scenes import plate_picture
from tests.patrol_robot.graph import graph

from parking_robot.plate_messages import place_of
from parking_robot.plate_node import PlateNode
from ronda_core import images, qos

pytestmark = pytest.mark.live


def test_a_plate_is_read_and_placed():
    with graph("plates:rate:=10.0") as running:
        camera = running.add(running_camera())
        running.add(PlateNode())
        heard = []
        pictures = []
        camera.create_subscription(PlateReadArray, "plates", heard.append, qos.EVENT)
        camera.create_subscription(CompressedImage, "plates/image/compressed", pictures.append, qos.EVENT)
        running.until(lambda: camera.told.get_subscription_count() == 1 == camera.info.get_subscription_count())
        running.until(lambda: camera.show() or any(place_of(p) for m in heard for p in m.plates), 30.0, "a plate")
        message = next(m for m in heard if any(place_of(p) for p in m.plates))
        plate = message.plates[0]
        assert plate.text == "BA268AK"
        assert message.header.frame_id == "camera_optical_frame"
        # The picture's plate is as wide as it is; the place must be the one of the same pinhole.
        width = (plate.corners[1].x - plate.corners[0].x + plate.corners[2].x - plate.corners[3].x) / 2
        assert plate.position.z == pytest.approx(600.0 * 0.52 / width, rel=0.1)
        running.until(
            lambda: message.header.stamp in [picture.header.stamp for picture in pictures], what="its picture"
        )
        same = next(picture for picture in pictures if picture.header.stamp == message.header.stamp)
        assert same.data == images.to_compressed(camera.picture, same.header).data


def running_camera():
    from rclpy.node import Node

    class Camera(Node):
        def __init__(self):
            super().__init__("camera")
            self.told = self.create_publisher(Image, "camera/image_raw", qos.SENSOR)
            self.info = self.create_publisher(CameraInfo, "camera/camera_info", qos.SENSOR)
            self.picture = plate_picture("BA268AK", at=(320, 300), seed=1)

        def show(self):
            header = Header(frame_id="camera_optical_frame", stamp=self.get_clock().now().to_msg())
            self.info.publish(CameraInfo(header=header, k=[600.0, 0.0, 320.0, 0.0, 600.0, 240.0, 0.0, 0.0, 1.0]))
            self.told.publish(images.to_message(self.picture, header))

    return Camera()
