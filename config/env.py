"""Settings read from the environment; nonsense is refused at start, in words, rather than guessed at."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"環境変数 {name} を設定してください。")
    return default


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip()
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"環境変数 {name} は 0 か 1 にしてください（いまの値: {value}）。")
    return default if value == "" else value == "1"


def env_list(name: str, default: list[str]) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()] or default


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    value = env_str(name, default)
    if value not in choices:
        raise ImproperlyConfigured(
            f"環境変数 {name} は {'、'.join(choices)} のどれかにしてください（いまの値: {value}）。"
        )
    return value


def env_int(name: str, default: int) -> int:
    value = env_str(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"環境変数 {name} は 1 から 65535 の数にしてください（いまの値: {value}）。")
    return int(value)


def env_address(name: str, *, required: bool) -> str:
    """The site's own address as links in mails begin with it: https://ayumi.city.example.jp, without a path."""
    value = env_str(name, None if required else "").rstrip("/")
    if not value:
        return ""
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", value):
        raise ImproperlyConfigured(
            f"環境変数 {name} は https://ayumi.city.example.jp のように書いてください（いまの値: {value}）。"
        )
    return value


def secret_key(name: str, file: Path, *, debug: bool) -> str:
    """The key from the environment, else the one kept beside the database, made at the first start.

    A key of one's own from the first minute, readable by nobody else: there is no default that could be left in place.
    """
    if os.environ.get(name):
        return os.environ[name]
    if debug:
        return "debug-only-not-a-secret"
    if not file.exists():
        with suppress(FileExistsError), open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50))
    return file.read_text().strip()
