"""An answer is a payload or a typed error, whichever of the documented forms it comes in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.replies import refusal, reply
from wiro_runtime import errors
from wiro_runtime.flow.reply import read
from wiro_runtime.flow.retry import delay, read_retry_after, refused_delay


def error_of(payload, status=200, **headers) -> errors.PlatformError:
    with pytest.raises(errors.PlatformError) as caught:
        read(reply(payload, status, **headers), now=0.0)
    return caught.value


def test_success_gives_the_top_level_fields():
    assert read(reply({"result": True, "errors": [], "taskid": "1"}), now=0.0)["taskid"] == "1"


@pytest.mark.parametrize(
    ("message", "code", "status", "kind"),
    [
        ("You have reached your concurrent task limit.", 96, 200, errors.ConcurrencyLimit),
        ("Insufficient balance", 97, 200, errors.InsufficientBalance),
        ("Insufficient balance", "97", 400, errors.InsufficientBalance),
        ("sign in to run this model", 98, 200, errors.SignInRequired),
        ("Authorization bearer token is expired.", 99, 401, errors.AuthenticationFailed),
        ("Project authorization is not founded.", 0, 401, errors.AuthenticationFailed),
        ("Project authorization is not valid.", 0, 200, errors.AuthenticationFailed),
        ("Requested ip 1.2.3.4 is not allowed.", 0, 401, errors.AuthenticationFailed),
        ("Error parsing url.", 0, 404, errors.NotFound),
        ("slug-owner-project-not-exist", 1, 200, errors.ModelNotFound),
        ("tool-not-accessible", 1, 200, errors.ModelNotFound),
        ("There is no task yet.", 1, 200, errors.TaskNotFound),
        ("task-not-founded", None, 200, errors.TaskNotFound),
        ("task-not-exist", 0, 200, errors.TaskNotFound),
        ("Request parameter [prompt] required", 0, 200, errors.ParameterRefused),
        ("Request parameters are invalid.", 0, 400, errors.ParameterRefused),
        ("something new", 0, 422, errors.ParameterRefused),
        ("Your account has been suspended.", 0, 200, errors.PermissionDenied),
        ("You don't have any permission for this action.", 0, 200, errors.PermissionDenied),
        ("Task is not in a cancellable state.", 1, 200, errors.NotCancellable),
        ("Task could not be killed: no", 1, 200, errors.NotCancellable),
        ("slow down", 0, 429, errors.RateLimited),
        ("some sentence nobody documented", 0, 200, errors.Refused),
        ("boom", 0, 500, errors.ServerError),
        ("later", 0, 408, errors.ServerError),
    ],
)
def test_every_documented_refusal_has_its_class(message, code, status, kind):
    error = error_of(refusal(message, code), status)
    assert type(error) is kind
    assert message.rstrip(".") in str(error)
    assert (error.status, error.errors[0]["message"]) == (status, message)
    assert error.code == (None if code is None else int(code))


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 200, errors.UnexpectedReply),
        (b"<html>ok</html>", 200, errors.UnexpectedReply),
        (b'{"result": tru', 200, errors.UnexpectedReply),
        (b"[" * 100_000, 200, errors.UnexpectedReply),
        (b"[1]", 200, errors.UnexpectedReply),
        (b"{}", 200, errors.UnexpectedReply),
        (b'{"result": "true"}', 200, errors.UnexpectedReply),
        (b'{"result": true}', 302, errors.UnexpectedReply),
        (b"<html>Bad gateway</html>", 502, errors.ServerError),
        (b"", 401, errors.AuthenticationFailed),
        (b"<html>", 413, errors.Refused),
    ],
)
def test_what_is_no_envelope_is_named_by_its_status(body, status, kind):
    assert type(error_of(body, status)) is kind


def test_a_refused_parameter_is_named():
    error = error_of(refusal("Request parameter [frameNum] must be between 1 and 10"))
    assert isinstance(error, errors.ParameterRefused)
    assert error.parameter == "frameNum"


def test_refusals_without_errors_fall_back_to_the_message():
    assert "too bad" in str(error_of({"result": False, "message": "too bad"}))


@given(st.binary(max_size=60), st.integers(200, 599))
def test_no_answer_breaks_the_reading(body, status):
    assert error_of(body, status).status == status


def test_only_what_may_pass_is_transient():
    assert error_of(b"", 503).transient
    assert error_of(b"", 429).transient
    assert not error_of(refusal("Insufficient balance", 97)).transient
    assert not error_of(b"<html>", 413).transient


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("Wed, 18 Dec 2024 09:23:37 GMT", 10.0),
        ("Wed, 18 Dec 2024 09:00:00 GMT", 0.0),
        ("soon", None),
        ("Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header, seconds):
    assert read_retry_after(header, now=1_734_513_807.0) == seconds


def test_a_retry_after_wins_over_our_backoff():
    assert error_of(b"", 429, retry_after="7").retry_after == 7.0
    assert delay(1, asked=7.0, random=0.9) == 7.0
    assert delay(1, asked=86_400.0, random=0.0) == 120.0


@pytest.mark.parametrize("asked", [0.0, -5.0, 0.1])
def test_a_retry_after_of_no_pause_keeps_our_own(asked):
    """A server that says 0 would be asked seven times within a quarter of a second."""
    assert delay(3, asked=asked, random=0.5) == 2.0
    assert refused_delay(1, asked=asked, random=0.5) == 2.0


@pytest.mark.parametrize("header", ["0", "-1", "nan", "inf", "Wed, 18 Dec 2014 09:00:00 GMT"])
def test_a_retry_after_that_is_none_asks_for_no_more_than_our_own_pause(header):
    asked = read_retry_after(header, now=1_734_513_807.0)
    assert delay(1, asked=asked, random=0.5) == 0.5


@pytest.mark.parametrize(
    "body",
    [
        b'{"result": true, "taskid": "2221", "said": ["so \\ud83d"], "\\udfff": 1}',
        b'{"result": true, "taskid": "2221", "said": ["so \xed\xa0\xbd"], "\xff": 1}',
        '{"result": true, "taskid": "2221", "said": ["so \\udead"]}'.encode("utf-16"),
    ],
    ids=["escaped", "raw", "in UTF-16"],
)
def test_half_a_character_of_an_answer_costs_nobody_the_task(body):
    """A text that was cut within an emoji could be neither printed nor saved, and an id with it never asked for."""
    payload = read(reply(body), now=0.0)
    assert payload["taskid"] == "2221"
    assert str(payload).encode().decode().count("so \ufffd") == 1


def test_whole_characters_of_an_answer_are_kept():
    body = b'{"result": true, "said": "\\ud83e\\udd8c \\u00e9 \\\\ud83d \xc3\xa9"}'
    assert read(reply(body), now=0.0)["said"] == "🦌 é \\ud83d é"


def test_backoff_grows_to_a_bound_and_is_spread():
    middle = [delay(n, asked=None, random=0.5) for n in range(1, 8)]
    assert middle == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert delay(1, asked=None, random=0.0) < delay(1, asked=None, random=0.99)


def test_the_limit_of_tasks_is_a_number():
    message = (
        "You have reached your concurrent task limit. With your current balance of $4, you can run up to 3 "
        "tasks at the same time. Add funds to increase your limit."
    )
    payload = {"result": False, "errors": [{"code": 96, "message": message}]}
    with pytest.raises(errors.ConcurrencyLimit) as caught:
        read(reply(payload), now=0.0)
    assert caught.value.allowed == 3


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("1", 1),
        ("1000", 1000),
        ("1,000", 1000),
        ("12,345,678", 12_345_678),
        ("1\u00a0000", 1000),
        ("1\u202f000", 1000),
        ("1'000", 1000),
        ("1,00,000", 100_000),
        ("0", 0),
        ("-1", None),
        ("2.5", None),
        ("1.000", None),  # a thousand here, and one there
        ("1,5", None),
        ("1,0000", None),
        ("1e3", None),
        ("NaN", None),
        ("unlimited", None),
        ("9" * 30, None),
    ],
)
@pytest.mark.parametrize("noun", ["tasks", "concurrent tasks"])
def test_the_limit_of_tasks_is_read_whole_or_not_at_all(number, allowed, noun):
    payload = {
        "result": False,
        "errors": [{"code": 96, "message": f"run up to {number} {noun} at"}],
    }
    with pytest.raises(errors.ConcurrencyLimit) as caught:
        read(reply(payload), now=0.0)
    assert caught.value.allowed == allowed


LIMIT = {"code": "96", "message": "you can run up to 1,000 tasks at the same time"}


@pytest.mark.parametrize(
    "stated",
    [
        LIMIT,
        json.dumps([LIMIT]),
        [{"message": "A hint."}, LIMIT],
        [{"code": 0, "message": "A hint."}, LIMIT],
        ["A hint.", LIMIT, None, []],
    ],
)
def test_an_error_is_found_however_it_is_listed(stated):
    with pytest.raises(errors.ConcurrencyLimit, match="run up to 1,000 tasks") as caught:
        read(reply({"result": False, "errors": stated}), now=0.0)
    assert (caught.value.code, caught.value.allowed) == (96, 1000)


@pytest.mark.parametrize("stated", ["Something new.", ["Something new."]])
def test_an_error_that_is_a_bare_text_is_said(stated):
    with pytest.raises(errors.Refused, match="Something new"):
        read(reply({"result": False, "errors": stated}), now=0.0)


@pytest.mark.parametrize("stated", [None, 5, [], {}, [None, 5], ""])
def test_errors_that_say_nothing_leave_the_word_to_the_message(stated):
    with pytest.raises(errors.Refused, match="Of the envelope"):
        read(reply({"result": False, "errors": stated, "message": "Of the envelope"}), now=0.0)
