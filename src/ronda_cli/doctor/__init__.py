# SPDX-License-Identifier: Apache-2.0
"""What Ronda needs on a machine, one small check each."""
