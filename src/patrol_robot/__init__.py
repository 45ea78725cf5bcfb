# SPDX-License-Identifier: Apache-2.0
"""Patrol rounds, incidents with evidence, and the demonstration round."""
