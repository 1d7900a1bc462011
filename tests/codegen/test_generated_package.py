"""The generated package behaves: it imports lazily and quietly, and its calls mean what the specs say."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.update_golden import PACKAGE
from wiro_runtime.errors import InvalidRequest


def python(code, *, path=PACKAGE.parent):
    """Run code in a fresh interpreter that takes warnings for errors; gives what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LOADED = (
    "import sys; loaded = lambda *names: sorted(n for n in sys.modules if n.split('.')[0] in names)"
)


def test_importing_it_loads_no_model_and_no_library():
    assert python(
        f"import wiro\n{LOADED}\nprint(loaded('httpx', 'pydantic', 'websockets', 'wiro'))"
    ) == ("['wiro']\n")


def test_an_owner_package_loads_no_model():
    code = f"import wiro.models.pruna\n{LOADED}\nprint(loaded('httpx', 'pydantic', 'wiro'))"
    assert python(code) == "['wiro', 'wiro.models', 'wiro.models.pruna']\n"


def test_one_call_by_attribute_loads_one_model():
    code = (
        "from acme_models import Wiro; client = Wiro('key'); client.models.acme.numbers(scale='1')\n"
        f"{LOADED}\nprint([n for n in loaded('acme_models') if n.startswith('acme_models.models.acme.')])"
    )
    assert python(code) == "['acme_models.models.acme.numbers']\n"


def test_a_client_lists_its_models_without_loading_them():
    code = (
        "from acme_models import AsyncWiro; client = AsyncWiro('key')\n"
        f"print(dir(client.models), len(dir(client.models.acme)))\n{LOADED}\n"
        "print([n for n in loaded('acme_models') if n.startswith('acme_models.models.acme.')])"
    )
    assert python(code) == f"['acme'] {len(models())}\n[]\n"


def test_every_name_a_package_lists_is_there():
    code = (
        "import wiro, wiro.errors, wiro.models, wiro.models.pruna\n"
        "for package in (wiro, wiro.models, wiro.models.pruna):\n"
        "    for name in package.__all__:\n"
        "        assert name in dir(package)\n"
        "        getattr(package, name)\n"
        "assert wiro.errors.InvalidRequest and wiro.Task\n"
        "from wiro import *\n"
    )
    python(code)


@pytest.mark.parametrize("package", ["wiro", "wiro.models.pruna"])
def test_a_name_that_is_not_there_is_an_attribute_error(package):
    module = importlib.import_module(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Vice'"):
        module.Vice  # noqa: B018 - asking is the test


def test_the_hosts_are_those_of_the_platform_spec():
    from wiro import AsyncWiro, Wiro

    for client in (Wiro, AsyncWiro):
        assert client.default_base_url == "https://api.wiro.ai/v1"
        assert client.default_socket_url == "wss://socket.wiro.ai/v1"


def models():
    return sorted(
        path.stem for path in Path(PACKAGE, "models/acme").glob("*.py") if path.stem != "__init__"
    )


@pytest.fixture
def acme(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGE.parent))
    return importlib.import_module("acme_models.models.acme")


def test_every_module_imports_quietly():
    python("".join(f"import acme_models.models.acme.{name}\n" for name in models()))


def test_what_is_not_given_is_not_sent_and_what_is_sent_is_in_the_documents_words(acme):
    assert acme.Defaults(prompt="x").to_wire() == {"prompt": "x", "language": "en"}
    assert acme.SilentDefaults(prompt="x").to_wire() == {
        "prompt": "x",
        "quality": "high",
        "seed": "7",
    }
    assert acme.Numbers(scale="2").to_wire() == {
        "steps": 25,
        "maxImages": 1,
        "scale": "2",
        "duration": "5",
    }


def test_a_sample_prompt_is_never_a_default(acme):
    with pytest.raises(InvalidRequest, match="prompt"):
        acme.Defaults()
    with pytest.raises(InvalidRequest, match="prompt"):
        acme.SilentDefaults()


def test_yes_and_no_are_bools_in_python_and_words_on_the_wire(acme):
    request = acme.Flags(generate_audio=False, sound=True, upscale=False, quantization=True)
    assert request.to_wire() == {
        "generateAudio": "false",
        "sound": "on",
        "upscale": "No",
        "quantization": True,
    }


def test_constants_are_choices(acme):
    request = acme.Constants(mood=acme.Constants.Mood.CREME_BRULEE, scene="City (day)")
    assert request.to_wire() == {"mood": "Crème brûlée", "scene": "City (day)"}
    with pytest.raises(InvalidRequest, match="mood"):
        acme.Constants(mood="Gloomy")


def test_ranges_hold(acme):
    with pytest.raises(InvalidRequest, match="steps"):
        acme.Numbers(scale="1", steps=51)
    with pytest.raises(InvalidRequest, match="strength"):
        acme.Numbers(scale="1", strength=-0.1)


def test_files_travel_under_the_names_the_document_gives(acme):
    url = "https://example.com/a.png"
    body = acme.Files_(input_image=url, reference=[url, url]).to_wire()
    assert set(body) <= {"inputImage", "inputImageUrl", "reference"}
    assert url in {body.get("inputImage"), body.get("inputImageUrl")}
    assert body["reference"] == [url, url]


def test_structures_are_json_text_on_the_wire(acme):
    body = acme.Structure(options={"a": [1, None]}).to_wire()
    assert body == {"multiPrompt": '[{"text":"a","seconds":5}]', "options": '{"a":[1,null]}'}


def test_wire_names_are_exact_whatever_the_argument_is_called(acme):
    request = acme.Solid(
        class_="a", init="b", filter_="c", hint="d", a_import_os="e", arg_3d_mode="f"
    )
    assert request.to_wire() == {
        "class": "a",
        "__init__": "b",
        "\ufb01lter ": "c",
        "提示": "d",
        'a"]; import os': "e",
        "3dMode": "f",
    }
    assert acme.Solid.from_wire(request.to_wire()) == request


def test_the_kind_decides_the_result(acme):
    runtime = importlib.import_module("wiro_runtime")
    assert issubclass(acme.LlmChat, runtime.TextRequest)
    assert issubclass(acme.NoInputs, runtime.RealtimeRequest)
    assert acme.NoInputs().to_wire() == {}
