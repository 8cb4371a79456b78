"""Becomes an engine: steps down to a plain user, binds its life to its parent's, and hands the process over.

Run as a script in a fresh interpreter between us and the engine (`python -I -S launch.py …`), because after a fork of a
process with threads no Python code is safe to run, and because Python 3.12 warns of it. It must import nothing but the
standard library, and little of that: it costs every start about 20 ms.

Arguments: `exec <parent pid> <death signal> <uid> <gid> <capability> <command …>` or
`reach <uid> <gid> <capability> <mode:path …>`; a dash stands for "leave as it is".
"""

from __future__ import annotations

import ctypes
import os
import sys

# Numbers of <linux/prctl.h>, <linux/securebits.h> and <linux/capability.h>; they are kernel interface and never change.
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_GET_SECUREBITS = 27
_PR_SET_SECUREBITS = 28
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522

CANNOT_START = 126  # the shell's own code for "found but cannot be run"
OUT_OF_REACH = 77
AS_IT_IS = "-"

_MODES = {"r": os.R_OK, "w": os.W_OK, "x": os.X_OK}


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _prepare_to_keep(libc: ctypes.CDLL) -> None:
    """Let capabilities outlive the change of user.

    access(2), which Postgres asks about its own binary, ignores the capabilities of a user who is not root unless the
    set-uid fix-up is off; only that bit makes it count them. Without CAP_SETPCAP the weaker way must do.
    """
    bits = _checked(libc.prctl(_PR_GET_SECUREBITS, 0, 0, 0, 0), "securebits")
    if libc.prctl(_PR_SET_SECUREBITS, bits | _SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0:
        _checked(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Drop every capability but this one, and make it ambient so that it survives the exec."""
    sets = (_Sets * 2)()
    low, high = (1 << capability, 0) if capability < 32 else (0, 1 << (capability - 32))
    sets[0] = _Sets(low, low, low)
    sets[1] = _Sets(high, high, high)
    _checked(libc.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), sets), "capset")
    _checked(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0), "ambient capability")


def step_down(uid: str, gid: str, capability: str) -> None:
    """Become the user, keeping at most the one capability; raises OSError when the machine does not allow it."""
    if uid == AS_IT_IS:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if capability != AS_IT_IS:
        _prepare_to_keep(libc)
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    if capability != AS_IT_IS:
        _keep_only(libc, int(capability))


def _die_with(parent_pid: int, death_signal: int) -> None:
    """Ask the kernel for a signal when the parent dies. Must come last: a change of credentials clears the wish."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0), "parent death signal")
    if os.getppid() != parent_pid:  # it died before we asked
        sys.exit(CANNOT_START)


def _all_in_reach(wishes: list[str]) -> bool:
    for wish in wishes:
        modes, _, path = wish.partition(":")
        if not os.access(path, sum(_MODES[mode] for mode in modes)):
            return False
    return True


def main(arguments: list[str]) -> None:
    """Do what the arguments say; ends by becoming the engine, or with CANNOT_START or OUT_OF_REACH."""
    try:
        if arguments[0] == "reach":
            step_down(*arguments[1:4])
            sys.exit(0 if _all_in_reach(arguments[4:]) else OUT_OF_REACH)
        parent_pid, death_signal, uid, gid, capability, *command = arguments[1:]
        step_down(uid, gid, capability)
        _die_with(int(parent_pid), int(death_signal))
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.stderr.write(f"cannot start: {error}\n")
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
