# SPDX-License-Identifier: Apache-2.0
"""The gates: what a passage goes through, who may pass, how full the garage is."""
