"""The page in a real browser: watched live, used by keyboard alone, read by assistive technology."""

import os
from pathlib import Path

import pytest

import chromium
from accessibility import PROGRAM, needs_chromium

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def _one_browser():
    with chromium.Chromium(PROGRAM) as opened:
        yield opened


@pytest.fixture
def browser(_one_browser, served):
    _one_browser.complaints.clear()
    yield _one_browser
    # Away from the page before the server is as new: it would ask for what is no longer there.
    _one_browser.leave()
    assert _one_browser.complaints == []


@pytest.fixture
def pictures(tmp_path) -> Path:
    """Where pictures of pages go; `PICTURES` keeps them for people to look at."""
    kept = Path(os.environ.get("PICTURES", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def test_a_model_is_run_by_keyboard_alone_and_its_video_watched(browser, served, pictures):
    browser.open(f"{served.url}/models/pruna/vace")
    browser.tab_to("it.name === 'prompt'")
    browser.ask("document.activeElement.select()")
    browser.type("a fox in the snow")
    browser.shoot(pictures / "model.png")
    browser.tab_to("it.tagName === 'BUTTON' && it.className === 'main'")
    browser.press("Enter", 13, "\r")
    browser.until("location.pathname === '/tasks/2221'")
    browser.until("document.querySelector('.state')?.textContent === 'running'")
    browser.tab_to("it.value === 'step'")
    browser.press("Enter", 13, "\r")
    browser.until("document.querySelector('li.now')?.title === 'task_accept'")
    served.push(advance=6)
    browser.until("document.querySelector('li.now').title === 'task_output'")
    browser.shoot(pictures / "running.png")
    served.push(advance=600)
    browser.until("document.querySelector('video')?.readyState >= 1")
    assert browser.ask("document.querySelector('video').duration") > 0
    assert browser.ask("document.getElementById('announcement').textContent").startswith(
        "Task 2221 is finished"
    )
    assert len(browser.shoot(pictures / "finished.png")) > 20_000
    assert served.task("2221")["parameters"]["prompt"] == "a fox in the snow"


def test_the_page_keeps_itself_current_and_the_focus_where_it_is(browser, served, pictures):
    browser.open(served.url)
    served.run()
    browser.until("document.querySelectorAll('.task').length === 1")
    browser.tab_to("it.id === 'fail-2221'")
    served.push(advance=7)
    browser.until("document.querySelector('li.now').title === 'task_start'")
    assert browser.ask("document.activeElement.id") == "fail-2221"
    browser.press("Enter", 13, "\r")
    browser.until(
        "document.querySelector('.task .wrong')?.textContent.includes('failed from the page')"
    )
    served.run()
    served.push(advance=9)
    browser.until("document.querySelectorAll('.task').length === 2")
    assert len(browser.shoot(pictures / "home.png")) > 20_000


@pytest.mark.parametrize(
    "path", ["/", "/models", "/models/pruna/vace", "/tasks/2221", "/journal", "/scenarios"]
)
def test_assistive_technology_finds_a_name_on_everything_that_can_be_used(browser, served, path):
    served.run()
    browser.open(f"{served.url}{path}")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "textbox", "combobox", "searchbox", "checkbox", "listbox"}
    used = [node for node in nodes if not node["ignored"] and node["role"]["value"] in roles]
    nameless = [node for node in used if not node.get("name", {}).get("value")]
    assert len(used) > 5
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_with_its_background(browser, served, pictures, scheme):
    """Contrast of at least 4.5 to 1, of every text on its own ground (WCAG 2.2, AA)."""
    served.run()
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=features)
    for path in ("/", "/models/pruna/vace", "/tasks/2221", "/scenarios"):
        browser.open(f"{served.url}{path}")
        browser.shoot(pictures / f"{scheme}{path.replace('/', '-')}.png")
        assert browser.ask(CONTRAST) == []
    browser.call("Emulation.setEmulatedMedia", features=[])


def test_a_narrow_screen_needs_no_sideways_scrolling(browser, served, pictures):
    served.run()
    metrics = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.call("Emulation.setDeviceMetricsOverride", **metrics)
    try:
        for path in ("/", "/models/pruna/vace", "/tasks/2221", "/journal", "/scenarios"):
            browser.open(f"{served.url}{path}")
            browser.shoot(pictures / f"narrow{path.replace('/', '-')}.png")
            assert browser.ask("document.documentElement.scrollWidth") <= 360, path
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


CONTRAST = """
(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    if (!texts.length || !element.checkVisibility() || element.closest(".hidden, .skip, option")) continue;
    const [one, other] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${element.className || element.tagName}: ${texts[0].data.trim()}`);
  }
  return faint;
})()
"""
