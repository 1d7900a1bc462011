"""A run costs what the price list of its model says, by each of the platform's methods."""

import io
import json
import wave
from decimal import Decimal
from typing import Any

import pytest
from platform_kit import API, PROMPT, SPECS, Input, ModelSpec, Option, Platform, model

from wiromock import Request, Requeues, Success, Talks, Turn
from wiromock.spec.catalog import GivenSpecs
from wiromock.spec.price import PriceRule, Prices
from wiromock.task.price import Inputs, Price, Work, measure


def rule(method: str = "cpr", price: float = 0.1, **more: Any) -> dict[str, Any]:
    return {"inputs": {}, "price": price, "priceMethod": method, **more}


def priced(spec: ModelSpec, *rows: dict[str, Any]) -> ModelSpec:
    """The same spec with a price list, written as the platform does."""
    names = {"priceMethod": "method", "priceExtra": "extra", "priceInput": "per_input"}
    prices = [
        {
            names.get(key, key): value if key == "inputs" else str(value)
            for key, value in row.items()
        }
        for row in rows
    ]
    return ModelSpec.model_validate({**spec.model_dump(), "price": prices})


def billed(spec: ModelSpec, scenario: Any = None, **parameters: Any) -> tuple[Decimal, dict]:
    """What one run costs: on the ledger, and as Task/Detail states it."""
    platform = Platform(specs=GivenSpecs([spec], SPECS.platform()))
    if scenario is not None:
        platform.engine.on(spec.model).then(scenario)
    task = platform.run(spec.model, **parameters)
    platform.clock.advance(10_000)
    shown = platform.task(task)
    assert platform.engine.ledger.spent == Decimal(shown["totalcost"])
    return platform.engine.ledger.spent, shown


IMAGE = model(
    "acme/picture",
    Input(name="prompt", type="textarea"),
    Input(
        name="resolution",
        type="select",
        default="1K",
        options=[Option(value="1K"), Option(value="2K")],
    ),
    Input(name="inputImage", type="combinefileinput"),
    Input(name="size", type="text"),
    Input(name="duration", type="text"),
    categories=("text-to-image",),
)


@pytest.mark.parametrize(
    ("row", "sent", "cost"),
    [
        (rule("cpr", 0.09), {}, "0.09"),
        ({"inputs": {}, "price": 0.09}, {}, "0.09"),
        (rule("cps", 0.001), {}, "0.014"),
        (rule("cpo", 0.02), {}, "0.02"),
        (rule("cp-promptlength", 0.001), {"prompt": "twelve signs"}, "0.012"),
        (rule("cp-outputVideoLength", 0.05), {"duration": "5"}, "0.25"),
        (rule("cp-pixel", 0.01, priceExtra=0.004), {"size": "1024x1024"}, "0.01"),
        (rule("cp-pixel", 0.01, priceExtra=0.004), {"size": "2048*1025"}, "0.018"),
        (
            rule("cp-pixel", 0.01, priceInput=0.002),
            {"inputImage": ["https://a/1.png", "https://a/2.png"]},
            "0.014",
        ),
        (rule("cp-readoutput", 0.3), {}, "0.3"),
        (rule("cp-from-the-future", 0.3), {}, "0.3"),
    ],
)
def test_each_method_has_its_unit(row, sent, cost):
    spent, shown = billed(priced(IMAGE, row), **sent)
    assert spent == Decimal(cost)
    assert json.loads(shown["dynamicprice"])[0]["price"] == row["price"]


def test_outputs_are_counted():
    spent, _ = billed(priced(IMAGE, rule("cpo", 0.02)), Success(outputs=("image",) * 3))
    assert spent == Decimal("0.06")


def test_tokens_are_words_that_went_in_and_came_out():
    chat = model("acme/talk", Input(name="prompt", type="textarea"), kind="text")
    spent, _ = billed(
        priced(chat, rule("cpt", 0.001)),
        Success(answer="one two three"),
        prompt="four words went in",
    )
    assert spent == Decimal("0.007")


def test_turns_are_counted():
    voice = model("acme/call", kind="realtime", categories=("realtime",))
    platform = Platform(
        specs=GivenSpecs([priced(voice, rule("cp-realtimeturn", 0.02))], SPECS.platform())
    )
    platform.engine.on("acme/call").then(Talks(mode="tts", turns=(Turn(),)))
    platform.post("/Run/acme/call", {})
    platform.clock.advance(600)
    assert platform.engine.ledger.spent == Decimal("0.02")


def test_uploaded_sound_is_measured():
    listener = model("acme/transcriber", Input(name="inputAudio", type="fileinput"))
    platform = Platform(
        specs=GivenSpecs([priced(listener, rule("cp-audiosecondslength", 0.01))], SPECS.platform())
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 7))
    boundary = b"--x\r\n"
    part = b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    body = boundary + part + buffer.getvalue() + b"\r\n--x--\r\n"
    headers = {**platform.headers, "content-type": "multipart/form-data; boundary=x"}
    uploaded = platform.engine.handle(
        Request.to(f"{API}/File/Upload", headers=headers, body=body)
    ).json
    platform.post("/Run/acme/transcriber", {"inputAudio": uploaded["list"][0]["url"]})
    platform.clock.advance(600)
    assert platform.engine.ledger.spent == Decimal("0.07")


class TestWhichRule:
    RULES = (
        rule(price=1),
        rule(price=2, inputs={"resolution": "2K"}),
        rule(price=3, inputs={"resolution": "2K", "inputImage": "QUANTITY:1"}),
        rule(price=4, inputs={"resolution": "2K", "inputImage": "QUANTITY:2"}),
    )

    @pytest.mark.parametrize(
        ("sent", "price"),
        [
            ({}, 1),
            ({"resolution": "2K"}, 2),
            ({"resolution": "2K", "inputImage": ["https://a/1.png"]}, 3),
            ({"resolution": "2K", "inputImage": ["https://a/1.png"] * 2}, 4),
            ({"resolution": "2K", "inputImage": ["https://a/1.png"] * 9}, 4),
        ],
    )
    def test_the_closest_description_wins(self, sent, price):
        assert billed(priced(IMAGE, *self.RULES), **sent)[0] == price

    def test_a_documented_default_counts_as_sent(self):
        spec = priced(IMAGE, rule(price=5, inputs={"resolution": "1K"}))
        assert billed(spec)[0] == 5

    def test_no_rule_means_seconds(self):
        spec = priced(IMAGE, rule(price=5, inputs={"resolution": "2K"}))
        assert billed(spec)[0] == Decimal("0.000585") * 14


class TestScenarios:
    def test_a_scenario_may_state_the_whole_cost(self):
        assert billed(IMAGE, Success(cost="0.10"))[0] == Decimal("0.10")
        assert billed(IMAGE, Requeues(cost="0.10"))[0] == Decimal("0.10")

    def test_or_the_price_of_a_second(self):
        spent, shown = billed(priced(IMAGE, rule(price=5)), Success(cps="0.01"))
        assert spent == Decimal("0.14")
        assert shown["cps"] == "0.010000000000"

    def test_failures_cost_nothing_whatever_the_price(self, platform):
        from wiromock import Fails

        assert billed(priced(IMAGE, rule(price=5)), Fails())[0] == 0


def test_the_price_list_is_in_tool_detail():
    platform = Platform(specs=GivenSpecs([priced(IMAGE, rule(price=0.09))], SPECS.platform()))
    tool = platform.post("/Tool/Detail", {"slugowner": "acme", "slugproject": "picture"}).json[
        "tool"
    ][0]
    assert json.loads(tool["dynamicprice"]) == [rule(price=0.09)]


def test_a_price_list_is_written_as_it_was_read():
    row = rule("cp-pixel", 0.1, priceExtra=0.2, priceInput=0.3, inputs={"a": "1"})
    (read,) = Prices.of(priced(IMAGE, row)).rules
    assert read.write() == row
    assert Prices().write() == ""


def test_unpriced_runs_cost_seconds():
    assert Price(PriceRule(Decimal("0.5"), "cps"), Inputs()).cost(Work(4, 1, 0)) == 2


@pytest.mark.parametrize(
    ("sent", "pixels"),
    [
        ({"width": 100, "height": "50"}, 5000),
        ({"size": "832 * 480"}, 399_360),
        ({"resolution": "720p"}, 921_600),
        ({"resolution": "2K"}, 4_194_304),
        ({"resolution": "auto"}, 1_048_576),
    ],
)
def test_pixels_are_read_off_the_request(sent, pixels):
    assert measure(IMAGE, {**PROMPT, **sent}, Decimal(0)).pixels == pixels


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("200 seconds", 200),
        ("90s", 90),
        ("45", 45),
        ("2.5 Minutes", 150),
        ("10-20 seconds", 10),
        ("soon", 10),
        ("0 seconds", 10),
        (None, 10),
    ],
)
def test_a_task_takes_the_computing_time_of_its_model(text, seconds):
    """As the client reads it; where it can read none, ten seconds."""
    spec = IMAGE.model_copy(update={"computing_time": text})
    platform = Platform(specs=GivenSpecs([spec], SPECS.platform()))
    task = platform.run("acme/picture")
    started = platform.engine.moment("task_start", task)
    assert platform.engine.moment("task_end", task) - started == seconds
