"""A package as the generator makes them, written by hand."""

from functools import cached_property

from mini.models import AsyncModels, Models
from wiro_runtime import AsyncClient, Client


class Wiro(Client):
    @cached_property
    def models(self) -> Models:
        return Models(self)


class AsyncWiro(AsyncClient):
    @cached_property
    def models(self) -> AsyncModels:
        return AsyncModels(self)
