# SPDX-License-Identifier: Apache-2.0
"""From a picture to a plate: find, rectify, read, resolve by country format, vote over frames."""
