"""More than one process, on servers of Postgres of their own: `make scale` runs what stands here."""
