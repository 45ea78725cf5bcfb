# SPDX-License-Identifier: Apache-2.0
"""Launch files in XML, read and evaluated with the meaning ROS 2 Jazzy gives them, without starting anything."""
