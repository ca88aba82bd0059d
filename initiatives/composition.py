"""The printed text of a joint initiative, composed of its departments' parts."""

from collections.abc import Iterable


def compose(shared: str, parts: Iterable[tuple[str, str]], *, joint: bool) -> str:
    """Text not divided by department first, then each department's under 【課名】.

    parts: (department, text), empty texts are left out. An initiative of one department needs no heading.
    """
    blocks = [shared] if shared else []
    for department, text in parts:
        if text:
            blocks.append(f"【{department}】\n{text}" if joint else text)
    return "\n".join(blocks)
