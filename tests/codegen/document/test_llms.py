"""Reading llms.txt: the document the project was made from, and every irregularity seen in others."""

from dataclasses import replace

import pytest

from codegen.document.llms_reader import read
from codegen.document.llms_writer import Choice, Item, flatten, write
from wirogen.document.detect import read_document

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
