"""The queue, the worker and the composition root: Procrastinate lives only here."""
