"""The canvas: plain questions, answered by whitelisted, read-only metrics or refused."""
