"""What a worker process gives up before it answers its first query."""

from __future__ import annotations

import errno
import math
import resource

_NETWORK = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
    "sendto", "sendmsg", "sendmmsg", "io_uring_setup",
)  # fmt: skip
_PROCESSES = (
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "kill", "tkill", "pidfd_open", "bpf", "mount", "unshare", "setns",
)  # fmt: skip
_FILES = (
    "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir",
    "link", "linkat", "symlink", "symlinkat", "truncate", "chmod", "fchmodat", "chown",
    "fchownat", "creat",
)  # fmt: skip
_ACCESS_MODE = 0o3  # O_ACCMODE: the bits of open(2) that tell reading from writing
_CLONE_THREAD = 0x00010000


def bound_memory(size: int) -> None:
    """Bound the address space to ``size`` bytes, and leave no core file behind an abort."""
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def arm_cpu(seconds: float) -> None:
    """Give the next query ``seconds`` of processor time beyond what was used so far.

    The limit counts the whole life of the process, so it is set again for each query. It
    ends a worker whose parent is no longer there to do it.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def forbid() -> str:
    """Deny the process sockets, programs, new processes and writing to files, for ever.

    A filter of system calls (seccomp) set through libseccomp; it needs no privilege. Reading
    files stays allowed, since RocksDB opens its tables when a query first touches them.

    Returns:
        "" when the filter is in place, else the reason why there is none.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        import pyseccomp  # noqa: PLC0415  # raises where the library libseccomp is missing

        rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
        refuse = pyseccomp.ERRNO(errno.EPERM)
        for name in (*_NETWORK, *_PROCESSES, *_FILES):
            _add(rules, refuse, name)
        mode = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _ACCESS_MODE, 1)
        rules.add_rule(refuse, "openat", mode)
        rules.add_rule(refuse, "openat", pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _ACCESS_MODE, 2))
        # Threads stay possible; clone3 hides its flags, so glibc is sent back to clone.
        rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
        rules.load()
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        return str(error) or type(error).__name__
    return ""


def _add(rules: object, action: int, name: str) -> None:
    """Add a rule, or none for a call that this architecture or kernel header lacks."""
    try:
        rules.add_rule(action, name)  # type: ignore[attr-defined]
    except (OSError, ValueError):
        return
