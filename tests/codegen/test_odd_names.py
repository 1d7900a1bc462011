"""Odd documents: names of models, arguments and choices that nobody would choose."""

import pytest

from codegen.document.llms_writer import Item, write
from codegen.document_case import URL, make, tool
from wiro_runtime.errors import InvalidRequest
from wirogen.errors import DocumentError
from wirogen.plan.model import plan_model
from wirogen.spec.file import read_model


class TestNames:
    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["Style", "style", "STYLE"], "`Style` and `STYLE` would both be the argument `style`"),
            (["\uff53eed", "seed"], "`\uff53eed` and `seed` would both be the argument `seed`"),
            (["a/b", "aB"], "`a/b` and `aB` would both be the argument `a_b`"),
            (["画像"], "'画像' has letters without a plain ASCII form"),
            (["__"], "'__' has no letter or digit to make a name of"),
        ],
    )
    def test_an_argument_that_has_no_name_of_its_own_is_reported_with_the_way_out(
        self, tmp_path, names, said
    ):
        document = tool(*({"id": name, "type": "text"} for name in names))
        with pytest.raises(AssertionError):
            make(document, tmp_path)  # it is imported, and cannot be generated
        spec = read_model(tmp_path / "models/acme/case.yaml")
        assert [field.name for field in spec.inputs] == names
        problems = [str(problem) for problem in plan_model(spec)]
        assert any(said in problem and "refine.python_name" in problem for problem in problems)

    def test_words_of_python_and_pydantic_are_names_with_an_underscore(self, tmp_path):
        names = [
            "def",
            "self",
            "None",
            "copy",
            "__init__",
            "model_config",
            "_private",
            "with-dash",
            "4k",
        ]
        made = make(tool(*({"id": name, "type": "text"} for name in names)), tmp_path)
        assert made.wire(**dict.fromkeys(made.request.model_fields, "v")) == dict.fromkeys(
            names, "v"
        )

    @pytest.mark.parametrize(
        "model", ["request", "media-request", "field", "literal", "files", "any"]
    )
    def test_a_class_shadows_nothing_that_its_module_uses(self, tmp_path, model):
        items = [
            {"id": "inputImage", "type": "combinefileinput", "required": True},
            {"id": "n", "type": "range", "min": 1, "max": 3, "step": 1, "default": 1},
            {"id": "Literal", "type": "select", "options": ["a b", "c d"], "default": "a b"},
            {"id": "extra", "type": "text", "default": '{"a": 1}'},
        ]
        made = make(tool(*items, slug=f"acme/{model}"), tmp_path)
        body = {"inputImage": [URL], "n": 2, "Literal": "a b"}
        assert made.wire(input_image=URL, n=2, literal="a b") == body
        with pytest.raises(InvalidRequest, match="n: "):
            made.request(input_image=URL, n=4)

    def test_constants_of_choices_that_read_alike_are_distinct(self, tmp_path):
        values = [
            "Soft Light",
            "soft-light",
            "SOFT light!",
            "水 彩",
            "油 画",
            "🍎 x",
            "🍏 x",
            "class y",
        ]
        made = make(tool({"id": "look", "type": "select", "options": values}), tmp_path)
        constants = [v for k, v in vars(made.request.Look).items() if not k.startswith("_")]
        assert constants == ["class y"]  # no name distinguishes any of the others
        assert [made.wire(look=value)["look"] for value in values] == values

    @pytest.mark.parametrize(
        ("slug", "said"),
        [
            ("acme/---", "names no model"),
            ("açme/modèle", "names no model"),
            ("_catalog/_client", "expected `owner/model` in lower case"),
            ("__init__/x", "expected `owner/model` in lower case"),
            (f"acme/{'m' * 90}", "expected `owner/model` in lower case"),
        ],
    )
    def test_a_slug_that_no_package_can_hold_is_refused(self, tmp_path, slug, said):
        with pytest.raises(DocumentError, match=said):
            make(tool(slug=slug), tmp_path)

    def test_a_slug_of_digits_has_names_that_can_be_imported(self, tmp_path):
        made = make(tool({"id": "prompt", "type": "text"}, slug="4d/4d"), tmp_path)
        assert made.request.__name__.isidentifier()

    def test_an_input_of_two_words_is_one_input(self, tmp_path):
        made = make(
            write([Item("prompt", "textarea"), Item("my look", default="x"), Item("b")]), tmp_path
        )
        assert [*made.request.model_fields] == ["prompt", "my_look", "b"]
