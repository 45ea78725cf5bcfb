# SPDX-License-Identifier: Apache-2.0
"""The ``ronda faces`` command."""

from __future__ import annotations

import typer

from face_perception import evaluate_cli, gallery_cli, liveness_cli, models_cli, transfer_cli, watch_cli

app = typer.Typer(help="The gallery: enrol, list, search and remove people; evaluate.", no_args_is_help=True)
app.command("enrol")(gallery_cli.enrol)
app.command("list")(gallery_cli.list_people)
app.command("show")(gallery_cli.show_person)
app.command("search")(gallery_cli.search)
app.command("remove")(gallery_cli.remove)
app.command("audit")(gallery_cli.audit)
app.command("evaluate")(evaluate_cli.evaluate)
app.command("evaluate-search")(evaluate_cli.evaluate_search)
app.command("evaluate-liveness")(liveness_cli.evaluate_liveness)
app.command("challenge")(liveness_cli.challenge)
app.command("calibrate")(evaluate_cli.calibrate)
app.command("watch")(watch_cli.watch)
app.command("export")(transfer_cli.export)
app.command("import")(transfer_cli.import_people)
app.command("rotate-key")(transfer_cli.rotate_key)
app.command("reembed")(transfer_cli.reembed)
app.add_typer(models_cli.app, name="models")
