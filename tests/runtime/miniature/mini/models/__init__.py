from typing import TYPE_CHECKING

from wiro_runtime.client.endpoint import AsyncNamespace, Namespace, owner

if TYPE_CHECKING:
    from mini.models.pruna import AsyncPruna, Pruna


class Models(Namespace):
    if TYPE_CHECKING:
        pruna: Pruna
    else:
        pruna = owner("mini.models.pruna", "Pruna")


class AsyncModels(AsyncNamespace):
    if TYPE_CHECKING:
        pruna: AsyncPruna
    else:
        pruna = owner("mini.models.pruna", "AsyncPruna")
