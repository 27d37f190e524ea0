"""The Client over HTTP: the operations of `execops.client`, asked of a server whose database this machine cannot reach.

`operations` names each operation and derives its route from its signature; the server and the console both read it there.
`wire` writes arguments and results as JSON, and reads them again. `door` is the Client that asks.
"""
