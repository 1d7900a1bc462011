"""How arguments are called in Python, and what is said of a wrong name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiro_runtime.names import did_you_mean, snake_case
from wirogen.plan import names as generator


@pytest.mark.parametrize(
    ("wire_name", "python_name"),
    [
        ("frameNum", "frame_num"),
        ("HTTPUrl", "http_url"),
        ("inputImage2Url", "input_image2_url"),
        ("3dMode", "arg_3d_mode"),
        ("naïveMode", "naive_mode"),
        ("提示", "提示"),
    ],
)
def test_a_wire_name_has_one_python_name(wire_name, python_name):
    assert snake_case(wire_name) == python_name


@given(st.text(min_size=1, max_size=30) | st.from_regex(r"[a-zA-Z0-9_]{1,20}", fullmatch=True))
def test_untyped_arguments_are_called_as_the_generator_calls_them(wire_name):
    try:
        name = generator.argument(wire_name)
    except generator.NamingError:
        return
    assert snake_case(wire_name) == name.removesuffix("_")


def test_a_wrong_name_is_reported_with_the_nearest_or_with_all():
    assert did_you_mean("promt", ["prompt", "seed"]) == "; did you mean prompt?"
    assert did_you_mean("zzz", ["prompt", "seed"]) == "; there are prompt, seed."
    assert did_you_mean("zzz", []) == "; there are none."
