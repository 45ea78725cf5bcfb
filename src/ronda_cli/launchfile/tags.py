# SPDX-License-Identifier: Apache-2.0
"""Importing this module enters every tag in the table of actions."""

from ronda_cli.launchfile import environment, executable, for_all, group, include, node, variables

__all__ = ["environment", "executable", "for_all", "group", "include", "node", "variables"]
