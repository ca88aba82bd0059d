"""What a drill found: each check counted, failures told at once, one closing line."""

import time


class Checks:
    """Counts what held and what did not. `close` prints the line that `bin/drill` ends with."""

    def __init__(self) -> None:
        self.passed = 0
        self.failures: list[str] = []
        self._begun = time.monotonic()

    def that(self, held: bool, what: str) -> bool:
        """Count one check; a failure is printed at once, with what it was about."""
        if held:
            self.passed += 1
        else:
            self.failures.append(what)
            print(f"  失敗: {what}", flush=True)
        return bool(held)

    def close(self) -> int:
        """Print the sum and give the exit code."""
        seconds = time.monotonic() - self._begun
        print(f"{self.passed} passed, {len(self.failures)} failed ({seconds:.0f} s)", flush=True)
        return 1 if self.failures or not self.passed else 0
