# SPDX-License-Identifier: Apache-2.0
"""The embedded simulator: world and robot files into MuJoCo, with the sensors that Gazebo would simulate."""

from robot_simulation.embedded.graphics import choose_backend

choose_backend()
