"""A child ends when its supervisor is gone, also when that was killed with -9. Linux tells us; elsewhere we look."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 1.0


def end_with_parent() -> None:
    """Call first thing in a child that `YTESO_PARENT` started; without that variable it does nothing."""
    parent = os.environ.get("YTESO_PARENT", "")
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            os.kill(os.getpid(), signal.SIGTERM)
    else:
        threading.Thread(target=_look, args=(int(parent),), daemon=True, name="orphan").start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
