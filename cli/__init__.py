"""The command line. Each command imports heavy modules inside its function, so every command starts fast."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an old Python must be able to read this file, and says so
    sys.exit(
        "ExecOps needs Python 3.11 or later, and this is Python %d.%d. Nothing was done.\n"  # noqa: UP031
        "Install it with a newer one: pipx install --python python3.12 '.[embedded]'" % sys.version_info[:2]
    )
