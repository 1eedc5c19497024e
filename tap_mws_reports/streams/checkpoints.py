"""How often the state is written: after every change, unless there are very many sellers.

A state is written as a whole. Written for each document of each of thousands of sellers, states
would be most of what the tap does, and take the square of the number of sellers.
"""

from __future__ import annotations

from collections.abc import Callable

FEW = 100
"""So many partitions are written for each change: a larger state waits for several changes."""


class Checkpoints:
    """Decides when the state is written.

    What a killed run has not written it has to read again, and to find in Amazon's list. So what
    that list does not tell is urgent.

    Args:
        write_state: writes the whole state.
        partitions: how many parts the state has.
    """

    def __init__(self, write_state: Callable[[], None], partitions: int = 0) -> None:
        self._write_state = write_state
        self._enough = max(1, partitions // FEW)
        self._unwritten = 0

    def changed(self, *, urgent: bool = False) -> None:
        """Note that the state has changed, and write it when it is time."""
        self._unwritten += 1
        if urgent or self._unwritten >= self._enough:
            self.catch_up()

    def catch_up(self) -> None:
        """Write the state if it has changed since it was last written."""
        if self._unwritten:
            self._unwritten = 0
            self._write_state()
