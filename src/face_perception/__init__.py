# SPDX-License-Identifier: Apache-2.0
"""Pictures to people: detect, align, embed, track, decide; galleries, watchlists and their evaluation.

Domain modules know nothing of ROS; only ``*_node.py`` imports rclpy. Pictures are HxWx3 uint8 BGR arrays throughout.
"""
