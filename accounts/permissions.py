"""Who may keep the register of people and departments."""

from accounts.models import Deputyship, User


def can_manage_accounts(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_admin


def can_use_deputies(user: User) -> bool:
    """Open the pages of 代理. Members of the committee have none."""
    return user.is_authenticated and user.is_active and not user.is_committee


def can_appoint_for_all(user: User) -> bool:
    """Decide the 代理 of anyone, and end it: for who is absent cannot do it."""
    return can_use_deputies(user) and (user.is_coordinator or user.is_admin)


def can_end_deputyship(user: User, deputyship: Deputyship) -> bool:
    """The absent person, the 代理, and who may decide for all."""
    return can_appoint_for_all(user) or (
        can_use_deputies(user) and user.pk in (deputyship.principal_id, deputyship.deputy_id)
    )
