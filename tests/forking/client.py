"""Stands for a process that the host forked: hands it what it was started with, passes signals on, and ends as it ends."""

import contextlib
import json
import os
import signal
import socket
import sys

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main() -> None:
    path, module, *args = sys.argv[1:]
    wanted = {
        "module": module,
        "args": args,
        "env": dict(os.environ),
        "cwd": os.getcwd(),  # noqa: PTH109  as light as can be
        "client": os.getpid(),
    }
    request = json.dumps(wanted).encode()
    with socket.socket(socket.AF_UNIX) as host:
        host.connect(path)
        socket.send_fds(host, [len(request).to_bytes(4, "big")], [0, 1, 2])
        host.sendall(request)
        pid = int.from_bytes(host.recv(4), "big")

        def pass_on(number: int, _: object) -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

        for number in PASSED_ON:
            signal.signal(number, pass_on)
        for stream in (0, 1, 2):
            os.close(stream)
        code = os.waitstatus_to_exitcode(int.from_bytes(host.recv(4), "big"))
    if code < 0:
        if -code in PASSED_ON:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main()
