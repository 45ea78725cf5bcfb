# SPDX-License-Identifier: Apache-2.0
"""Errors of the command line; every one says what, where and what next."""

from __future__ import annotations

from ronda_core.errors import RondaError


class CliError(RondaError):
    """A command cannot be carried out as it was given."""


class LaunchError(CliError):
    """A launch file, or what it names, cannot be launched; nothing has been started."""


class DemonstrationError(CliError):
    """A demonstration's nodes cannot be started, or have ended by themselves."""
