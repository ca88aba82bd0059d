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


def printed_result(result: str, not_applicable_reason: str) -> str:
    """A department's result as it is printed: a year without anything to report says so, with the reason."""
    if result or not not_applicable_reason:
        return result
    return f"今年度は該当がありません。{not_applicable_reason}"
