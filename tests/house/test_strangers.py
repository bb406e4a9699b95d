"""A host with a top-level package of one of Dossier's names."""

import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("label", ["dossier_portal", "dossier_dpo"])
def test_a_hosts_own_package_tasks_is_named_with_both_paths(label, monkeypatch, tmp_path):
    (tmp_path / "tasks.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    config = apps.get_app_config(label)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tasks"]:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(ImproperlyConfigured) as error:
        config.ready()

    assert str(ROOT / "tasks") in str(error.value)
    assert str(tmp_path / "tasks.py") in str(error.value)


@pytest.mark.parametrize("label", ["dossier_portal", "dossier_dpo"])
def test_dossiers_own_packages_are_no_strangers(label):
    apps.get_app_config(label).ready()
