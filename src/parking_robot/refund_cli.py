# SPDX-License-Identifier: Apache-2.0
"""``ronda parking refund``: asks the running server, which alone holds the provider, to pay back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

SAME = "name those of `ronda parking serve` with --server and --data-dir"
TIMEOUT_S = 60.0


def refund(
    stay: Annotated[str, typer.Argument(help="Id of the stay, as on its receipt and in `ronda parking inside`.")],
    amount: Annotated[str, typer.Argument(help="How much, e.g. 2.40, or '2.40 EUR'.")],
    by: Annotated[str, typer.Option(help="Who decides; goes on record.")],
    reason: Annotated[str, typer.Option(help="Why; goes on record.")],
    server: Annotated[str, typer.Option(help="Address of the garage's server.")] = "http://127.0.0.1:8460",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the secrets (default: in the data folder).")] = None,
) -> None:
    """Pay back to the card that paid. The server must be running.

    Example: ronda parking refund 0f3c... 2.40 --by Mia --reason "paid twice"
    """
    from parking_robot.payments.secret import known_secret
    from ronda_core.paths import data_dir as site_data

    secret = known_secret(data_dir or site_data() / "parking", SAME)
    asked = {"stay": stay, "amount": amount, "by": by, "reason": reason}
    told = _ask(f"{server.rstrip('/')}/refunds", asked, secret)
    typer.echo(f"{told['amount']} are paid back; it counts as soon as the provider's message comes")


def _ask(url: str, asked: dict[str, str], secret: str) -> dict[str, Any]:
    import json
    import urllib.error
    import urllib.request

    from parking_robot.errors import PaymentError

    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    try:
        request = urllib.request.Request(url, json.dumps(asked).encode(), headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            told: dict[str, Any] = json.loads(answer.read())
            return told
    except urllib.error.HTTPError as error:
        try:
            said = json.loads(error.read())
        except ValueError:
            said = {}
        hint = SAME if error.code == 401 else str(said.get("hint", ""))
        text = "the secret is not this server's" if error.code == 401 else str(said.get("error", error))
        raise PaymentError(text, hint=hint) from error
    except (OSError, ValueError) as error:
        raise PaymentError(
            f"the garage's server {url} does not answer: {error}", hint=f"start it, or {SAME}"
        ) from error
