# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from robot_simulation.battery import Battery
from robot_simulation.gazebo_blocks import BatteryBlock


def block(**changes):
    values = {
        "constant_voltage": 24.0, "linear_voltage": 0.0, "initial_charge": 1.0, "capacity": 1.0, "resistance": 0.0,
        "smooth_tau": 0.0, "power_load": 24.0,
    }  # fmt: skip
    return BatteryBlock(**{**values, **changes})


def drain(battery, seconds, power=0.0, step=0.1):
    for _ in range(round(seconds / step)):
        battery.drain(power, step)
    return battery.reading()


def test_one_ampere_takes_a_tenth_of_an_ampere_hour_in_six_minutes():
    reading = drain(Battery(block()), 360.0)
    assert (reading.voltage, reading.current) == pytest.approx((24.0, 1.0))
    assert (reading.charge, reading.share) == pytest.approx((0.9, 0.9))


def test_the_drive_adds_to_the_constant_load_and_braking_charges_nothing():
    assert drain(Battery(block()), 1.0, power=48.0).current == pytest.approx(3.0)
    assert drain(Battery(block()), 1.0, power=-48.0).current == pytest.approx(1.0)


def test_voltage_falls_linearly_with_the_charge_taken():
    reading = Battery(block(linear_voltage=-4.0, initial_charge=0.25)).reading()
    assert (reading.voltage, reading.share) == pytest.approx((21.0, 0.25))


def test_resistance_takes_volts_as_current_flows():
    # 24 W at U = 24 - 0.5 I: the current settles where U I = 24.
    reading = drain(Battery(block(resistance=0.5, capacity=1e6, initial_charge=1e6)), 5.0)
    assert reading.voltage == pytest.approx(24.0 - 0.5 * reading.current)
    assert reading.voltage * reading.current == pytest.approx(24.0, rel=1e-6)


def test_current_follows_with_its_time_constant():
    reading = drain(Battery(block(smooth_tau=2.0)), 2.0, step=0.001)
    assert reading.current == pytest.approx(1.0 - math.exp(-1.0), rel=1e-3)


def test_an_empty_battery_stays_empty_and_gives_nothing():
    battery = Battery(block(initial_charge=0.01))
    reading = drain(battery, 60.0)
    assert (reading.charge, reading.share, reading.current) == (0.0, 0.0, 0.0)
