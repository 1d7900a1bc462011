"""The catalog: every model as data, read when asked for, without loading a model."""

import json
import subprocess
import sys

import pytest

import wiro
from wiro import catalog
from wiro.errors import InvalidRequest
from wiro.models.pruna import Vace
from wiro_runtime import binding_of
from wiro_runtime.catalog.bindings import Catalog, Choice


def test_each_model_is_listed_once_in_order():
    slugs = [model.slug for model in catalog.models()]
    assert slugs == sorted(set(slugs))
    assert "pruna/vace" in slugs


def test_a_list_can_be_narrowed():
    assert {model.owner for model in catalog.models(owner="pruna")} == {"pruna"}
    assert {model.kind for model in catalog.models(kind="text")} == {"text"}
    models = catalog.models(owner="pruna", category="image-to-video")
    assert [model.slug for model in models] == ["pruna/vace"]
    assert catalog.models(owner="nobody") == []


def test_a_model_says_what_it_is_and_gives():
    model = catalog.get("pruna/vace")
    assert (model.title, model.kind, model.output_types) == ("Vace", "media", ("video/*",))
    assert model.summary == "Vace powered by Pruna AI."
    assert (model.module, model.class_name) == ("wiro.models.pruna.vace", "Vace")
    assert model.request_class() is Vace


@pytest.mark.parametrize("slug", [model.slug for model in catalog.models()])
def test_inputs_are_those_of_the_request_class(slug):
    model = catalog.get(slug)
    made = model.request_class()
    assert binding_of(made).slug == slug
    assert [given.name for given in model.inputs] == list(made.model_fields)
    for given in model.inputs:
        field = made.model_fields[given.name]
        assert binding_of(made).encodings[given.name].name == given.wire_name
        assert field.is_required() == given.required
        if given.sent:
            stated = json.loads(str(given.default)) if given.type == "json" else given.default
            assert field.default == stated


def test_an_input_has_what_a_form_needs():
    inputs = {given.name: given for given in catalog.get("pruna/vace").inputs}
    assert inputs["frame_num"].wire_name == "frameNum"
    assert (inputs["frame_num"].type, inputs["frame_num"].minimum) == ("integer", 1)
    assert (inputs["frame_num"].default, inputs["frame_num"].sent) == (81, True)
    assert inputs["ratio"].choices[0] == Choice("auto", "Auto (from image)")
    assert inputs["resolution"].choices[0] == Choice("480p", "480p")
    assert inputs["prompt"].required
    assert str(inputs["prompt"].example).startswith("A serene")
    assert inputs["input_image"].type == "files"
    assert inputs["seed"].label == "Seed"
    assert "Random seed" in inputs["seed"].doc


def test_collected_arguments_become_a_request():
    request = catalog.get("pruna/vace").request(prompt="a deer", frame_num="49")
    assert request == Vace(prompt="a deer", frame_num=49)
    with pytest.raises(InvalidRequest, match="promt"):
        catalog.get("pruna/vace").request(promt="a deer")


def test_an_unknown_model_is_reported_with_the_nearest():
    with pytest.raises(LookupError, match="wiro has no model 'pruna/vase'; did you mean pruna/vac"):
        catalog.get("pruna/vase")


def test_it_is_an_attribute_of_its_package():
    assert wiro.catalog is catalog
    assert "catalog" in dir(wiro)
    assert repr(Catalog("wiro")) == "Catalog('wiro')"


def test_it_costs_nothing_until_it_is_used():
    code = (
        "import sys, wiro; assert 'wiro_runtime.catalog.bindings' not in sys.modules\n"
        "from wiro import catalog; catalog.get('pruna/vace').inputs\n"
        "assert not {'pydantic', 'httpx', 'wiro.models'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
