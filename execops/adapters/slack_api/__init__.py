"""Slack's Web API: its client, names and history, and the transport `slack`."""
