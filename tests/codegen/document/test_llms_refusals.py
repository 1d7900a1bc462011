"""An llms.txt that is cut off is noticed, and one that cannot be read is refused with its place."""

import pytest

from codegen.document.llms_reader import read
from codegen.document.llms_writer import STATUS_SECTION, Choice, Item, flatten, write
from wirogen.document.detect import MAX_BYTES, read_document
from wirogen.errors import DocumentError


class TestCutOff:
    def test_an_input_that_is_cut_is_left_out_and_said_so(self):
        whole = write([Item("a", default="x"), Item("b", help="the second")])
        document = read(whole[: whole.index("the second")])
        assert document.incomplete
        assert [field.name for field in document.inputs] == ["a"]
        assert "input `b`" in document.notes[0]

    @pytest.mark.parametrize(
        "at", ["export YOUR_API_KEY", '"prompt"', '"taskid"', "task_queue", "waiting", "defines"]
    )
    def test_a_cut_after_the_inputs_loses_none_of_them(self, at):
        whole = write([Item("a"), Item("b")])
        for text in (whole, flatten(whole)):
            document = read(text[: text.index(at)])
            assert document.incomplete
            assert [field.name for field in document.inputs] == ["a", "b"]

    def test_a_cut_inside_a_heading_is_noticed(self):
        assert read(write([Item("a")], ending="\n## Get Task Det")).incomplete

    def test_whole_documents_are_not_called_cut(self):
        assert not read(write([Item("a")])).incomplete
        assert not read(write([Item("a")], ending="")).incomplete
        assert not read(write([Item("a")], ending=STATUS_SECTION.rstrip())).incomplete


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "doc.txt: the document is empty; save"),
            (b" \n\t\n", "doc.txt: the document is empty; save"),
            (b"\xef\xbb\xbf", "doc.txt: the document is empty; save"),
            (b"\x89PNG\r\n\0\0", "doc.txt: this is binary data, not a model document; name"),
            (b"## Model\n\xff\xfe", "doc.txt:2: byte 9 is not UTF-8; save"),
            (b"<!DOCTYPE html><p>", "doc.txt: this is a web page, not a model document; save"),
            (b"A recipe for soup.", "doc.txt: this is a document for no model"),
            (b"x" * (MAX_BYTES + 1), "doc.txt: more than 16 MiB is too large"),
        ],
    )
    def test_what_is_no_document_is_named(self, data, says):
        with pytest.raises(DocumentError) as caught:
            read_document(data, "doc.txt")
        assert str(caught.value).startswith(says)

    def test_a_document_without_a_run_endpoint_is_for_no_model(self):
        text = write([Item("a")]).replace("Run Task Endpoint (POST):", "")
        for form in (text, flatten(text)):
            with pytest.raises(DocumentError, match=r"document for no model.*Run Task Endpoint"):
                read(form)

    def test_missing_inputs_are_named(self):
        text = write([Item("a")]).replace("## Model Inputs:", "")
        with pytest.raises(DocumentError, match="no `## Model Inputs:` section"):
            read(text)

    @staticmethod
    def without(key):
        """Three inputs, the second without one of its keys, and the line that it begins in."""
        text = write([Item("first"), Item("second"), Item("third")])
        lines = text.split("\n")
        at = next(n for n, line in enumerate(lines) if "second" in line)
        broken = [*lines[: at + 1], *(x for x in lines[at + 1 : at + 6] if f"{key}:" not in x)]
        return "\n".join([*broken, *lines[at + 6 :]]), at + 1

    def test_a_missing_type_is_named_with_its_input_and_place(self):
        text, line = self.without("type")
        with pytest.raises(DocumentError) as caught:
            read(text)
        assert str(caught.value).startswith(f"doc.txt:{line}:")
        assert "Model Inputs, input `second`: expected `type:`" in str(caught.value)

    @pytest.mark.parametrize("key", ["label", "help", "default"])
    def test_any_other_key_may_be_missing_which_is_noted(self, key):
        document = read(self.without(key)[0])
        assert [field.name for field in document.inputs] == ["first", "second", "third"]
        assert f"input `second`: it has no `{key}:`" in document.notes

    @pytest.mark.parametrize("name", ["", "b"])
    def test_an_input_without_a_label_or_a_name_does_not_drown(self, name):
        label = "    label: Label\n" if not name else ""
        text = write([Item("a"), Item("b")])
        text = text.replace("- name: b\n    label: Label\n", f"- name: {name}\n{label}")
        assert "holds `- name:`" in read(flatten(text)).notes[0]
        if not name:
            with pytest.raises(DocumentError, match="after `- name:`"):
                read(text)

    def test_an_empty_type_is_named(self):
        with pytest.raises(DocumentError, match="`type:` is empty"):
            read(write([Item("a", type="")]))

    def test_an_option_without_a_value_is_named(self):
        text = write([Item("a", "select", options=[Choice("v", "L")])]).replace('"v"', "")
        with pytest.raises(DocumentError, match="input `a`: expected a value"):
            read(text)

    def test_hostile_names_reach_no_terminal(self):
        with pytest.raises(DocumentError) as caught:
            read(write([Item("a\x1b[31m", type="")]))
        assert "\x1b" not in str(caught.value)
        assert "a\\x1b[31m" in str(caught.value)
