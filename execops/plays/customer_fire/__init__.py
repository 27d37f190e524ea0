"""The plays about customers who write to support: one module a play."""
