# SPDX-License-Identifier: Apache-2.0
"""Doors and carts: joints and models of a world that move as commanded, and what they touch."""

import math

import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from robot_simulation.errors import DescriptionError
from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_core.se2 import SE2

CART = """<model name="NAME"><pose>X 0 0 0 0 0</pose><link name="body">
  <collision name="c"><pose>0.5 0 0.5 0 0 0</pose><geometry><box><size>1 0.5 1</size></box></geometry></collision>
  </link><plugin filename="f" name="gz::sim::systems::VelocityControl"><topic>carts/NAME</topic></plugin></model>"""
GATE = """<model name="gate"><pose>-3 0 0 0 0 0</pose>
  <link name="post"><inertial><mass>50</mass></inertial></link>
  <link name="arm"><pose>0 0 0.8 0 0 0</pose><inertial><pose>0 -1 0 0 0 0</pose><mass>5</mass>
      <inertia><ixx>2</ixx><iyy>0.1</iyy><izz>2</izz></inertia></inertial>
    <collision name="c"><pose>0 -1 0 0 0 0</pose><geometry><box><size>0.05 2 0.1</size></box></geometry></collision>
  </link>
  <joint name="foot" type="fixed"><parent>world</parent><child>post</child></joint>
  <joint name="hinge" type="revolute"><parent>post</parent><child>arm</child><axis><xyz>-1 0 0</xyz>
    <limit><lower>0</lower><upper>1.5</upper><effort>200</effort></limit></axis></joint>
  <plugin filename="f" name="gz::sim::systems::JointPositionController"><joint_name>hinge</joint_name>
    <topic>gate/position</topic><use_velocity_commands>true</use_velocity_commands><cmd_max>1.0</cmd_max></plugin>
  <plugin filename="f" name="gz::sim::systems::JointStatePublisher"><topic>gate/states</topic></plugin>
</model>"""


def cart(name="cart", x=-5.0):
    return CART.replace("NAME", name).replace("X", str(x))


def make(folder, more, robot_x=None):
    world = read_world(write_world(folder, more))
    spawns = [] if robot_x is None else [Spawn(read_robot(write_robot(folder)), "r", SE2(robot_x, 0.0, 0.0))]
    return Simulator(world, spawns)


def advance(simulator, seconds):
    end = simulator.time + seconds
    while simulator.time < end - 1e-9:
        simulator.step()
    simulator.refresh()


def test_a_cart_drives_arcs_as_commanded_until_the_next_command(tmp_path):
    simulator = make(tmp_path, cart())
    (moved,) = simulator.moved
    assert moved.topic == "carts/cart"
    advance(simulator, 0.2)
    assert moved.pose == (-5.0, 0.0, 0.0, 0.0)
    moved.command(1.0, 0.0, 0.5)
    advance(simulator, math.pi)
    x, y, _, yaw = moved.pose
    assert (x, y, yaw) == pytest.approx((-3.0, 2.0, math.pi / 2), abs=0.01)
    assert tuple(simulator.data.xpos[moved.body]) == pytest.approx((x, y, 0.0), abs=0.01)
    moved.command(math.nan, 0.5, 0.0)
    advance(simulator, 1.0)
    assert moved.pose[0] == pytest.approx(x - 0.5, abs=0.01)


def test_the_outline_is_that_of_the_collisions(tmp_path):
    (moved,) = make(tmp_path, cart()).moved
    assert moved.size == (1.0, 0.5, 1.0)
    assert moved.centre == (0.5, 0.0, 0.5)
    assert (moved.outline.x, moved.outline.length, moved.outline.width) == (-4.5, 1.0, 0.5)


def test_an_arm_moves_to_its_position_at_its_speed_and_stays_within_its_limits(tmp_path):
    simulator = make(tmp_path, GATE)
    (joint,) = simulator.joints
    assert (joint.owner, joint.name, joint.topic) == ("gate", "hinge", "gate/position")
    advance(simulator, 1.0)
    assert joint.position == pytest.approx(0.0, abs=0.01)
    joint.command(9.0)
    advance(simulator, 0.75)
    assert joint.position == pytest.approx(0.75, abs=0.1)
    assert joint.velocity == pytest.approx(1.0, abs=0.05)
    advance(simulator, 1.25)
    assert joint.position == pytest.approx(1.5, abs=0.01)
    joint.command(math.nan)
    joint.command(0.4)
    advance(simulator, 2.0)
    assert joint.position == pytest.approx(0.4, abs=0.01)


def test_an_arm_that_comes_down_on_a_cart_is_reported_and_does_not_go_through(tmp_path):
    simulator = make(tmp_path, GATE + cart(x=-3.5).replace(" 0 0 0 0 0<", " -1 0 0 0 0<", 1))
    (joint,), (moved,) = simulator.joints, simulator.moved
    joint.command(1.5)
    moved.place(-3.5, -1.0, 0.0)
    advance(simulator, 0.2)
    first = moved.contacts
    advance(simulator, 3.0)
    joint.command(0.0)
    moved.command(0.0, 0.0, 0.0)
    advance(simulator, 3.0)
    assert moved.touched == "gate"
    assert moved.contacts > first
    # The cart is 1 m high, the arm's hinge 0.8 m.
    assert joint.position > 0.05


def test_a_cart_that_runs_into_a_robot_is_counted_once_on_both_sides(tmp_path):
    simulator = make(tmp_path, cart(x=-2.0), robot_x=0.0)
    (moved,) = simulator.moved
    advance(simulator, 0.3)
    moved.command(0.5, 0.0, 0.0)
    advance(simulator, 2.5)
    assert moved.touched == "r"
    assert moved.contacts == 1
    assert simulator.robots[0].contacts.newest == "cart"


def test_carts_that_stand_in_each_other_are_counted(tmp_path):
    simulator = make(tmp_path, cart("one", -5.0) + cart("two", -3.0))
    one, two = simulator.moved
    simulator.moved_contacts.compare_outlines(0.0)
    assert (one.contacts, two.contacts) == (0, 0)
    one.command(1.0, 0.0, 0.0)
    for _ in range(20):
        advance(simulator, 0.1)
        simulator.moved_contacts.compare_outlines(simulator.time)
    assert (one.contacts, two.contacts, one.touched, two.touched) == (1, 1, "two", "one")


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("<joint_name>hinge<", "<joint_name>hing<", "unknown joint 'hing', did you mean 'hinge'?"),
        ("<joint_name>hinge<", "<joint_name>foot<", "'foot', which is fixed"),
        ("<use_velocity_commands>true<", "<use_velocity_commands>false<", "only velocity commands"),
        ("<cmd_max>1.0<", "<cmd_max>0<", "a cmd_max of 0.0"),
        ("<cmd_max>1.0</cmd_max>", "<cmd_maximum>1.0</cmd_maximum>", "did you mean 'cmd_max'?"),
    ],
)
def test_a_controller_that_cannot_work_is_refused(tmp_path, good, bad, said):
    assert good in GATE
    with pytest.raises(DescriptionError) as caught:
        read_world(write_world(tmp_path, GATE.replace(good, bad)))
    assert said in str(caught.value)
