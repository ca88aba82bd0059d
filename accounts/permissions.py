"""Who may keep the register of people and departments."""

from accounts.models import User


def can_manage_accounts(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_admin
