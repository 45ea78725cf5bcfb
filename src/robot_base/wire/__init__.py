# SPDX-License-Identifier: Apache-2.0
"""Ronda's wire protocol between a computer and a base's microcontroller; specified in docs/serial-protocol.md."""
