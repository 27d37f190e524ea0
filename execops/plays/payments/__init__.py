"""Payments and what makes them: cards and other methods, declines, fraud warnings, refunds, payouts."""
