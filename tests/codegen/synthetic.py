"""The synthetic specs of `benchmarks/`, for tests about many models."""

import importlib.util
from pathlib import Path

_PATH = Path(__file__).parents[2] / "benchmarks/synthetic.py"
_spec = importlib.util.spec_from_file_location("synthetic_specs", _PATH)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

write_specs = _module.write_specs
