"""Names come from one text alone, never shadow anything, and never get a number behind one's back."""

import builtins
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from codegen.kit import a_package, a_spec, an_input
from wiro_runtime.request.body import CALL_OPTIONS
from wiro_runtime.request.request import Request
from wirogen.errors import PlanError, Problem
from wirogen.plan import names, reserved
from wirogen.plan.model import plan_model


@pytest.mark.parametrize(
    ("wire_name", "name"),
    [
        ("frameNum", "frame_num"),
        ("inputImageUrl", "input_image_url"),
        ("inputImage2Url", "input_image2_url"),
        ("topP", "top_p"),
        ("top_p", "top_p"),
        ("CFGScale", "cfg_scale"),
        ("isNSFW", "is_nsfw"),
        ("a b", "a_b"),
        ("a.b", "a_b"),
        ("a[0]", "a_0"),
        ("trailing ", "trailing"),
        ("3dMode", "arg_3d_mode"),
        ("_x", "x"),
        ("__class__", "class_"),
        ("class", "class_"),
        ("from", "from_"),
        ("async", "async_"),
        ("None", "none"),
        ("match", "match_"),
        ("type", "type_"),
        ("print", "print_"),
        ("str", "str_"),
        ("list", "list_"),
        ("Literal", "literal"),
        ("Field", "field"),
        ("Annotated", "annotated"),
        ("self", "self_"),
        ("cls", "cls_"),
        ("deadline", "deadline_"),
        ("callback_url", "callback_url_"),
        ("model_config", "model_config_"),
        ("model_dump", "model_dump_"),
        ("json", "json_"),
        ("copy", "copy_"),
        ("schema", "schema_"),
        ("dict", "dict_"),
        ("__dict__", "dict_"),
        ("to_wire", "to_wire_"),
        ("wire", "wire_"),
        ("\u017f", "s"),
        ("\ufb01le", "file"),
        ("\uff46\uff4f\uff4f", "foo"),
        ("\u212a", "k"),
        ("Crème", "creme"),
        ('a"]: pass\nimport os\nx["', "a_pass_import_os_x"),
        ("x: int = __import__('os')", "x_int_import_os"),
    ],
)
def test_an_argument_is_named_after_its_wire_name(wire_name, name):
    assert names.argument(wire_name) == name


@pytest.mark.parametrize("wire_name", ["асме", "提示", "Größe", "🍊", "--", "_"])
def test_what_has_no_plain_name_asks_for_a_pin(wire_name):
    with pytest.raises(names.NamingError) as caught:
        names.argument(wire_name)
    assert "python_name" in caught.value.remedy
    assert names.argument(wire_name, pinned="hint") == "hint"


@pytest.mark.parametrize("pinned", ["class", "run me", "Hint", "_x", "model_dump", "", "é", "x\n"])
def test_a_pin_cannot_shadow_anything(pinned):
    with pytest.raises(names.NamingError):
        names.argument("x", pinned=pinned)


@given(st.text(min_size=1, max_size=64))
def test_every_argument_name_can_be_an_argument(wire_name):
    try:
        name = names.argument(wire_name)
    except names.NamingError:
        return
    assert name.isascii()
    assert name.isidentifier()
    assert name == name.lower()
    assert not name.startswith("_")
    assert not keyword.iskeyword(name)
    assert not hasattr(builtins, name)
    assert not hasattr(Request, name)


def test_reserved_names_cover_this_python_and_this_pydantic():
    public = {name for name in dir(builtins) if name == name.lower() and not name.startswith("_")}
    assert public - {"aiter", "anext"} <= reserved.ARGUMENTS
    lower = {word for word in [*keyword.kwlist, *keyword.softkwlist] if word == word.lower()}
    assert lower - {"_"} <= reserved.ARGUMENTS
    for base in (BaseModel, Request, type(Request)):
        attributes = {name for name in dir(base) if not name.startswith("_")}
        assert attributes <= reserved.ARGUMENTS
    assert CALL_OPTIONS <= reserved.ARGUMENTS


@pytest.mark.parametrize(
    ("model", "module", "name"),
    [
        ("vace", "vace", "Vace"),
        ("3d-gen", "m_3d_gen", "M3dGen"),
        ("kling-v2-5-turbo", "kling_v2_5_turbo", "KlingV2_5Turbo"),
        ("wan2.2-t2v", "wan2_2_t2v", "Wan2_2T2v"),
        ("class", "class_", "Class"),
        ("run", "run", "Run"),
        ("close", "close", "Close"),
        ("files", "files", "Files_"),
        ("field", "field", "Field_"),
        ("none", "none", "None_"),
    ],
)
def test_a_model_is_named_after_its_slug(model, module, name):
    assert names.module(model) == module
    assert names.request_class(model) == name


@pytest.mark.parametrize("owner", ["class", "import", "match", "none", "models", "types", "errors"])
def test_an_owner_gets_an_importable_package_below_models(owner):
    package = names.package(owner)
    assert package.isidentifier()
    assert not keyword.iskeyword(package)


@pytest.mark.parametrize("name", ["con", "nul.py", "aux", "com1"])
def test_device_names_of_windows_are_refused(name):
    with pytest.raises(names.NamingError, match="device on Windows"):
        names.package(name)


def problems_of(*specs):
    with pytest.raises(PlanError) as caught:
        a_package(*specs)
    return [str(problem) for problem in caught.value.problems]


def test_colliding_arguments_are_an_error_that_names_both_and_the_way_out():
    spec = a_spec(an_input("foo-bar"), an_input("foo_bar"), an_input("fooBar"))
    assert problems_of(spec) == [
        (
            "models/acme/thing.yaml: inputs: `foo-bar` and `foo_bar` would both be the argument `foo_bar`; "
            "pin a name for one of them with `refine.python_name`"
        ),
        (
            "models/acme/thing.yaml: inputs: `foo-bar` and `fooBar` would both be the argument `foo_bar`; "
            "pin a name for one of them with `refine.python_name`"
        ),
    ]


@pytest.mark.parametrize(("one", "other"), [("\u017f", "s"), ("\ufb01le", "file"), ("\u212a", "k")])
def test_names_that_fold_alike_collide(one, other):
    made = plan_model(a_spec(an_input(one), an_input(other)))
    assert isinstance(made, list)
    assert all(isinstance(problem, Problem) for problem in made)


def test_a_pin_ends_a_collision():
    a_package(a_spec(an_input("foo-bar"), an_input("fooBar", refine={"python_name": "foo_bar_2"})))


def test_colliding_models_and_owners_are_errors():
    assert problems_of(a_spec(model="acme/a-b"), a_spec(model="acme/a_b")) == [
        (
            "models/acme/a_b: `acme/a-b` and `acme/a_b` would both be the class `AB`; "
            "pin `class_name` in one of the two specs"
        ),
        (
            "models/acme/a_b: `acme/a-b` and `acme/a_b` would both be the module `a_b`; "
            "leave one of the two out"
        ),
    ]
    assert problems_of(a_spec(model="a-b/x"), a_spec(model="a.b/x")) == [
        "models/a.b: `a-b` and `a.b` would both be the package `a_b`; leave one of the two out"
    ]


def test_a_class_cannot_take_the_name_of_its_owners_namespace():
    (problem,) = problems_of(a_spec(model="acme/acme-models"))
    assert "owner's namespace" in problem
    a_package(a_spec(model="acme/acme-models", class_name="TheModels"))


def test_a_model_named_like_its_owner_is_fine():
    package = a_package(a_spec(model="acme/acme"))
    assert package.owners[0].namespace == "AcmeModels"
    assert package.models[0].class_name == "Acme"


def test_choices_that_read_alike_keep_their_asides_or_go_without_a_name():
    assert names.constants(["City (day)", "City (night)"]) == {
        "City (day)": "CITY_DAY",
        "City (night)": "CITY_NIGHT",
    }
    assert names.constants(["a b", "a-b", "c d", "🌑"]) == {"c d": "C_D"}
