# SPDX-License-Identifier: Apache-2.0
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from parking_robot.errors import SignatureError
from parking_robot.payments.signature import sign, verify

BODY, SECRET, NOW = b'{"id": "evt_1"}', "whsec_test", 1_800_000_000.0


def test_a_good_signature_passes_and_the_official_sdk_agrees():
    header = sign(BODY, SECRET, NOW)
    verify(BODY, header, [SECRET], NOW)
    assert stripe.WebhookSignature.verify_header(BODY.decode(), header, SECRET, tolerance=None)


def test_both_live_secrets_pass_and_a_third_does_not():
    header = sign(BODY, "old", NOW)
    verify(BODY, header, ["new", "old"], NOW)
    with pytest.raises(SignatureError):
        verify(BODY, header, ["new", "newer"], NOW)


@pytest.mark.parametrize("age", [-301, 301, 86_400])
def test_a_replayed_message_is_refused(age):
    with pytest.raises(SignatureError, match="300 s"):
        verify(BODY, sign(BODY, SECRET, NOW - age), [SECRET], NOW)


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=aa", "t=x,v1=aa", "t=1,t=2,v1=aa", "t=-1,v1=aa", "nonsense", "t=²,v1=a"]
)
def test_malformed_headers_are_refused(header):
    with pytest.raises(SignatureError):
        verify(BODY, header, [SECRET], NOW)


def test_an_empty_secret_signs_nothing():
    with pytest.raises(SignatureError):
        verify(BODY, sign(BODY, "", NOW), [""], NOW)


@given(st.binary(max_size=60), st.integers(0, 59), st.integers(1, 255))
def test_any_changed_byte_is_noticed(body, place, flip):
    header = sign(body, SECRET, NOW)
    if body:
        changed = bytearray(body)
        changed[place % len(body)] ^= flip
        with pytest.raises(SignatureError):
            verify(bytes(changed), header, [SECRET], NOW)
