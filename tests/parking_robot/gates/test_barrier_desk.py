# SPDX-License-Identifier: Apache-2.0
from parking_robot.gates.barrier_desk import Arm, BarrierDesk, BarrierLimits


def test_it_asks_again_until_the_barrier_opens_and_fails_once():
    desk = BarrierDesk(BarrierLimits(repeat_s=1.0, failed_s=4.0))
    desk.want(True, 0.0, "paid")
    asked = [desk.step(Arm.DOWN, False, 0.5 * tick) for tick in range(1, 13)]
    assert [again for again, _ in asked].count(True) == 6
    assert [failed for _, failed in asked].count(True) == 1
    assert desk.step(Arm.UP, False, 9.0) == (None, False)


def test_closing_waits_for_a_clear_lane_and_ends_when_the_arm_is_down():
    desk = BarrierDesk(BarrierLimits())
    desk.want(False, 0.0, "clear")
    assert desk.step(Arm.UP, True, 2.0) == (None, False)
    assert desk.step(Arm.UP, False, 3.0) == (False, False)
    assert desk.step(Arm.MOVING_DOWN, False, 5.0) == (None, False)
    assert desk.step(Arm.DOWN, False, 6.0) == (None, False)
    assert desk.step(Arm.UP, False, 9.0) == (None, False)


def test_a_barrier_that_was_used_is_left_alone():
    desk = BarrierDesk(BarrierLimits())
    desk.want(True, 0.0, "paid")
    desk.leave()
    assert desk.step(Arm.MOVING_DOWN, False, 5.0) == (None, False)
