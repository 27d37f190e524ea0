"""The Money vertical: invoices, cards, cash."""
