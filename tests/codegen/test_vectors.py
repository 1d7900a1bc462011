r"""Known attacks and accidents, by number: a spec that says this is refused in one sentence, or harmless.

The numbers are those of a survey of what went wrong in other generators; numbers that are missing here
are in the file that tests the part: 5, 6, 11, 15 to 18 also in `plan/test_names`, 24 to 34 also in
`render/test_hostile_text` (texts that no spec file may hold, but other readers could let through), 65 in
`build/test_package`, 67 in `render/test_customization`, 53 in none: nothing in the generator opens a
connection. Harmless names, texts and slugs are in `test_harmless_specs`.
"""

import json
import shutil

import pytest

from codegen.kit import SPECS
from codegen.spec_text import named, quoted, spec, write
from wirogen.cli import main
from wirogen.output.tree import read_tree


def default(value, widget="number", more=""):
    return spec(f"name: x, type: {widget}, default: {value}{more}")


def select(*values):
    listed = ", ".join(f"{{value: {value}}}" for value in values)
    return spec(f"name: x, type: select, options: [{listed}]")


def help_text(text):
    return spec(f"name: x, type: text, help: {quoted(text)}")


def owner(name):
    return {"acme/thing": spec(model=f"{name}/thing")}


def at(*slugs):
    return {slug: spec(model=slug) for slug in slugs}


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
    f"{chr(99 + n)}: &{chr(99 + n)} [*{chr(98 + n)}, *{chr(98 + n)}]\n" for n in range(20)
)
REFUSED = [
    ("1", owner("../../etc"), "expected `owner/model`"),
    ("2", owner("/etc/x"), "expected `owner/model`"),
    ("2 drive", owner("C:\\x"), "expected `owner/model`"),
    ("2 share", owner("\\\\srv\\s"), "expected `owner/model`"),
    ("3 dots", owner(".."), "expected `owner/model`"),
    ("3 dot", owner("."), "expected `owner/model`"),
    ("3 empty", owner(""), "expected `owner/model`"),
    ("3 long", owner("a" * 300), "expected `owner/model`"),
    ("4 con", at("con/thing"), "is a device on Windows"),
    ("4 nul", at("nul.py/thing"), "is a device on Windows"),
    ("4 model", at("acme/aux"), "is a device on Windows"),
    ("7 capitals", at("acme/thing", "ACME/thing"), "expected `owner/model`"),
    ("7 dashes", at("a-b/thing", "a_b/thing"), "would both be the package `a_b`"),
    ("7 dots", at("a.b/thing", "a-b/thing"), "would both be the package `a_b`"),
    ("8 Cyrillic", owner("асме"), "expected `owner/model`"),
    ("8 zero width", owner("ac\u200bme"), "the text holds U+200B"),
    ("8 encoded", owner("%2e%2e"), "expected `owner/model`"),
    ("8 null", owner("a\0b"), "the text holds U+0000"),
    ("10 quote", {"acme/thing": spec(model='acme/x"; import os #')}, "expected `owner/model`"),
    ("10 break", {"acme/thing": spec(model="acme/x'\n")}, "expected `owner/model`"),
    ("12", {"acme/thing": spec(), "acme/other": spec()}, "the file says acme/thing and its path"),
    ("13", {"acme/thing": spec(model="acme/other")}, "the file says acme/other and its path"),
    ("19", named("foo-bar", "foo_bar", "fooBar"), "would both be the argument `foo_bar`"),
    ("20 long s", named("\u017f", "s"), "would both be the argument `s`"),
    ("20 ligature", named("\ufb01le", "file"), "would both be the argument `file`"),
    ("20 fullwidth", named("\uff46\uff4f\uff4f", "foo"), "would both be the argument `foo`"),
    ("22 empty", named(""), "expected at least one character"),
    ("22 spaces", named("  "), "a name is missing"),
    ("22 long", named("x" * 5000), "expected fewer characters"),
    ("23", named("x", "x"), "x"),
    ("28 null", help_text("a\0b"), "the text holds U+0000"),
    ("28 colour", help_text("\x1b[31mred"), "the text holds U+001B"),
    ("29", help_text("\u202e if admin"), "U+202E"),
    ("30", help_text("pass\u200bword"), "U+200B"),
    ("30 tags", help_text("\U000e0041"), "invalid Unicode character"),
    ("26 next line", help_text("a\x85import os"), "U+0085"),
    ("26 separator", help_text("a\u2028import os"), "U+2028"),
    ("26 return", help_text("a\rimport os"), "U+000D"),
    ("35", help_text("x" * 1_000_000), "are more than a spec may have"),
    ("36", help_text("\ud800"), ""),
    ("39 nan", default(".nan"), "versions of YAML"),
    ("39 infinite", default("-.inf"), "versions of YAML"),
    ("39 exponent", default("1e999"), ""),
    ("40", default("9" * 400), "versions of YAML"),
    ("41 list", default("[1, 2]"), "expected"),
    ("41 mapping", default("{a: 1}"), "expected"),
    ("42", default("null"), "nothing is given here"),
    *((f"43 {word}", default(word, "text"), "differently") for word in (
        "yes", "off", "12:30:45", "017", "2024-01-01", "1_000")),
    ("46 twice", select("a", "a"), "a"),
    ("46 kinds", select('"1"', "1"), "expected text"),
    ("46 flag", select("true"), "expected text"),
    ("48", spec("name: x, type: select, options: [{value: a, label: One}, {value: a, label: Two}]"), "a"),
    ("49 path", {"acme/thing": spec(more="categories: [../x]\n")}, "categories[0]"),
    ("49", {"acme/thing": spec(more="categories: [1]\n")}, "expected text"),
    ("54 flag", default("1", more=", minimum: true"), "expected a number"),
    ("54 code", default("1", more=', minimum: "1); import os #"'), "expected a number"),
    ("55", default("1", more=", pattern: '^(a+)+$'"), "unknown key"),
    ("56", default("!!python/object/apply:os.system [id]", "text"), "tag"),
    ("56 own", default("!foo x", "text"), "tag !foo"),
    ("57 anchor", default("&a x", "text"), "anchor &a"),
    ("57 alias", default("*a", "text"), "alias *a"),
    ("57 merge", {"acme/thing": spec(more="<<: {a: 1}\n")}, "merge key"),
    ("58", {"acme/thing": LAUGHS}, "alias *a"),
    ("59", {"acme/thing": "a: " + "[" * 20_000}, "nested deeper than 16"),
    ("60", {"acme/thing": spec(more="title: Again\n")}, "key given twice, first on line 2"),
    ("61 second", {"acme/thing": spec() + "---\na: 1\n"}, "a second document begins"),
    ("61 directive", {"acme/thing": "%YAML 1.1\n---\n" + spec()}, "a YAML directive has no place"),
    ("61 tab", {"acme/thing": spec() + "\tx: 1\n"}, "not YAML"),
    ("62 typo", {"acme/thing": spec("name: x, type: text, defualt: 1")}, "did you mean `default`?"),
    ("62 type", {"acme/thing": spec("name: x, type: text, customTypePath: os")}, "unknown key"),
    ("62 reference", {"acme/thing": spec("name: x, type: text, $ref: 'file:///x'")}, "unknown key"),
    ("63 binary", default("!!binary aGk=", "text"), "tag"),
    ("63 complex", {"acme/thing": spec() + "? [a]\n: 1\n"}, "a key must be a word"),
    ("63 number", {"acme/thing": spec() + "1: 1\n"}, "a key must be a word"),
    ("64 inputs", named(*(f"x{n}" for n in range(2000))), "500"),
    ("66 quote", {'acme/th"ing': spec()}, "the file says acme/thing and its path"),
    ("66 break", {"acme/th\ning": spec()}, "the file says acme/thing and its path"),
]  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_it_is_refused_with_its_place_and_nothing_is_written(here, capsys, files, said):
    write(here, files if isinstance(files, dict) else {"acme/thing": files})
    assert main(["generate"]) in {4, 5}
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.startswith("wirogen: specs/models/")
    assert "Traceback" not in printed
    assert sorted(path.name for path in here.iterdir()) == ["specs"]


def test_14_nothing_is_written_through_a_link(here, capsys):
    write(here, {"acme/thing": spec()})
    (here / "elsewhere").mkdir()
    (here / "generated/wiro").mkdir(parents=True)
    (here / "generated/wiro/models").symlink_to(here / "elsewhere")
    assert main(["generate", "--force"]) == 6
    assert "is a link, which generated files are not written through" in capsys.readouterr().err
    assert list((here / "elsewhere").iterdir()) == []


def test_38_a_default_that_fits_nothing_is_never_emitted(here, capsys):
    """Documents do state such defaults: they are facts, refused or left to the platform, never sent."""
    write(here, {"acme/thing": default("abc", more=", minimum: 1, maximum: 5")})
    if main(["generate"]) == 0:
        assert '= "abc"' not in (here / "generated/wiro/models/acme/thing.py").read_text()
    else:
        assert "specs/models/acme/thing.yaml:" in capsys.readouterr().err


def test_45_ten_thousand_options_are_refused_or_any_text(here, capsys):
    write(here, {"acme/thing": select(*(f"v{n}" for n in range(3000)))})
    status = main(["generate"])
    if status == 0:
        assert len((here / "generated/wiro/models/acme/thing.py").read_text()) < 4000
    write(here, {"acme/thing": select(*(f"v{n}" for n in range(10_000)))})
    assert main(["generate"]) == 4
    assert "more than 20000 values" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "https://api.vendor.com@evil.com/",
        "https://evil.com#.vendor.com",
        "https://h/{x}/../../admin",
        "https://h/'+str(exec('..'))+'",
        "https://h/ a\nx: y",
    ],
    ids=["50", "50 file", "50 http", "51", "51 fragment", "52", "52 code", "52 header"],
)
def test_a_platform_with_an_odd_address_is_refused(here, capsys, url):
    write(here, {"acme/thing": spec()})
    text = (SPECS / "platform.yaml").read_text()
    assert "https://api.wiro.ai/v1" in text
    lines = [
        f"  rest: {quoted(url)}" if line.startswith("  rest:") else line
        for line in text.splitlines()
    ]
    (here / "specs/platform.yaml").write_text("\n".join(lines) + "\n")
    assert main(["generate"]) in {4, 5, 6}
    assert "Traceback" not in capsys.readouterr().err
    assert not (here / "generated").exists()


def test_61_a_byte_order_mark_and_crlf_give_the_same_bytes(here):
    write(here, {"acme/thing": named("x", "y")})
    assert main(["generate", "--out", "one"]) == 0
    path = here / "specs/models/acme/thing.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["generate", "--out", "other"]) == 0
    plain, other = read_tree(here / "one/wiro"), read_tree(here / "other/wiro")
    assert {p for p in plain if plain[p] != other[p]} <= {"_manifest.json"}


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_61_other_encodings_are_refused(here, capsys, encoding):
    write(here, {"acme/thing": ""})
    path = here / "specs/models/acme/thing.yaml"
    path.write_bytes(spec(more="description: é\n").encode(encoding))
    assert main(["generate"]) == 4
    assert "is not UTF-8" in capsys.readouterr().err


def test_66_nothing_around_the_output_changes_a_byte(here, monkeypatch):
    write(here, {"acme/thing": named("x", "y")})
    assert main(["generate", "--no-cache", "--out", "one"]) == 0
    hostile = here / "above/out"
    hostile.mkdir(parents=True)
    for folder in (here, here / "above", hostile):
        (folder / "ruff.toml").write_text("line-length = 20\nextend-select = ['ALL']\n")
        (folder / ".ruff.toml").write_text("[broken")
        (folder / "pyproject.toml").write_text("[tool.datamodel-codegen]\nclass-name = 'X'\n")
        (folder / ".editorconfig").write_text("[*]\nmax_line_length = 20\n")
    for name in ("RUFF_CONFIG", "RUFF_CACHE_DIR", "PYTHONUTF8", "LC_ALL"):
        monkeypatch.setenv(name, "0")
    assert main(["generate", "--no-cache", "--out", "above/out"]) == 0
    assert read_tree(hostile / "wiro") == read_tree(here / "one/wiro")


class Test68:
    """What is on disk is what we wrote, or it is reported."""

    @pytest.fixture
    def package(self, here, capsys):
        write(here, at("acme/thing", "acme/other"))
        assert main(["generate"]) == 0
        capsys.readouterr()
        return here / "generated/wiro"

    def test_a_manifest_edited_by_hand_is_drift_and_remade(self, package, capsys):
        path = package / "_manifest.json"
        before = path.read_bytes()
        path.write_bytes(before.replace(b'"generator": "', b'"generator": "0', 1))
        assert main(["generate", "--check"]) == 1
        assert (
            "_manifest.json: was written for other specs or by another generator"
            in capsys.readouterr().err
        )
        assert main(["generate"]) == 0
        assert path.read_bytes() == before

    def test_a_manifest_does_not_make_an_edited_file_ours(self, package):
        path = package / "errors.py"
        path.write_text("import os\n")
        assert main(["generate", "--check"]) == 1
        assert main(["generate"]) == 6
        assert path.read_text() == "import os\n"

    def test_a_lying_manifest_does_not_hide_an_edit_from_a_forced_check(self, package):
        """Somebody who edits a file and its hash in the manifest is found by making everything anew."""
        from wirogen.digest import digest

        edited = b"import os\n"
        manifest = json.loads((package / "_manifest.json").read_bytes())
        manifest["outputs"]["errors.py"] = digest(edited)
        (package / "errors.py").write_bytes(edited)
        (package / "_manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
        assert main(["generate", "--check", "--force"]) == 1

    def test_a_model_that_is_gone_leaves_nothing(self, package, here):
        (here / "specs/models/acme/other.yaml").unlink()
        assert main(["generate", "--check"]) == 1
        assert main(["generate"]) == 0
        assert not (package / "models/acme/other.py").exists()
        assert "acme/other" not in (package / "_catalog/acme.json").read_text()
        shutil.rmtree(package.parent)


@pytest.mark.parametrize("odd", [", minimum: 5, maximum: 1", ", step: 0"])
def test_54_a_document_that_contradicts_itself_bounds_nothing(here, odd):
    write(here, {"acme/thing": default("1", more=odd)})
    assert main(["generate"]) == 0
    source = (here / "generated/wiro/models/acme/thing.py").read_text(encoding="utf-8")
    assert "Field(" not in source
