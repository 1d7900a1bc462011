"""The page about the typing rules says what the rules do."""

from codegen.plan.update_typing_page import PAGE, updated
from wirogen.plan import defaults
from wirogen.plan.types.widget import rules_of
from wirogen.spec.widget import WIDGETS


def test_the_page_is_in_step_with_the_code():
    page = PAGE.read_text(encoding="utf-8")
    assert page == updated(page), (
        "docs/typing-rules.md is stale; run: python tests/codegen/plan/update_typing_page.py"
    )


def test_every_rule_says_what_it_does():
    rules = {rule for widget in [*WIDGETS, "other"] for rule in rules_of(widget)}
    rules |= {*defaults.DEFAULTS, *defaults.REQUIRED}
    assert [rule.__name__ for rule in rules if not rule.__doc__] == []


def test_the_last_rule_of_every_widget_always_answers():
    """Whatever a document says of an input, there is a type for it."""
    from codegen.kit import an_input

    for widget in [*WIDGETS, "other"]:
        assert rules_of(widget)[-1](an_input("x", widget), []) is not None, widget
