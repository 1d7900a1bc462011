"""Reading llms.txt: the document the project was made from, and every irregularity seen in others."""

from dataclasses import replace

import pytest

from codegen.document.llms_writer import STATUS_SECTION, Choice, Item, flatten, write
from wirogen.document.detect import MAX_BYTES, read_document
from wirogen.errors import DocumentError

# Typed by hand from the document, not made by the reader: name, label, help, type, default, and
# for selects the values with their labels.
VACE_INPUTS = [
    (
        "prompt", "Prompt", None, "textarea",
        "A serene and beautiful cinematic scene capturing a majestic deer moving gracefully through a pristine, quiet, and snow-covered forest during early morning.",
        None,
    ),
    (
        "inputImage", "Images",
        "Optional. Use 1-3 clear, high-quality images for character consistency",
        "combinefileinput", "pruna-vace-input-3-1.jpg,pruna-vace-input-3-2.jpg", None,
    ),
    ("resolution", "Resolution", None, "select", "480p", [("480p", "480p"), ("720p", "720p")]),
    (
        "ratio", "Aspect Ratio",
        "Auto will calculate from reference image, if no image provided it will set 16:9 by default",
        "select", "auto",
        [
            ("auto", "Auto (from image)"),
            ("16:9", "16:9 (Landscape)"),
            ("9:16", "9:16 (Portrait)"),
        ],
    ),
    ("frameNum", "Frame Number", "Number of frames to generate", "text", "81", None),
    (
        "speedMode", "Speed Mode", "Balance between speed and quality", "select",
        "Lightly Juiced \N{TANGERINE} (more consistent)",
        [
            ("Lightly Juiced \N{TANGERINE} (more consistent)", "Lightly Juiced \N{TANGERINE} (best quality)"),
            ("Juiced \N{FIRE} (more speed)", "Juiced \N{FIRE} (balanced)"),
            ("Extra Juiced \N{ROCKET} (even more speed)", "Extra Juiced \N{ROCKET} (fastest)"),
        ],
    ),
    (
        "sampleSteps", "Sample Steps", "Higher values = better quality, slower generation",
        "text", "50", None,
    ),
    (
        "sampleSolver", "Sample Solver", "Sampling algorithm", "select", "unipc",
        [("unipc", "UniPC"), ("dpm++", "DPM++")],
    ),
    (
        "guidanceScale", "Guidance Scale", "How closely to follow the prompt (higher = stricter)",
        "text", "5", None,
    ),
    (
        "sampleShift", "Sample Shift", "Sample shift parameter for fine-tuning", "text", "16", None,
    ),
    (
        "seed", "Seed", "Random seed for reproducibility. Use 0 for random seed", "text", "1234",
        None,
    ),
]  # fmt: skip


def read(text):
    return read_document(text.encode(), "doc.txt")


def read_both(text):
    """Read a document in both forms; they must say the same.

    Without indentation, a word that looks like a key is noted where it stands inside a text.
    """
    document, flat = read(text), read(flatten(text))
    inner = {note for note in flat.notes if note.endswith("taken for part of the text")}
    assert replace(flat, notes=tuple(n for n in flat.notes if n not in inner)) == document
    return document


def only(item, **rest):
    return read_both(write([item], **rest)).inputs[0]


@pytest.fixture(scope="module")
def document(vace):
    return read_document(vace, "vace.llms.txt")


class TestVace:
    def test_all_eleven_inputs_are_read_as_a_person_reads_them(self, document):
        read_inputs = [
            (
                field.name,
                field.label,
                field.help,
                field.type,
                field.default,
                [(option.value, option.label) for option in field.options]
                if field.options
                else field.options,
            )
            for field in document.inputs
        ]
        assert read_inputs == VACE_INPUTS

    def test_the_model_is_described(self, document):
        assert document.name == "pruna/vace"
        assert document.description == "Vace powered by Pruna AI"
        assert document.cover == "https://cdn.wiro.ai/uploads/models/pruna-vace-cover.mp4"
        assert document.categories == (
            "tool", "use-agent", "partner", "pruna", "text-to-video", "image-to-video",
        )  # fmt: skip
        assert document.tags == ()

    def test_the_endpoints_are_those_stated(self, document):
        assert document.run_endpoint == "https://api.wiro.ai/v1/Run/pruna/vace"
        assert document.detail_endpoint == "https://api.wiro.ai/v1/Task/Detail"

    def test_statuses_stop_where_the_document_stops(self, document):
        assert [status.name for status in document.completed] == [
            "task_postprocess_end",
            "task_cancel",
        ]
        assert [status.name for status in document.running] == [
            "task_queue", "task_accept", "task_assign", "task_preprocess_start",
            "task_preprocess_end", "task_start", "task_output",
        ]  # fmt: skip
        assert document.completed[1].meaning == "Task was cancelled by the user or system."
        assert not document.incomplete


class TestIrregularities:
    def test_empty_help_and_default_say_nothing(self):
        field = only(Item("a", help="", default=""))
        assert (field.help, field.default) == (None, None)

    @pytest.mark.parametrize(("written", "meant"), [('""', None), ('"60"', "60"), ('"', '"')])
    def test_one_pair_of_quotes_around_a_default_is_not_part_of_it(self, written, meant):
        assert only(Item("a", default=written)).default == meant

    def test_an_option_may_be_the_empty_string(self):
        field = only(
            Item("a", "select", options=[Choice("", "match_input_image"), Choice("b", "B")])
        )
        assert [(option.value, option.label) for option in field.options] == [
            ("", "match_input_image"),
            ("b", "B"),
        ]

    def test_a_heading_without_options_is_not_the_same_as_no_heading(self):
        assert only(Item("a", "selectwithcover", options=[])).options == ()
        assert only(Item("a", "selectwithcover")).options is None

    def test_a_select_may_offer_one_option(self):
        assert len(only(Item("a", "select", options=[Choice("2", "2")])).options) == 1

    def test_a_default_may_be_none_of_the_options(self):
        field = only(Item("a", "select", default="Auto", options=[Choice("auto", "auto")]))
        assert field.default == "Auto"

    @pytest.mark.parametrize(
        "value",
        [
            "16:9",
            "832*480",
            "#A6E1F9,#4BC7CE",
            "dpm++",
            "l'été & co",
            "日本語",
            "🍊",
            "a - b",
            "x: y",
        ],
    )
    def test_values_and_defaults_are_kept_exactly(self, value):
        field = only(Item("a", "select", default=value, options=[Choice(value, "L")]))
        assert field.default == value
        assert field.options[0].value == value

    def test_a_value_may_hold_the_word_label(self):
        field = only(Item("a", "select", options=[Choice("x label: y", "L")]))
        assert (field.options[0].value, field.options[0].label) == ("x label: y", "L")

    def test_a_help_text_may_hold_words_that_look_like_keys(self):
        text = "Choose a type: fast or slow; see label: and options: below"
        assert only(Item("a", help=text, default="x")).help == text

    def test_a_default_may_hold_words_that_look_like_keys(self):
        text = 'the label: @image2, "type: big", help: none - and so on'
        assert only(Item("a", help="h", default=text)).default == text

    def test_options_keep_keys_beyond_value_and_label(self):
        extra = {"description": "A long story.", "triggerwords": '["ohwx", "man"]'}
        field = only(Item("a", "select", options=[Choice("v", "L", extra), Choice("w", "M")]))
        assert field.options[0].label == "L"
        assert field.options[0].extra == extra
        assert field.options[1].extra == {}

    def test_untranslated_keys_are_shown_as_they_are(self):
        field = only(Item("seed", label="seed", help="seed-help", default="42"))
        assert (field.label, field.help) == ("seed", "seed-help")

    def test_a_number_may_have_a_default_that_is_none(self):
        assert only(Item("a", "number", default="fal")).default == "fal"

    def test_no_cover_and_no_tags(self):
        document = read_both(write([Item("a")], cover="No cover"))
        assert (document.cover, document.tags) == (None, ())

    def test_tags_and_categories_may_hold_blanks_and_hyphens(self):
        document = read_both(
            write([Item("a")], categories=["tool", "text-to-video"], tags=["image generation"])
        )
        assert document.categories == ("tool", "text-to-video")
        assert document.tags == ("image generation",)

    def test_the_older_vocabulary_says_tool(self):
        document = read_both(write([Item("a")], word="Tool"))
        assert [field.name for field in document.inputs] == ["a"]

    def test_the_name_may_differ_from_the_endpoint(self):
        document = read_both(write([Item("a")], name="wiro/Store Image Generator"))
        assert document.name == "wiro/Store Image Generator"
        assert document.run_endpoint.endswith("/Run/acme/model")

    def test_what_precedes_the_document_is_noise(self):
        noise = "You are a developer. Write a client.\nHere is the documentation:"
        assert read_both(write([Item("a")], preamble=noise)) == read(write([Item("a")]))

    def test_the_older_single_detail_section_is_known(self):
        older = (
            "\n## Get Task Detail - Make HTTP Post Request\n```bash\n"
            'curl -X POST "https://api.wiro.ai/v1/Task/Detail" -d \'{"taskid": "1"}\';\n```\n'
        )
        document = read_both(write([Item("a")], ending=older))
        assert not document.incomplete

    def test_samples_of_the_fuller_variant_are_no_inputs(self):
        text = write([Item("a", default="x")]).replace(
            "## Integration", "## Tool Parameter Inspires:\n\n- a: one\n- a: two\n\n## Integration"
        )
        assert [(field.name, field.default) for field in read_both(text).inputs] == [("a", "x")]

    def test_mojibake_is_kept(self):
        assert only(Item("a", help="rÃ©sumÃ©s â€” yes")).help == "rÃ©sumÃ©s â€” yes"

    @pytest.mark.parametrize("broken", ["{", "nothing", "[" * 100_000, "9" * 5000 + "x"])
    def test_an_example_beyond_repair_is_no_reason_to_refuse_a_document(self, broken):
        document = read_both(write([Item("a")], response=broken))
        assert [field.name for field in document.inputs] == ["a"]

    def test_line_breaks_in_a_default_survive_the_line_broken_form(self):
        document = read(write([Item("a", default="one\n\ntwo"), Item("b")]))
        assert document.inputs[0].default == "one\n\ntwo"

    def test_byte_order_mark_and_windows_line_ends(self):
        text = write([Item("a", default="x"), Item("b")])
        data = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        assert read_document(data, "doc.txt") == read(text)


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

    @pytest.mark.parametrize("key", ["help", "type", "default"])
    def test_a_missing_key_is_named_with_its_input_and_place(self, key):
        text = write([Item("first"), Item("second"), Item("third")])
        lines = text.split("\n")
        at = next(n for n, line in enumerate(lines) if "second" in line)
        broken = [*lines[: at + 1], *(x for x in lines[at + 1 : at + 6] if f"{key}:" not in x)]
        with pytest.raises(DocumentError) as caught:
            read("\n".join([*broken, *lines[at + 6 :]]))
        assert str(caught.value).startswith(f"doc.txt:{at + 1}:")
        assert f"Model Inputs, input `second`: expected `{key}:`" in str(caught.value)

    def test_a_missing_label_does_not_drown_the_input(self):
        text = write([Item("a"), Item("b")]).replace("- name: b\n    label: Label", "- name: b")
        with pytest.raises(DocumentError, match="after `- name:`"):
            read(text)
        assert "holds `- name:`" in read(flatten(text)).notes[0]

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


class TestWhatIsNotKnownYet:
    """Keys, sections and lines that the form does not have today are read or noted, never swallowed."""

    @staticmethod
    def with_lines(item, after, *lines):
        """Write a document whose first input has more lines behind a key."""
        text = write([item, Item("last", default="z")])
        place = text.index("\n", text.index(f"    {after}:"))
        return text[:place] + "".join(f"\n    {line}" for line in lines) + text[place:]

    @pytest.mark.parametrize("after", ["label", "help", "type", "default"])
    def test_facts_that_other_forms_state_are_facts_wherever_they_stand(self, after):
        lines = ("required: true", "min: 1", "max: 4", "step: 0.5")
        made = read(self.with_lines(Item("n", "number", help="h", default="3"), after, *lines))
        field = made.inputs[0]
        assert (field.required, field.minimum, field.maximum, field.step) == (True, 1, 4, 0.5)
        assert (field.type, field.default, field.help) == ("number", "3", "h")
        assert made.inputs[1].default == "z"

    @pytest.mark.parametrize("after", ["help", "default"])
    def test_another_key_is_kept_as_it_stands_and_noted(self, after):
        made = read(self.with_lines(Item("n", default="3", help="h"), after, "price: 0.04 USD"))
        assert made.inputs[0].extra == {"price": "0.04 USD"}
        assert (made.inputs[0].default, made.inputs[0].help) == ("3", "h")
        assert made.notes == ("input `n`: `price:` has no meaning here and is kept as it stands",)

    def test_a_fact_that_says_nothing_is_kept_and_noted(self):
        made = read(self.with_lines(Item("n"), "default", "required: perhaps", "min: few"))
        assert made.inputs[0].extra == {"required": "perhaps", "min": "few"}
        assert made.inputs[0].required is None

    def test_a_key_below_an_option_is_kept_and_noted(self):
        options = [Choice("a", "A"), Choice("b", "B")]
        text = write([Item("m", "select", default="a", options=options)])
        text = text.replace("label: B", "label: B\n        price: 0.04")
        made = read(text)
        assert [option.label for option in made.inputs[0].options] == ["A", "B"]
        assert made.inputs[0].options[1].extra == {"price": "0.04"}
        assert any("option 'b': `price:`" in note for note in made.notes)

    def test_flattened_facts_at_the_end_of_a_default_are_facts(self):
        text = self.with_lines(Item("n", "number", default="3"), "default", "min: 1", "max: 4")
        made = read(flatten(text))
        assert (made.inputs[0].default, made.inputs[0].minimum, made.inputs[0].maximum) == (
            "3", 1, 4,
        )  # fmt: skip

    def test_a_flattened_fact_before_the_default_is_no_part_of_the_type(self):
        text = self.with_lines(Item("n", "number", default="3"), "type", "required: true")
        field = read(flatten(text)).inputs[0]
        assert (field.type, field.required, field.default) == ("number", True, "3")

    def test_a_flattened_key_inside_a_text_is_noted(self):
        text = self.with_lines(Item("n", "number", help="h"), "help", "placeholder: type here")
        note = "input `n`: its help holds `placeholder:`, taken for part of the text"
        assert note in read(flatten(text)).notes

    @pytest.mark.parametrize("after", ["label", "help", "default"])
    def test_any_flattened_word_that_looks_like_a_key_is_noted(self, after):
        item = Item("n", label="L", help="h", default="soft")
        text = self.with_lines(item, after, "unit: px", "hint-of: a b")
        made = read(flatten(text))
        note = f"input `n`: its {after} holds `unit:`, `hint-of:`, taken for part of the text"
        assert note in made.notes
        assert made.inputs[1].default == "z"

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_the_price_of_an_option_is_no_part_of_its_label(self, shape):
        options = [Choice("a", "A"), Choice("b", "B price: on request")]
        text = write([Item("m", "select", default="a", options=options)])
        made = read(shape(text.replace("label: A", "label: A\n        price: $0.05")))
        first, second = made.inputs[0].options
        assert (first.label, first.extra) == ("A", {"price": "$0.05"})
        assert (second.label, second.extra) == ("B price: on request", {})
        assert any("option 'a': `price:`" in note for note in made.notes)
        noted = any("option 'b': its label holds `price:`" in note for note in made.notes)
        assert noted == (shape is flatten)

    def test_a_flattened_heading_that_is_new_is_noted(self):
        text = write([Item("a", default="x")])
        text = text.replace("## Integration", "## Pricing\n\nask sales\n\n## Integration", 1)
        note = "input `a`: its default holds `## Pricing`, taken for part of the text"
        assert note in read(flatten(text)).notes

    def test_a_heading_behind_the_last_input_begins_a_section(self):
        for widget, default in (("text", "x"), ("textarea", "x\n\n\n## Pricing\n\nask sales")):
            text = write([Item("a", widget, default="x")])
            text = text.replace("## Integration", "## Pricing\n\nask sales\n\n## Integration", 1)
            made = read(text)
            assert made.inputs[0].default == default  # prose may hold headings of its own
            assert any("## Pricing" in note or "`Pricing`" in note for note in made.notes)
            assert made.extra == ({"Pricing": "ask sales"} if widget == "text" else {})

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_a_new_fact_about_the_model_is_noted(self, shape):
        text = write([Item("a")]).replace("Model cover:", "Model licence: MIT\nModel cover:")
        made = read(shape(text))
        assert made.description == "Makes things."
        assert made.extra == {"Model licence": "MIT"}
        assert made.notes == ("`Model licence:` has no meaning here and is kept as it stands",)

    def test_flattened_words_about_a_type_stay_words(self):
        item = Item("n", "number", help="use type: fast default: none", default="3")
        field = read(flatten(write([item]))).inputs[0]
        assert (field.help, field.type, field.default) == (item.help, "number", "3")

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_a_price_section_is_prices(self, shape):
        section = "## Model Pricing:\n\n- per run: 0.04 USD\n- per second: $0.002\n\n## Integration"
        made = read(shape(write([Item("a", default="x")]).replace("## Integration", section, 1)))
        assert [(price.method, price.price) for price in made.price] == [
            ("cpr", "0.04"), ("cps", "0.002"),
        ]  # fmt: skip
        assert made.inputs[0].default == "x"
        assert made.notes == ("section `Model Pricing:` is read as prices",)

    @pytest.mark.parametrize("shape", [str, flatten])
    @pytest.mark.parametrize("heading", ["Model Pricing:", "Model Rate Limits:", "Tool Notes:"])
    def test_a_section_that_is_new_is_kept_as_it_stands_and_noted(self, shape, heading):
        text = write([Item("a", default="x")])
        text = text.replace("## Integration", f"## {heading}\n\nask sales\n\n## Integration", 1)
        made = read(shape(text))
        assert made.extra == {heading.rstrip(":"): "ask sales"}
        assert made.inputs[0].default == "x"
        assert made.notes == (
            f"section `{heading}` has no meaning here and is kept as it stands",
        )  # fmt: skip

    @pytest.mark.parametrize("line", ["## Style", "label: x", "- name: hero", "- value: 1"])
    def test_a_line_of_a_text_that_looks_like_more_is_noted(self, line):
        made = read(write([Item("a", default=f"write\n        {line}"), Item("b")]))
        assert [field.name for field in made.inputs] == ["a", "b"]
        assert any(f"{line!r} is taken for a part of the text" in note for note in made.notes)

    def test_both_sections_of_inputs_are_read(self):
        more = "## Tool Inputs:\n\n  - name: b\n    label: B\n    help: \n    type: text\n    default: \n\n"
        text = write([Item("a")]).replace("## Integration", f"{more}## Integration", 1)
        assert [field.name for field in read(text).inputs] == ["a", "b"]

    def test_a_name_of_two_words_is_a_name(self):
        assert [field.name for field in read(write([Item("my input"), Item("b")])).inputs] == [
            "my input", "b",
        ]  # fmt: skip

    def test_a_type_of_two_words_is_kept(self):
        assert read(write([Item("a", "multi select")])).inputs[0].type == "multi select"

    @pytest.mark.parametrize("quoted", ["'a b'", "a b"])
    def test_an_option_in_other_quotes_or_none_is_read(self, quoted):
        text = write([Item("m", "select", options=[Choice("a b", "L")])])
        made = read(text.replace('"a b"', quoted))
        assert [(o.value, o.label) for o in made.inputs[0].options] == [("a b", "L")]
