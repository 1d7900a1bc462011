from typing import TYPE_CHECKING

from wiro_runtime.client.endpoint import (
    AsyncNamespace,
    Namespace,
    direct,
    direct_async,
    lazy,
    lazy_async,
)

if TYPE_CHECKING:
    from mini.models.pruna.vace import Vace


class Pruna(Namespace):
    if TYPE_CHECKING:
        vace = direct(Vace)
    else:
        vace = lazy("mini.models.pruna.vace", "Vace")


class AsyncPruna(AsyncNamespace):
    if TYPE_CHECKING:
        vace = direct_async(Vace)
    else:
        vace = lazy_async("mini.models.pruna.vace", "Vace")
