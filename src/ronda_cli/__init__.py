# SPDX-License-Identifier: Apache-2.0
"""The `ronda` command: launch files, single nodes, the doctor and the way into every other package."""
