"""The queue, the job worker and the composition root. Only this package imports Procrastinate."""
