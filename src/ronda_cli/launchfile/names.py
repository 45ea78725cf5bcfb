# SPDX-License-Identifier: Apache-2.0
"""Names of nodes and namespaces, by the rules of ROS 2."""

from __future__ import annotations

import re

from ronda_cli.launchfile.errors import EvaluationError

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# The limits of rmw/validate_node_name.h and rmw/validate_namespace.h.
_MAX_NODE_NAME = 255
_MAX_NAMESPACE = 245


def join(base: str | None, name: str | None) -> str | None:
    """Put `name` behind `base` unless it is absolute; without trailing slashes; None where both are None."""
    if name is None:
        joined = base
    elif not base or name.startswith("/"):
        joined = name
    else:
        joined = f"{'' if base == '/' else base}/{name}"
    return joined if joined in (None, "/") else (joined or "").rstrip("/")


def absolute(namespace: str | None) -> str | None:
    """Put a slash in front where there is none."""
    return namespace if namespace is None or namespace.startswith("/") else f"/{namespace}"


def check_node_name(name: str) -> None:
    """Check a node's name.

    Raises:
        EvaluationError: it is empty, too long, or has other characters than letters, digits and underscores.
    """
    if not _TOKEN.match(name) or len(name) > _MAX_NODE_NAME:
        raise EvaluationError(
            f"{name!r} cannot be a node's name", hint="letters, digits and underscores, not beginning with a digit"
        )


def check_namespace(namespace: str | None) -> None:
    """Check an absolute namespace.

    Raises:
        EvaluationError: a part of it is empty or has a character that names cannot have.
    """
    if namespace is None or namespace == "/":
        return
    parts = namespace.split("/")[1:]
    if len(namespace) > _MAX_NAMESPACE or not all(_TOKEN.match(part) for part in parts):
        raise EvaluationError(
            f"{namespace!r} cannot be a namespace", hint="parts of letters, digits and underscores, with one / between"
        )
