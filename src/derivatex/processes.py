"""Processes that were started: ended together, with whatever they started themselves."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen


class Processes:
    """The processes that run now, each in a session of its own.

    After `end` none starts again: what is added then is ended at once.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.running: set[Popen[bytes]] = set()
        self.is_over = False
        self._lock = threading.Lock()

    def add(self, process: Popen[bytes]) -> None:
        """Count a process in, or end it where all were ended meanwhile."""
        with self._lock:
            self.running.add(process)
            is_over = self.is_over
        if is_over:
            kill(process)

    def remove(self, process: Popen[bytes]) -> None:
        """End a process, wait for it, and count it out."""
        kill(process)
        process.wait()
        with self._lock:
            self.running.discard(process)

    def end(self) -> None:
        """End them all."""
        with self._lock:
            self.is_over = True
            running = list(self.running)
        for process in running:
            kill(process)


def kill(process: Popen[bytes]) -> None:
    """End a process and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        """It ended by itself."""
