"""Documents into specs: facts as documented, refinements kept, nothing half done."""

import random
from pathlib import Path

import pytest

from codegen.document.llms_writer import Choice, Item, flatten, write
from codegen.importing.damage import damage
from codegen.importing.kit import import_all
from wirogen.errors import DocumentError, SpecError
from wirogen.importing.importer import ImportOptions, LoadedDocument, import_documents
from wirogen.spec.file import read_model
from wirogen.spec.folder import SpecFolder

VACE = "models/pruna/vace.yaml"


def take(folder, text, *, name="doc.txt", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return import_all([LoadedDocument(name, data)], folder, ImportOptions(**options))[0]


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def specs(tmp_path):
    return tmp_path / "specs"


@pytest.fixture
def reviewed(specs, root):
    """A specs folder that holds the reviewed spec of vace and its document."""
    for name in (VACE, "documents/pruna/vace.llms.txt"):
        (specs / name).parent.mkdir(parents=True)
        (specs / name).write_bytes((root / "specs" / name).read_bytes())
    return specs


class TestVace:
    def test_the_reviewed_spec_is_what_import_makes_byte_for_byte(self, reviewed, vace, root):
        path = reviewed / VACE
        path.write_text(path.read_text("utf-8").replace("Vace powered", "Vase powered"), "utf-8")
        assert take(reviewed, vace).outcome == "updated"
        assert path.read_bytes() == (root / "specs" / VACE).read_bytes()

    def test_importing_again_changes_nothing(self, reviewed, vace):
        before = everything_in(reviewed)
        report = take(reviewed, vace)
        assert (report.outcome, report.changes, report.notes) == ("unchanged", (), ())
        assert {path: before[path] for path in before} == before
        assert before.items() <= everything_in(reviewed).items()

    def test_without_the_reviewed_spec_only_refinements_are_missing(self, specs, vace, root):
        take(specs, vace, keep_document=True)
        made, reviewed = (read_model(base / VACE) for base in (specs, root / "specs"))
        bare = [field.model_copy(update={"refine": None}) for field in reviewed.inputs]
        assert made == reviewed.model_copy(update={"inputs": bare})

    def test_line_broken_and_flattened_make_the_same_facts(self, tmp_path):
        text = write([Item("a", "select", options=[Choice("1", "One")]), Item("b", default="x")])
        take(tmp_path / "x", text)
        take(tmp_path / "y", flatten(text))
        specs = [SpecFolder(tmp_path / name).model("acme/model") for name in "xy"]
        assert specs[0].inputs == specs[1].inputs


class TestFacts:
    def made(self, specs, items, **rest):
        report = take(specs, write(items, **rest))
        return read_model(report.path), report

    def test_the_run_endpoint_decides_the_slug_and_the_name_the_title(self, specs):
        spec, report = self.made(
            specs, [], slug="wiro/store-image", name="wiro/Store Image Generator"
        )
        assert (spec.model, spec.title) == ("wiro/store-image", "Store Image Generator")
        assert report.path == specs / "models/wiro/store-image.yaml"

    @pytest.mark.parametrize(
        ("run", "slug"),
        [("ByteDance/seedance-pro-v1.5", "bytedance/seedance-pro-v1-5"), ("a_b/C", "a_b/c")],
    )
    def test_a_raw_endpoint_gives_the_clean_slug_and_stays_a_fact(self, specs, run, slug):
        spec, _ = self.made(specs, [], slug=run)
        assert spec.model == slug
        assert spec.endpoints.run.endswith(run)

    def test_titles_made_of_slugs_become_words(self, specs):
        assert self.made(specs, [], slug="wiro/iconic-locations")[0].title == "Iconic Locations"

    @pytest.mark.parametrize("title", ["_", "--", "- _"])
    def test_a_title_without_a_word_stays_as_it_is(self, specs, title):
        assert self.made(specs, [], name=f"acme/{title}")[0].title == title

    @pytest.mark.parametrize(
        ("category", "kind"),
        [("llm", "text"), ("llm-tool-call", "text"), ("realtime-conversation", "realtime"), ("tool", "media")],
    )  # fmt: skip
    def test_categories_decide_the_kind(self, specs, category, kind):
        assert self.made(specs, [], categories=[category])[0].kind == kind

    def test_categories_keep_their_order_and_come_once(self, specs):
        spec, _ = self.made(specs, [], categories=["tool", "fast", "Tool", "new"])
        assert spec.categories == ["tool", "fast", "new"]

    def test_duplicate_options_are_kept_once_and_said(self, specs):
        options = [Choice("1K", "1K"), Choice("2K", "2K"), Choice("1K", "05.K")]
        spec, report = self.made(specs, [Item("size", "select", options=options)])
        assert [option.value for option in spec.inputs[0].options] == ["1K", "2K"]
        assert report.notes == ("input `size`: option '1K' is listed twice, kept once",)

    def test_a_label_equal_to_the_value_is_left_out(self, specs):
        options = [Choice("a", "a"), Choice("b", "B"), Choice("", "auto")]
        spec, _ = self.made(specs, [Item("x", "select", options=options)])
        assert [option.label for option in spec.inputs[0].options] == [None, "B", "auto"]

    def test_a_default_that_is_no_option_is_kept_and_said(self, specs):
        spec, report = self.made(
            specs, [Item("x", "select", default="Auto", options=[Choice("auto", "auto")])]
        )
        assert spec.inputs[0].default == "Auto"
        assert report.notes == (
            "input `x`: its documented default 'Auto' does not fit it and is not sent",
        )

    def test_hidden_characters_leave_texts_but_never_values(self, specs):
        spec, report = self.made(specs, [Item("x", help="a\u202eb", default="c\u200bd")])
        assert (spec.inputs[0].help, spec.inputs[0].default) == ("ab", "cd")
        assert sum("characters such as" in note for note in report.notes) == 2
        with pytest.raises(DocumentError, match=r"option '.*': holds U\+202E"):
            take(specs, write([Item("x", "select", options=[Choice("a\u202eb", "L")])]))

    def test_a_cover_that_is_no_https_url_is_left_out_and_said(self, specs):
        spec, report = self.made(specs, [], cover="javascript:alert(1)")
        assert spec.cover is None
        assert "cover 'javascript:alert(1)' is not a plain https URL" in report.notes[0]

    def test_a_cut_document_is_flagged(self, specs):
        text = write([Item("a"), Item("b", help="second")])
        report = take(specs, text[: text.index("second")])
        assert read_model(report.path).source.incomplete
        assert [field.name for field in read_model(report.path).inputs] == ["a"]
        assert any("cut off" in note for note in report.notes)

    def test_extra_keys_of_options_are_kept(self, specs):
        options = [Choice("v", "L", {"triggerwords": '["ohwx"]'})]
        spec, _ = self.made(specs, [Item("x", "select", options=options)])
        assert spec.inputs[0].options[0].extra == {"triggerwords": '["ohwx"]'}


class TestFactsOnly:
    ITEMS = (
        Item("prompt", "textarea", help="Say what you want.", default="A deer in the snow"),
        Item("style", help="h", default="two words"),
        Item("steps", default="50"),
        Item("size", "select", default="16:9 wide", options=[Choice("16:9 wide", "W" * 80)]),
    )

    def test_sentences_are_left_out_and_facts_stay(self, specs):
        report = take(specs, write(list(self.ITEMS)), facts_only=True)
        text = report.path.read_text("utf-8")
        spec = read_model(report.path)
        assert spec.source.facts_only
        for prose in ("Makes things", "Say what", "deer", "two words", "WWW"):
            assert prose not in text
        assert [field.default for field in spec.inputs] == [None, None, "50", "16:9 wide"]

    def test_a_spec_made_so_stays_so(self, specs):
        take(specs, write(list(self.ITEMS)), facts_only=True)
        report = take(specs, write(list(self.ITEMS)))
        assert report.outcome == "unchanged"
        assert "facts only, as before" in report.notes[0]


class TestAgain:
    def test_refinements_class_name_and_kind_survive_and_facts_are_replaced(self, reviewed, vace):
        path = reviewed / VACE
        text = path.read_text("utf-8").replace("kind: media", "kind: text", 1)
        path.write_text(text.replace("inputs:", "class_name: VaceModel\ninputs:", 1), "utf-8")
        new = vace.replace(b"default: 81 ", b"default: 121 ").replace(
            b"label: Seed", b"label: Luck"
        )
        report = take(reviewed, new)
        spec = read_model(path)
        assert (spec.class_name, spec.kind) == ("VaceModel", "text")
        assert spec.inputs[4].default == "121"
        assert spec.inputs[4].refine.minimum == 1
        assert report.changes == (
            "input `frameNum`: default was '81', is '121'",
            "input `seed`: label was 'Seed', is 'Luck'",
        )

    def test_inputs_and_options_that_come_and_go_are_reported(self, specs):
        old = [Item("a"), Item("b", "select", options=[Choice("1", "1"), Choice("2", "2")])]
        new = [Item("b", "select", options=[Choice("2", "Two"), Choice("3", "3")]), Item("c")]
        take(specs, write(old))
        assert take(specs, write(new)).changes == (
            "input `a` is gone",
            "input `c` is new",
            "input `b`: option '1' is gone",
            "input `b`: option '3' is new",
            "input `b`: option '2' is described differently",
        )

    def test_a_refinement_of_an_input_that_is_gone_stops_the_import(self, reviewed, vace):
        before = everything_in(reviewed)
        line = (reviewed / VACE).read_text("utf-8").split("why: a random seed")[0].count("\n")
        with pytest.raises(SpecError) as caught:
            take(reviewed, vace.replace(b"- name: seed ", b"- name: luck "))
        message = str(caught.value)
        assert message.startswith(f"{reviewed / VACE}:{line}:5: inputs[10].refine: ")
        assert "the document has no input `seed` any more" in message
        assert everything_in(reviewed) == before

    def test_a_kind_that_is_no_longer_possible_stops_the_import(self, reviewed, vace):
        before = everything_in(reviewed)
        with pytest.raises(SpecError, match="cannot be of kind integer: 'auto' is no number"):
            take(reviewed, vace.replace(b"default: 81 ", b"default: auto "))
        assert everything_in(reviewed) == before

    def test_a_range_that_no_longer_holds_the_default_stops_the_import(self, reviewed, vace):
        with pytest.raises(SpecError, match="default 0 of `frameNum` is outside this range"):
            take(reviewed, vace.replace(b"default: 81 ", b"default: 0 "))

    def test_a_spec_with_a_typo_is_not_overwritten(self, reviewed, vace):
        path = reviewed / VACE
        path.write_text(path.read_text("utf-8").replace("title:", "titel:"), "utf-8")
        before = everything_in(reviewed)
        with pytest.raises(SpecError, match="did you mean `title`"):
            take(reviewed, vace)
        assert everything_in(reviewed) == before


class TestWriting:
    def test_the_document_is_stored_only_when_asked_or_there_already(self, specs):
        text = write([Item("a")])
        stored = specs / "documents/acme/model.llms.txt"
        take(specs, text)
        assert not stored.exists()
        take(specs, text, keep_document=True)
        assert stored.read_text("utf-8") == text
        assert read_model(specs / "models/acme/model.yaml").source.document == (
            "documents/acme/model.llms.txt"
        )
        newer = write([Item("a"), Item("b")])
        take(specs, newer)
        assert stored.read_text("utf-8") == newer

    def test_an_empty_folder_gets_the_schema_that_specs_point_at(self, specs):
        report = take(specs, write([Item("a")]))
        first = report.path.read_text("utf-8").split("\n")[0]
        assert first.endswith("$schema=../../spec.schema.json")
        assert (report.path.parent / "../../spec.schema.json").is_file()

    def test_a_failure_belongs_to_its_document_and_all_others_are_written(self, specs):
        documents = [
            LoadedDocument("two.txt", b""),
            LoadedDocument("one.txt", write([Item("a")]).encode()),
            LoadedDocument("three.txt", b"\0"),
        ]
        result = import_documents(documents, specs)
        assert [failure.name for failure in result.failures] == ["two.txt", "three.txt"]
        assert [report.model for report in result.imported] == ["acme/model"]
        assert read_model(specs / "models/acme/model.yaml").model == "acme/model"
        with pytest.raises(DocumentError) as caught:
            result.raise_for_failures()
        assert [problem.file for problem in caught.value.problems] == ["two.txt", "three.txt"]

    def test_the_second_document_of_one_form_for_one_model_is_refused(self, specs):
        data = write([Item("a")]).encode()
        with pytest.raises(DocumentError, match=r"b\.txt: a\.txt is about acme/model too"):
            import_all([LoadedDocument("a.txt", data), LoadedDocument("b.txt", data)], specs)

    def test_no_temporary_file_stays_when_writing_fails(self, specs, monkeypatch):
        take(specs, write([Item("a")]))
        before = everything_in(specs)
        monkeypatch.setattr(Path, "write_bytes", _full_disk)
        with pytest.raises(OSError, match="disk is full"):
            take(specs, write([Item("a"), Item("b")]))
        assert everything_in(specs) == before

    @pytest.mark.parametrize("slug", ["../../etc/x", "..", "con/x", f"a/{'b' * 80}", "%2e%2e/x"])
    def test_a_slug_never_leads_out_of_the_folder(self, specs, slug):
        try:
            take(specs, write([Item("a")], slug=slug))
        except DocumentError:
            assert not specs.exists()
        else:
            assert all(specs in path.parents for path in everything_in(specs.parent))

    def test_what_no_spec_may_say_is_said_of_the_document(self, specs):
        with pytest.raises(DocumentError) as caught:
            take(specs, write([Item("a"), Item("a", type="textarea")]))
        assert str(caught.value).startswith(
            "doc.txt: inputs[1].name: the document says what no spec may say: 'a' is there already"
        )
        assert not specs.exists()


def test_three_hundred_damaged_documents_import_or_are_refused(specs, vace):
    chance = random.Random(3)  # noqa: S311 - damage needs no secrecy, and must repeat
    imported = 0
    for number in range(300):
        try:
            report = take(specs / str(number), damage(damage(vace, chance), chance))
        except DocumentError:
            assert not (specs / str(number)).exists()
        else:
            imported += 1
            assert read_model(report.path).model == report.model
    assert 30 < imported < 270


def _full_disk(_path, data):
    raise OSError(28, f"disk is full ({len(data)})")


def test_corpus_documents_import_and_read_back(corpus, specs):
    documents = [
        LoadedDocument(path.name, path.read_bytes())
        for path in sorted((corpus / "llms").glob("*.txt"))
    ]
    reports = import_all(documents, specs, ImportOptions(facts_only=True))
    assert [report.outcome for report in reports] == ["created"] * len(documents)
    assert len(SpecFolder(specs).models()) == len(documents)
