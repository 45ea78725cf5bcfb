# SPDX-License-Identifier: Apache-2.0
"""The bays: where they are, what stands in them as the robot saw it, and what a person should look at."""
