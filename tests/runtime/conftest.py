import pytest

from runtime.clocks import FakeClock
from wiro_runtime.seam import clock


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch):
    for name in ("WIRO_API_KEY", "WIRO_API_SECRET", "WIRO_BASE_URL", "WIRO_SOCKET_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def virtual_time():
    with clock.use(FakeClock()) as fake:
        yield fake
