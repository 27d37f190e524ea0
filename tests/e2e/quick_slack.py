"""The command `execops`, with short pauses at Slack: a test that posts hundreds of messages cannot wait a second for each."""

from __future__ import annotations

from cli.main import main
from execops.adapters import _slack_api

if __name__ == "__main__":
    _slack_api.PACE = 0.02
    _slack_api.SETTLED_AFTER = 1.0
    main()
