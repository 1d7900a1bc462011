"""Drivers: perform the effects of flows, in a thread or in asyncio, over httpx."""
