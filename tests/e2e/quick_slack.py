"""The command `execops`, with short pauses at Slack: a test that posts hundreds of messages cannot wait a second for each."""

from __future__ import annotations

from cli.main import main
from execops.adapters.slack_api import slack_transport

if __name__ == "__main__":
    slack_transport.PACE = 0.02
    slack_transport.SETTLED_AFTER = 1.0
    main()
