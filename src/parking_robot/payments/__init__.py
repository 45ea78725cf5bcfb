# SPDX-License-Identifier: Apache-2.0
"""Paying by phone: providers behind one interface, signed webhooks, refunds, rules against misuse."""
