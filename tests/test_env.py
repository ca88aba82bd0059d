"""The settings' words: nonsense in the environment is refused at the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import env_address, env_int


@pytest.mark.parametrize(
    "value", ["ayumi.city.example.jp", "ftp://ayumi", "https://", "https://ayumi/path", "https://a b"]
)
def test_an_address_that_cannot_begin_a_link_is_refused(monkeypatch, value):
    monkeypatch.setenv("AYUMI_BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="AYUMI_BASE_URL"):
        env_address("AYUMI_BASE_URL", required=True)


def test_an_address_is_wanted_only_where_links_are_sent(monkeypatch):
    monkeypatch.delenv("AYUMI_BASE_URL", raising=False)
    assert env_address("AYUMI_BASE_URL", required=False) == ""
    with pytest.raises(ImproperlyConfigured, match="AYUMI_BASE_URL"):
        env_address("AYUMI_BASE_URL", required=True)
    monkeypatch.setenv("AYUMI_BASE_URL", "https://ayumi.city.example.jp:8443/")
    assert env_address("AYUMI_BASE_URL", required=True) == "https://ayumi.city.example.jp:8443"


@pytest.mark.parametrize("value", ["0", "65536", "-1", "smtp", "２５x"])
def test_a_port_is_a_number(monkeypatch, value):
    monkeypatch.setenv("AYUMI_MAIL_PORT", value)
    with pytest.raises(ImproperlyConfigured, match="AYUMI_MAIL_PORT"):
        env_int("AYUMI_MAIL_PORT", 25)
