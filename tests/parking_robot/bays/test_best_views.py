# SPDX-License-Identifier: Apache-2.0
from parking_robot.bays.best_views import MOST_VIEWS, MOST_WAITING, BestViews, PlateInBay


def seen(width, plate="BAB123", bay="A01"):
    return [PlateInBay(bay, plate, width)]


def test_the_picture_with_the_widest_plate_is_kept_whichever_half_comes_first():
    views = BestViews()
    views.take_picture(1, b"far")
    views.take_plates(1, seen(60.0))
    views.take_plates(2, seen(90.0))
    assert views.best("A01", "BAB123") == b"far"
    views.take_picture(2, b"near")
    views.take_picture(3, b"gone by")
    views.take_plates(3, seen(70.0))
    assert views.best("A01", "BAB123") == b"near"
    assert views.best("A01", "8AB123") == b"near", "O for 0, B for 8: the same car"
    assert views.best("A02", "BAB123") == views.best("A01", "HHXY99") == b""


def test_another_plate_never_gets_the_picture_of_the_car_before():
    views = BestViews()
    views.take_picture(1, b"first car")
    views.take_plates(1, seen(90.0))
    views.take_picture(2, b"second car")
    views.take_plates(2, seen(40.0, "HHXY99"))
    assert views.best("A01", "HHXY99") == b"second car"


def test_one_picture_serves_two_bays_and_a_bay_that_is_free_forgets():
    views = BestViews()
    views.take_plates(1, seen(50.0) + seen(40.0, "HHXY99", "A02"))
    views.take_picture(1, b"both")
    assert views.best("A01", "BAB123") == views.best("A02", "HHXY99") == b"both"
    views.forget("A01")
    assert (views.best("A01", "BAB123"), views.best("A02", "HHXY99")) == (b"", b"both")


def test_memory_is_bounded():
    views = BestViews()
    views.take_picture(-1, b"its plates never come in time")
    for stamp in range(MOST_WAITING):
        views.take_picture(stamp, b"x")
    views.take_plates(-1, seen(50.0))
    assert views.best("A01", "BAB123") == b""
    for number in range(MOST_VIEWS + 1):
        views.take_plates(1000 + number, seen(50.0, f"BAB{number}77"))
        views.take_picture(1000 + number, b"x")
    assert views.best("A01", "BAB077") == b""
    assert views.best("A01", "BAB6477") == b"x"
