# SPDX-License-Identifier: Apache-2.0
"""The ground that all Ronda packages share: errors, clocks, parameters, QoS profiles, messages and transforms.

The modules `qos`, `node_main`, `images`, `ros_transforms`, `stamps` and `diagnostics` know ROS; the others do not.
"""
