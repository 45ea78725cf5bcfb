# SPDX-License-Identifier: Apache-2.0
"""Node `map_server`: publishes one map for all who come, early or late."""

import sys

from nav_msgs.msg import OccupancyGrid
from nav_msgs.srv import GetMap
from rclpy.node import Node

from robot_navigation.map_file import load_map
from robot_navigation.navigation_messages import grid_message
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node


class MapServerNode(Node):
    """Parameters and topic as in Nav2's map_server."""

    def __init__(self) -> None:
        super().__init__("map_server")
        values = parameters.declare(self, parameters.load_spec("robot_navigation", "map_server"))
        grid = load_map(values["yaml_filename"])
        self._map = grid_message(grid, values["frame_id"])
        self._map.header.stamp = self.get_clock().now().to_msg()
        self._map.info.map_load_time = self._map.header.stamp
        self._publisher = self.create_publisher(OccupancyGrid, "map", qos.STATE)
        self._publisher.publish(self._map)
        self.create_service(GetMap, "map_server/map", self._get_map)
        self._health = diagnostics.NodeHealth(self)
        size = f"{grid.columns} x {grid.rows} cells of {grid.resolution:g} m"
        self._health.set(diagnostics.OK, "the map is out", file=values["yaml_filename"], size=size)
        self.get_logger().info(f"{values['yaml_filename']}: {size}")

    def _get_map(self, _request: GetMap.Request, response: GetMap.Response) -> GetMap.Response:
        response.map = self._map
        return response


def main() -> None:
    """Run the node."""
    sys.exit(run_node(MapServerNode))


if __name__ == "__main__":
    main()
