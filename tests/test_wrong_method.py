"""The address of a button, opened as a page."""

import pytest
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "put"])
def test_address_of_a_button_says_so(client, method):
    client.force_login(User.objects.create_user("kanri", role=User.Role.ADMIN, name="管理 花子"))
    response = getattr(client, method)(reverse("accounts:user_password", args=[1]))
    assert response.status_code == 405
    assert "POST" in response["Allow"]
    assert "この操作は、画面のボタンから行います" in response.content.decode()
