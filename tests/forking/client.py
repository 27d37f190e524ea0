"""Stands for a process that the host forked: hands it what it was started with, passes signals on, and ends as it ends.

It imports only what Python holds itself: to start is all that it costs.
"""

import _signal  # type: ignore[import-not-found]
import _socket
import marshal
import posix
import sys

PASSED_ON = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT)


def is_closed(stream: int) -> bool:
    """Whether nothing is open under this number."""
    try:
        posix.fstat(stream)
    except OSError:
        return True
    return False


def main() -> None:
    path, module, *args = sys.argv[1:]
    closed = [stream for stream in (0, 1, 2) if is_closed(stream)]
    for _ in closed:
        posix.open("/dev/null", posix.O_RDWR)  # so that the socket does not take its number
    wanted = {
        "closed": closed,
        "module": module,
        "args": args,
        "env": posix.environ,
        "cwd": posix.getcwd(),
        "session": False,
    }
    request = marshal.dumps(wanted)
    host = _socket.socket(_socket.AF_UNIX)
    host.connect(path)
    streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))
    host.sendmsg([len(request).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    host.sendall(request)
    pid = int.from_bytes(host.recv(4), "big")

    def pass_on(number: int, _: object) -> None:
        try:  # noqa: SIM105  contextlib is a module of its own
            posix.kill(pid, number)
        except ProcessLookupError:
            pass

    for number in PASSED_ON:
        _signal.signal(number, pass_on)
    for stream in (0, 1, 2):
        posix.close(stream)
    code = posix.waitstatus_to_exitcode(int.from_bytes(host.recv(4), "big"))
    if code < 0:
        if -code in PASSED_ON:
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


main()
