"""Graded drafts: cases of what founders get from Stripe, replayed into the real application."""
