# SPDX-License-Identifier: Apache-2.0
"""Getting there: maps, localisation, planning and path following for one robot on flat ground.

Frames follow REP 105 (map, odom, base_footprint), units REP 103 (metres, radians, seconds). Files named `*_node.py`
are the only ones that know ROS; everything else is plain Python on numpy arrays.
"""
