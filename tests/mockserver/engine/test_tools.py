"""The list of models is filtered by what was asked, in whatever form a client sends it."""

import pytest

from wiromock.spec.catalog import clean_slug


@pytest.fixture
def listed(platform):
    """The slugs that a filter leaves."""

    def ask(**fields):
        answer = platform.post("/Tool/List", {"limit": "100", **fields}).json
        names = [f"{tool['slugowner']}/{tool['slugproject']}" for tool in answer["tool"]]
        assert answer["total"] == len(names)
        return [clean_slug(name) for name in names]

    return ask


@pytest.mark.parametrize("asked", ["llm", ["llm"], '["llm"]', ' ["nope", "llm"]', ["nope", "llm"]])
def test_categories_are_a_list_its_json_text_or_a_single_one(listed, asked):
    everything, some = listed(), listed(categories=["llm"])
    assert 0 < len(some) < len(everything)
    assert listed(categories=asked) == some


@pytest.mark.parametrize("asked", ["", [], None, "[]", [""]])
def test_no_category_leaves_all(listed, asked):
    assert listed(categories=asked) == listed()


@pytest.mark.parametrize("asked", ["nope", '["nope"', 5, {"llm": 1}, "[" * 100_000])
def test_a_category_that_no_model_has_leaves_none(listed, asked):
    assert listed(categories=asked) == []


def test_tags_are_read_alike(listed):
    assert listed(tags="nope") == listed(tags=["nope"]) == []
