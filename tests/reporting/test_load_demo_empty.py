"""The demo city on an empty database, or beside something else."""

import pytest
from django.core.management import CommandError

from accounts.models import Department, User
from initiatives.models import Initiative, Plan
from reporting.demo import build
from tests.factories import PlanFactory
from tests.reporting.test_load_demo import load


def test_load_demo_says_that_the_sentences_are_made_up(db):
    assert load() == "見本の計画「鎌倉市地域福祉計画」を入れました。文章は、見本のために作ったものです。\n"


def test_load_demo_beside_another_plan_is_refused(db):
    PlanFactory()
    with pytest.raises(CommandError, match="空のデータベースにだけ"):
        load()
    assert Initiative.objects.count() == 0


def test_load_demo_failing_half_way_leaves_nothing(db, monkeypatch):
    monkeypatch.setitem(build.WRITTEN_FROM, 2025, None)
    with pytest.raises(TypeError):
        load()
    assert [model.objects.count() for model in (Plan, Department, User, Initiative)] == [0, 0, 0, 0]


def test_load_demo_accounts_on_an_empty_database(db):
    assert load("--accounts") == "見本の利用者はいません。\n"
    assert User.objects.count() == 0
