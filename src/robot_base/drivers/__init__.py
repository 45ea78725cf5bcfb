# SPDX-License-Identifier: Apache-2.0
"""Drivers for the hardware at the end of a serial line, behind the interfaces in `ports`."""
