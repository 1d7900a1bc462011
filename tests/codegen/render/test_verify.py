"""What is rendered and not planned is refused, whoever wrote it there."""

import pytest

from codegen.kit import a_package, a_spec, an_input, render_package
from wirogen.errors import GenerateError
from wirogen.render.verify import check_package

PATH = "models/acme/thing.py"


@pytest.fixture(scope="module")
def package():
    return a_package(
        a_spec(
            an_input("prompt", required=True),
            an_input(
                "mood", "select", options=["Bright 🌞", "dark"], required=True, default="dark"
            ),
            an_input("audio", "select", options=["on", "off"], required=False),
            an_input("size", "number", minimum=1, maximum=5),
            an_input("image", "fileinput", refine={"url_name": "imageLink"}),
        )
    )


@pytest.fixture(scope="module")
def files(package):
    return render_package(package)


def test_what_the_generator_writes_passes(package, files):
    check_package(package, files)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("class Thing(", "import os\n\n\nclass Thing(", "holds a Import"),
        ("class Thing(", "from os import system\n\n\nclass Thing(", "imports os"),
        ("class Thing(", "from . import x\n\n\nclass Thing(", "imports ."),
        ("class Thing(", "print(1)\n\n\nclass Thing(", "calls print"),
        ("class Thing(", "class Other:\n    x = 1\n\n\nclass Thing(", "defines"),
        ("class Thing(", "def f(): pass\n\n\nclass Thing(", "holds a FunctionDef"),
        ("class Thing(", "x = [y for y in z]\n\n\nclass Thing(", "holds a ListComp"),
        ("class Thing(", "x = f'{y}'\n\n\nclass Thing(", "holds a JoinedStr"),
        ("class Thing(", "class Thing(\n    #", "is not Python"),
        ('model="acme/thing"', 'model="acme/other"', "states another model"),
        ('wire.Text("prompt")', 'wire.Text("promt")', "`prompt` is written otherwise"),
        ('wire.Text("prompt")', 'wire.Json("prompt")', "`prompt` is written otherwise"),
        ("Field(ge=1.0, le=5.0)", "Field(ge=1.0, le=50.0)", "`size` has another range"),
        ("Field(ge=1.0, le=5.0), ", "", "`size` has another range"),
        ('off="off"', 'off="no"', "`audio` is written otherwise"),
        ('url_name="imageLink"', 'url_name="x"', "`image` is written otherwise"),
        ('= "dark"\n    audio', '= "Bright 🌞"\n    audio', "`mood` has another default"),
        ('Annotated[str, wire.Text("prompt")]', "str", "`prompt` is not annotated"),
        ("prompt: Annotated", "prompt_: Annotated", "are not the plan's"),
        ('BRIGHT: Final = "Bright 🌞"', 'BRIGHT: Final = "dark"', "names other choices"),
        ('Literal["Bright 🌞", "dark"]', 'Literal["dark"]', "`mood` offers other choices"),
        ("Thing.", "Thing\u202e.", "invisible character U+202E"),
        ("Thing.", "Thing\x1b[31m.", "invisible character U+001B"),
        ("Thing.", "Thing\r.", "invisible character U+000D"),
    ],
)
def test_every_deviation_is_found(package, files, old, new, finding):
    source = files[PATH].decode()
    assert old in source
    changed = {**files, PATH: source.replace(old, new, 1).encode()}
    with pytest.raises(GenerateError) as caught:
        check_package(package, changed)
    assert any(finding in str(problem) for problem in caught.value.problems)
    assert all(problem.file == PATH for problem in caught.value.problems)


def test_index_modules_may_not_import_or_run_anything_else(package, files):
    for line, finding in [
        (b"import os", "imports os"),
        (b"while True:\n    x = 1", "holds a While"),
        (b"x = lambda: 1", "holds a Lambda"),
    ]:
        changed = {**files, "__init__.py": files["__init__.py"] + line + b"\n"}
        with pytest.raises(GenerateError, match=finding):
            check_package(package, changed)
