"""What Tool/Detail answers, with the irregularities of real answers."""

import json

import pytest

from codegen.document import forms
from codegen.importing.hostile import hostile
from wirogen.document.detect import read_document
from wirogen.errors import DocumentError
from wirogen.importing.facts import Facts, slug_of
from wirogen.spec.model import Source


def reply(*items, **changes):
    made = json.loads(forms.as_tool(hostile()))
    made["tool"][0]["parameters"] = [{"title": "Main", "items": list(items)}]
    made["tool"][0] |= changes
    return made


def read(made):
    return read_document(json.dumps(made).encode(), "doc")


def only(**stated):
    document = read(reply({"id": "x", "type": "text", **stated}))
    return document.inputs[0], document.notes


def facts(made, **options):
    document = read(made)
    source = Source(form=document.form, sha256="0" * 64, **options)
    return Facts(document, source, "doc").spec(slug_of(document, "doc"))


class TestInputs:
    @pytest.mark.parametrize(
        ("stated", "flag"),
        [(True, True), ("true", True), ("1", True), (1, True), ("True", True), (False, False),
         ("false", False), (0, False), ("0", False), ("", False), (None, None)],
    )  # fmt: skip
    def test_a_flag_in_every_spelling(self, stated, flag):
        assert only(required=stated)[0].required is flag
        assert only()[0].required is None

    def test_a_flag_that_is_none_is_kept_and_said(self):
        field, notes = only(required="maybe")
        assert (field.required, field.extra["required"]) == (None, "maybe")
        assert notes == ("input `x`: `required` says neither yes nor no and is kept as it stands",)

    @pytest.mark.parametrize("stated", [5, "5", 5.0, " 5 "])
    def test_a_bound_in_every_spelling(self, stated):
        field, _ = only(min=stated, max=stated, step=stated)
        assert (field.minimum, field.maximum, field.step) == (5, 5, 5)

    @pytest.mark.parametrize("key", ["description", "note", "placeholder"])
    def test_help_is_in_any_of_three_keys(self, key):
        assert only(**{key: "Say it."})[0].help == "Say it."

    def test_help_in_two_keys_is_kept_twice(self):
        field, _ = only(note="N", placeholder="P")
        assert (field.help, field.extra["placeholder"]) == ("N", "P")

    def test_options_hold_texts_numbers_and_nothing(self):
        options = [
            {"label": 1, "value": 2},
            {"value": "a", "new": True},
            "b",
            {"value": None},
            None,
        ]
        option, notes = only(options=options)
        assert [(option.value, option.label, dict(option.extra)) for option in option.options] == [
            ("2", "1", {}), ("a", None, {"new": True}), ("b", None, {})
        ]  # fmt: skip
        assert notes == ("input `x`: 2 options without a value were left out",)
        assert only(options=None)[0].options is None
        assert only(options=[])[0].options == ()

    def test_other_keys_and_the_group_are_kept(self):
        field, _ = only(advanced=True, defaultvalue="7", hidden=None)
        assert field.extra == {
            "advanced": True,
            "defaultvalue": "7",
            "hidden": None,
            "group": "Main",
        }
        made = facts(reply({"id": "x", "type": "text", "advanced": True, "more": {"a": [1]}}))
        assert made.inputs[0].extra == {"advanced": True, "more": '{"a":[1]}', "group": "Main"}

    @pytest.mark.parametrize(
        ("item", "says"),
        [
            ({"type": "text"}, "an input has no `id`"),
            ({"id": ["x"], "type": "text"}, "an input has no `id`"),
            ("x", "expected a mapping"),
        ],
    )
    def test_an_item_that_is_none_is_named_with_its_place(self, item, says):
        with pytest.raises(DocumentError, match=r"tool\[0\]\.parameters\[0\]\.items\[0\].*" + says):
            read(reply(item))


class TestModel:
    def test_the_tool_alone_is_as_good_as_the_reply(self):
        made = reply({"id": "x", "type": "text"})
        assert read(made["tool"][0]) == read(made)

    def test_the_clean_slug_is_taken_or_the_raw_one_cleaned(self):
        assert facts(reply()).model == "acme/model"
        raw = {"cleanslugowner": None, "cleanslugproject": None}
        made = reply(**raw, slugowner="ByteDance", slugproject="seedance-pro-v1.5")
        assert facts(made).model == "bytedance/seedance-pro-v1-5"

    def test_categories_may_hold_numbers_and_nulls(self):
        made = facts(reply(categories=["llm", 7, None], tags=None))
        assert (made.categories, made.tags, made.kind) == (["llm", "7"], [], "text")

    @pytest.mark.parametrize(
        "price", ['[{"inputs":{},"price":0.09}]', [{"inputs": {}, "price": 0.09}]]
    )
    def test_prices_are_facts_whether_json_or_json_in_a_text(self, price):
        made = facts(reply(dynamicprice=price, cps="0.01", approximatelycost=""))
        assert [rule.model_dump(exclude_none=True) for rule in made.price] == [{"price": "0.09"}]
        assert (made.cps, made.approximate_cost, made.extra) == ("0.01", None, None)

    def test_a_price_says_which_inputs_it_holds_for_and_what_is_counted(self):
        inputs = {"resolution": "720p", "images": "QUANTITY:2", "sound": True, "n": 5}
        rule = {"inputs": inputs, "price": 3e-05, "priceMethod": "cp-pixel", "priceExtra": "0.5",
                "priceInput": 1}  # fmt: skip
        (price,) = facts(reply({"id": "n", "type": "number"}, dynamicprice=[rule])).price
        assert price.inputs == {
            "resolution": "720p", "images": "QUANTITY:2", "sound": "true", "n": "5",
        }  # fmt: skip
        assert (price.price, price.method) == ("0.00003", "cp-pixel")
        assert (price.extra, price.per_input) == ("0.5", "1")

    def test_a_price_of_something_that_is_no_input_is_noted(self):
        document = read(reply(dynamicprice=[{"inputs": {"size": "4k"}, "price": 1}]))
        source = Source(form=document.form, sha256="0" * 64)
        made = Facts(document, source, "doc")
        made.spec("acme/model")
        assert "a price depends on `size`, which is no input" in made.notes

    @pytest.mark.parametrize(
        "price", ["not JSON", '[{"inputs":{}}]', [{"price": "cheap"}], [{"price": 1, "per": "x"}], {"price": 1}]
    )  # fmt: skip
    def test_prices_that_cannot_be_read_are_kept_as_they_stand_and_noted(self, price):
        document = read(reply(dynamicprice=price))
        assert (document.price, document.extra["dynamicprice"]) == ((), price)
        assert any("it is kept as it stands" in note for note in document.notes)

    def test_the_cost_of_an_average_run_is_a_fact_in_plain_digits(self):
        assert facts(reply(approximatelycost=0.00005)).approximate_cost == "0.00005"

    def test_a_price_of_a_second_that_is_none_is_left_out(self):
        assert facts(reply(cps="cheap")).cps is None

    def test_facts_only_leaves_sentences_out(self):
        item = {"id": "x", "type": "text", "note": "Say it.", "placeholder": "Say more.",
                "label": "L", "default": "a fine deer"}  # fmt: skip
        made = facts(reply(item, description="Makes things."), facts_only=True)
        (field,) = made.inputs
        assert (made.description, field.help, field.default) == (None, None, None)
        assert (field.label, field.extra) == ("L", {"group": "Main"})

    def test_samples_are_read_and_left_out_of_the_spec(self):
        document = read(reply({"id": "x", "type": "text"}, inspire=[{"x": "a deer"}, {"x": ["u"]}]))
        assert [*document.samples] == [{"x": "a deer"}, {"x": ["u"]}]

    @pytest.mark.parametrize("inputs", [None, []])
    def test_no_inputs_are_not_the_same_as_none_stated(self, inputs):
        made = reply(parameters=inputs)
        if inputs is None:
            with pytest.raises(DocumentError, match="it is a summary; ask Tool/Detail"):
                read(made)
        else:
            assert read(made).inputs == ()


class TestReply:
    def test_a_refusal_is_reported_in_the_platforms_words(self):
        made = {"result": False, "errors": [{"code": 97, "message": "Insufficient balance"}]}
        with pytest.raises(DocumentError, match="the platform refused: Insufficient balance"):
            read(made)

    @pytest.mark.parametrize("tools", [[], [{}, {}]])
    def test_one_tool_is_expected(self, tools):
        with pytest.raises(
            DocumentError, match=f"the reply holds {len(tools)} tools; one is expected"
        ):
            read({"result": True, "tool": tools})
