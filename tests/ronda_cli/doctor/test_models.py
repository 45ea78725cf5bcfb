# SPDX-License-Identifier: Apache-2.0
from ronda_cli.doctor.finding import Level
from ronda_cli.doctor.models import check


def test_models_that_are_not_there_are_missing_and_the_fix_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RONDA_MODELS_DIR", str(tmp_path))
    *models, licences = check()
    assert models
    assert all("ronda models fetch" in f.fix for f in models)
    # Those that only come when they are asked for are not missing.
    assert [f.name for f in models if f.level is not Level.MISSING] == ["model dlib-resnet", "model clp-det"]
    assert next(f for f in models if f.name == "model dlib-resnet").level is Level.OPTIONAL
    assert licences.level is Level.NOTE and "not stated for" in licences.message


def test_a_broken_registry_of_the_user_is_one_finding(tmp_path, monkeypatch):
    monkeypatch.setenv("RONDA_MODELS_DIR", str(tmp_path))
    (tmp_path / "models.yaml").write_text("- not a mapping")
    (finding,) = check()
    assert finding.level is Level.MISSING and "models.yaml" in finding.message
