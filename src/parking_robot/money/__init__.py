# SPDX-License-Identifier: Apache-2.0
"""What a stay costs: money, tariffs with versions, the lines of a bill."""
