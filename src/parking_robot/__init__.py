# SPDX-License-Identifier: Apache-2.0
"""The unmanned garage: plates, stays, fees, payments, gates and the robot that walks the bays."""
