"""What a run may cost: for every unit the platform bills by, and for what it leaves open."""

import io
import wave
from decimal import Decimal

import pytest

from wiro_runtime.price.estimate import estimate
from wiro_runtime.price.rule import PriceList
from wiro_runtime.request.file import LocalFile

D = Decimal


def rule(price=0.09, method="cpr", inputs=None, **more):
    return {"inputs": inputs or {}, "price": price, "priceMethod": method, **more}


def asked(*rules, body=None, files=(), **more):
    return estimate(PriceList.from_wire(rules, **more), body or {}, files)


def sound(seconds: float) -> LocalFile:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(100)
        file.writeframes(b"\0" * int(100 * seconds))
    return LocalFile("speech.wav", buffer.getvalue())


def test_a_price_per_request_is_exact():
    cost = asked(rule(0.09))
    assert (cost.low, cost.expected, cost.high) == (D("0.09"), D("0.09"), D("0.09"))
    assert cost.is_exact
    assert str(cost) == "0.09 USD (a fixed price per request)"


def test_a_price_without_a_unit_is_per_request():
    assert asked({"inputs": {}, "price": "0.05"}).high == D("0.05")


def test_the_rule_that_names_most_of_the_inputs_holds():
    rules = (
        rule(0.1),
        rule(0.2, inputs={"resolution": "720p"}),
        rule(0.4, inputs={"resolution": "720p", "duration": "10"}),
    )
    assert asked(*rules, body={"resolution": "720p", "duration": 10}).high == D("0.4")
    assert asked(*rules, body={"resolution": "720p", "duration": "5"}).high == D("0.2")
    assert asked(*rules, body={"resolution": "480p", "duration": "5"}).high == D("0.1")


@pytest.mark.parametrize(("given", "stated"), [(True, True), ("true", True), (5, "5"), ("5.0", 5)])
def test_values_are_compared_as_they_are_spelled_or_as_numbers(given, stated):
    assert asked(rule(0.3, inputs={"x": stated}), body={"x": given}).high == D("0.3")


def test_what_a_request_leaves_out_makes_a_range_that_names_it():
    rules = (
        rule(0.1, inputs={"resolution": "480p"}),
        rule(0.3, inputs={"resolution": "720p"}),
    )
    cost = asked(*rules, body={"prompt": "a deer"})
    assert (cost.low, cost.expected, cost.high) == (D("0.1"), D("0.2"), D("0.3"))
    assert "resolution" in cost.basis


def test_no_rule_that_fits_is_an_unknown_price():
    cost = asked(rule(0.1, inputs={"mode": "fast"}), body={"mode": "slow"})
    assert (cost.low, cost.expected, cost.high) == (0, None, None)
    assert "no price rule" in cost.basis


def test_files_are_counted():
    rules = [rule(n / 10, inputs={"inputImage": f"QUANTITY:{n}"}) for n in (1, 2, 3)]
    assert asked(*rules, body={"inputImage": ["https://a", "https://b"]}).high == D("0.2")
    assert asked(*rules, body={"inputImage": "https://a"}).high == D("0.1")
    assert asked(*rules, body={"inputImage": [f"https://{n}" for n in range(9)]}).high == D("0.3")
    assert asked(*rules, body={}).high is None


@pytest.mark.parametrize("method", ["cps", "cpo", "cpt", "cp-readoutput", "cp-realtimeturn", "new"])
def test_what_shows_only_afterwards_has_no_upper_bound(method):
    cost = asked(rule(0.01, method))
    assert (cost.low, cost.high) == (0, None)
    assert "afterwards" in cost.basis
    assert cost.method == method


def test_seconds_are_expected_to_be_as_many_as_usual():
    assert asked(rule(0.01, "cps"), seconds=12.5).expected == D("0.125")


def test_a_prompt_is_billed_by_its_characters():
    cost = asked(rule("0.0001", "cp-promptlength"), body={"prompt": "ü" * 120})
    assert cost.is_exact
    assert cost.high == D("0.012")


def test_a_video_is_billed_by_the_seconds_asked_for_give_or_take_one():
    cost = asked(rule("0.1", "cp-outputVideoLength"), body={"duration": "5"})
    assert (cost.low, cost.expected, cost.high) == (D("0.4"), D("0.5"), D("0.6"))
    assert asked(rule("0.1", "cp-outputVideoLength")).high is None


def test_sound_is_billed_by_the_seconds_of_the_local_file():
    cost = asked(rule("0.01", "cp-audiosecondslength"), files=[sound(60), sound(30)])
    assert (cost.low, cost.expected, cost.high) == (D("0.89"), D("0.90"), D("0.91"))
    unreadable = LocalFile("speech.mp3", b"ID3")
    assert asked(rule("0.01", "cp-audiosecondslength"), files=[unreadable]).high is None
    broken = LocalFile("speech.wav", b"RIFF and no more")
    assert asked(rule("0.01", "cp-audiosecondslength"), files=[broken]).high is None


@pytest.mark.parametrize(
    ("body", "low", "high"),
    [
        ({"width": 1024, "height": 1024}, 1, 2),
        ({"width": "2048", "height": "2048"}, 4, 5),
        ({"resolution": "832*480"}, 1, 1),
        ({"size": "1024x1024"}, 1, 2),
        ({"resolution": "720p", "ratio": "16:9"}, 1, 1),
        ({"resolution": "1080p", "aspect_ratio": "16:9"}, 2, 3),
        ({"resolution": "1080p"}, 2, 3),
        ({"resolution": "4K"}, 8, 18),
    ],
)
def test_pixels_are_billed_in_tiers(body, low, high):
    cost = asked(rule("0.10", "cp-pixel", priceExtra="0.03"), body=body)
    assert cost.low == D("0.10") + D("0.03") * (low - 1)
    assert cost.high == D("0.10") + D("0.03") * (high - 1)


def test_further_pixels_of_which_nothing_is_said_cost_nothing_or_as_much():
    cost = asked(rule("0.10", "cp-pixel"), body={"resolution": "2048x2048"})
    assert (cost.low, cost.high) == (D("0.10"), D("0.50"))


def test_pixels_that_nobody_asked_for_have_no_upper_bound():
    cost = asked(rule("0.10", "cp-pixel"), body={"resolution": "match_input_image"})
    assert (cost.low, cost.high) == (D("0.10"), None)


def test_pixels_of_inputs_cost_too_and_are_not_known_before():
    price = rule("0.10", "cp-pixel", priceExtra="0.03", priceInput="0.02")
    body = {"resolution": "832*480", "inputImage": ["https://a/1.png", "https://a/2.png"]}
    assert (asked(price, body=body).low, asked(price, body=body).high) == (D("0.14"), None)


def test_without_rules_the_average_run_is_expected():
    cost = asked(average="0.0123", per_second="0.001")
    assert (cost.low, cost.expected, cost.high) == (0, D("0.0123"), None)
    assert asked(per_second="0.001", seconds=10.0).expected == D("0.010")


def test_a_model_of_which_nothing_is_said():
    cost = asked()
    assert (cost.low, cost.expected, cost.high) == (0, None, None)
    assert str(cost) == (
        "from 0 USD, no upper bound known (nothing is said of what the model costs)"
    )


@pytest.mark.parametrize("odd", [{}, {"price": None}, {"price": "free"}, {"price": float("nan")}])
def test_a_rule_without_a_price_is_passed_over(odd):
    assert asked(odd, rule(0.09)).high == D("0.09")
