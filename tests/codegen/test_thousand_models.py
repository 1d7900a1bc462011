"""A thousand models cost what is used of them."""

import json
import subprocess
import sys

from codegen.synthetic import write_specs
from wirogen.cli import main

PROBE = """
import json, sys
def seen(): return {n for n in sys.modules}
def of(names, root): return sorted(n for n in names if n == root or n.startswith(root + "."))

start = seen()
import wiro
seen_modules = {"import": of(seen() - start, "wiro"), "libraries": [n for n in ("httpx", "pydantic") if n in sys.modules]}
from wiro import AsyncWiro, Wiro
client = Wiro("key")
seen_modules["client"] = of(seen(), "wiro")
seen_modules["client loads"] = [n for n in ("httpx", "pydantic") if n in sys.modules]
seen_modules["owners"], seen_modules["models"] = len(dir(client.models)), len(dir(client.models.owner_049))
seen_modules["one owner"] = of(seen(), "wiro.models")
request = client.models.owner_049.model_0999(prompt="a deer")
seen_modules["one model"] = of(seen(), "wiro.models")
from wiro.models.owner_000 import Model0001
seen_modules["by import"] = of(seen(), "wiro.models")
from wiro import catalog
before = seen()
seen_modules["catalog"] = len(catalog.models())
seen_modules["catalog loads"] = of(seen() - before, "wiro")
seen_modules["inputs"] = [field.name for field in catalog.get("owner-000/model-0001").inputs] == list(Model0001.model_fields)
print(json.dumps(seen_modules))
"""


def test_only_what_is_used_is_loaded(tmp_path):
    write_specs(tmp_path / "specs", 1000)
    assert main(["generate", "--specs", str(tmp_path / "specs"), "--out", str(tmp_path)]) == 0
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    client = ["wiro", "wiro._client", "wiro.models"]
    owner = ["wiro.models", "wiro.models.owner_049"]
    assert json.loads(done.stdout) == {
        "import": ["wiro"],
        "libraries": [],
        "client": client,
        "client loads": [],
        "owners": 50,
        "models": 20,
        "one owner": owner,
        "one model": [*owner, "wiro.models.owner_049.model_0999"],
        "by import": [
            "wiro.models",
            "wiro.models.owner_000",
            "wiro.models.owner_000.model_0001",
            *owner[1:],
            "wiro.models.owner_049.model_0999",
        ],
        "catalog": 1000,
        "catalog loads": [],
        "inputs": True,
    }
