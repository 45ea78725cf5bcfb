# SPDX-License-Identifier: Apache-2.0
import io

import cv2
import numpy as np
import pytest
import segno

from parking_robot.errors import PaymentError
from parking_robot.payments.qr import payment_link, qr_svg, read_link, read_qr

BASE = "https://garage.example/pay"
LINK = payment_link(BASE, "a1b2", 1000, "key")


def test_a_code_on_a_screen_is_read_back_from_a_picture():
    out = io.BytesIO()
    segno.make(LINK, error="m", micro=False).save(out, kind="png", scale=5, border=4)
    code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    scene = np.full((480, 640, 3), 120, np.uint8)
    scene[40 : 40 + code.shape[0], 60 : 60 + code.shape[1]] = code
    turned = cv2.warpAffine(scene, cv2.getRotationMatrix2D((320, 240), 12, 1.0), (640, 480), borderValue=(90, 90, 90))
    (text,) = read_qr(cv2.GaussianBlur(turned, (0, 0), 1.0))
    assert read_link(text, BASE, "key", 999) == "a1b2"


def test_the_page_gets_a_drawing():
    assert qr_svg(LINK).startswith("<svg")


@pytest.mark.parametrize(
    ("link", "match"),
    [
        (LINK.replace("garage.example", "garage.example.evil"), "another place"),
        (LINK.replace("https", "http"), "another place"),
        (LINK.replace("a1b2", "a1b3"), "not one of this garage's"),
        (LINK.replace("1000", "9000"), "not one of this garage's"),
        (BASE, "not one of this garage's"),
        ("http://[abc", "no link"),
        ("http://[::1/pay?stay=1", "no link"),
        ("http://℀.example/pay", "no link"),
        ("", "another place"),
        (LINK.replace("a1b2", "\udc80"), "not one of this garage's"),
        (LINK.replace("sig=", "sig=\ud800"), "not one of this garage's"),
        (LINK.replace("stay=", "stay=%ff%00"), "not one of this garage's"),
        (LINK.replace("until=1000", "until=%C2%B2"), "not one of this garage's"),
        (payment_link(BASE, "a1b2", 998, "key"), "expired"),
    ],
)
def test_foreign_changed_and_old_codes_are_refused(link, match):
    with pytest.raises(PaymentError, match=match):
        read_link(link, BASE, "key", 999)
