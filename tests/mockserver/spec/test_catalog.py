"""Where the mock's models come from, and what it says of one that it does not know."""

import pytest
from platform_kit import CHAT, ROOT

from wirogen.errors import SpecError
from wirogen.spec.file import dump_model
from wiromock.errors import UnreadableSpec
from wiromock.spec.catalog import Catalog, find_source


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "specs/models/acme"
    folder.mkdir(parents=True)
    (folder / "chat.yaml").write_text(dump_model(CHAT), encoding="utf-8")
    return tmp_path / "specs"


def test_a_folder_of_ones_own_adds_to_the_packaged_models(own):
    slugs = find_source().slugs()
    assert {"acme/chat", "pruna/vace"} <= set(slugs)
    assert list(slugs) == sorted(slugs)
    catalog = Catalog(find_source())
    assert catalog.find("acme/chat").title == CHAT.title
    assert catalog.find("pruna/vace") is not None


def test_an_empty_folder_replaces_nothing(tmp_path, monkeypatch):
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "pruna/vace" in find_source().slugs()


def test_of_two_specs_of_a_model_ones_own_wins(own):
    (own / "models/pruna").mkdir()
    text = (ROOT / "specs/models/pruna/vace.yaml").read_text(encoding="utf-8")
    changed = text.replace("title: ", "title: Mine, ", 1)
    (own / "models/pruna/vace.yaml").write_text(changed, encoding="utf-8")
    assert find_source().model("pruna/vace").title.startswith("Mine, ")


def test_a_folder_that_is_named_counts_alone(own):
    assert find_source(own).slugs() == ["acme/chat"]


def test_a_folder_that_is_named_and_has_no_model_is_refused(tmp_path):
    with pytest.raises(SpecError, match="no model in this specs folder"):
        find_source(tmp_path)


def test_a_spec_with_problems_stops_no_other(own):
    broken = own / "models/acme/broken.yaml"
    broken.write_text("model: acme/broken\nkind: nothing\n", encoding="utf-8")
    catalog = Catalog(find_source(None))
    assert catalog.find("pruna/vace") is not None
    assert len(list(catalog)) > 60
    specs, (fault,) = catalog.find_all(["pruna/vace", "acme/broken"])
    assert [spec.model for spec in specs] == ["pruna/vace"]
    with pytest.raises(UnreadableSpec, match=r"acme/broken.*broken\.yaml:\d") as refused:
        catalog.find("acme/broken")
    assert fault == str(refused.value)


def test_what_is_not_there_is_reported_with_count_folder_and_remedy(own):
    said = Catalog(find_source()).describe_unknown("acme/chatt")
    for words in ("1 model from specs", "did you mean `acme/chat`?", "wiro_specs", "--specs"):
        assert words in said
