# SPDX-License-Identifier: Apache-2.0
"""The emergency stop in a round, and a round over the serial base: the whole robot as processes over DDS."""

import pytest
from bench.round_stops import ROUND, figures, one_round, walking_robot
from ronda.msg import PatrolState
from tests.robot_base.live import assert_one_publisher_of_cmd_vel

pytestmark = [pytest.mark.live, pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(400)]
STATES = ["idle", "driving", "at a waypoint", "paused", "driving home", "done", "waiting", "recovering"]


def test_the_emergency_stop_holds_in_each_state_and_the_round_goes_on_where_it_was():
    with walking_robot(2.0) as person:
        stops, completed = one_round(person)
        contacts = person.contacts
    assert [stop["state"] for stop in stops] == STATES
    assert {"driving", "driving home", "recovering"} <= {stop["state"] for stop in stops if stop["moving"]}
    told = figures(stops, completed, contacts)
    assert told["moved_before_the_word"] == told["resumed_elsewhere"] == told["contacts"] == 0
    assert told["rounds_completed"] == 1


def publishers(node, topic):
    return [author.node_name for author in node.get_publishers_info_by_topic(node.resolve_topic_name(topic))]


def test_the_whole_patrol_walks_a_round_on_the_wheels_of_the_firmware():
    with walking_robot(1.0, "serial", faces=True) as person:
        node = person.node
        assert_one_publisher_of_cmd_vel(node)
        assert (
            publishers(node, "odom") == publishers(node, "drive_state") == publishers(node, "joint_states") == ["base"]
        )
        assert publishers(node, "wheels/cmd_vel") == ["firmware"]
        person.until(lambda: {"faces", "incidents"} <= set(node.get_node_names()), "the nodes that look at people")
        handle = person.start(ROUND)
        result = person.answer(handle.get_result_async(), "the end of the round").result
        person.until(lambda: person.in_state(PatrolState.DONE), "the state of the round")
        assert result.waypoints_reached == 2 and not result.missed_waypoints
        assert person.contacts == 0
        # It went there and back by the simulator's own truth, not only by the wheels.
        assert person.furthest > 5.0
        assert_one_publisher_of_cmd_vel(node)
