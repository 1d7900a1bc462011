"""The mock as a server: the API for any language, a control API, and a page for people.

    wiromock serve                                  from a shell; see `wiromock.cli`
    with run_server(speed=60) as server: ...        from Python; see `wiromock.server.running_mock`
    make_site(specs, "http://127.0.0.1:8080")       the ASGI application; see `wiromock.server.app`

Nothing is imported here, so that the command line can explain itself without the extra.
"""
