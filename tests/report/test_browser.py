"""The report in a real browser: every picture loads, nothing fails, nothing scrolls sideways.

Opens the folder that ACGAN_REPORT names (`ACGAN_REPORT=results/demo/report pytest
tests/report/test_browser.py`), else one of made-up results. Needs Chromium and its driver (Debian:
`apt-get install chromium chromium-driver`).
"""

import json
import os
from pathlib import Path

import pytest
from browsing import CHROMIUM, DRIVER, chromium, of_width
from report_fixture import make_report

WIDTHS = (390, 1300)

selenium = pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
    pytest.mark.skipif(not DRIVER, reason="no chromedriver on this machine"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    named = os.environ.get("ACGAN_REPORT")
    return Path(named).resolve() if named else make_report(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    yield from chromium(tmp_path_factory.mktemp("profile"))


@pytest.fixture(params=WIDTHS)
def opened(request, browser, report):
    """The report at a phone's and at a desktop's width, with the logs of this visit alone."""
    of_width(browser, request.param)
    browser.get((report / "index.html").as_uri())
    return browser


def requested(browser) -> list[str]:
    """The addresses that this visit asked for; asserts that none failed."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    assert [e["params"] for e in events if e["method"] == "Network.loadingFailed"] == []
    return [
        e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"
    ]


def load_pictures(browser) -> None:
    """Scroll to every picture, as a reader would, and wait until it has loaded."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true;")
    for picture in browser.find_elements("tag name", "img"):
        browser.execute_script(
            "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'});", picture
        )
        WebDriverWait(browser, 20).until(
            lambda b, p=picture: b.execute_script("return arguments[0].complete;", p)
        )


def test_cards_are_visible_and_nothing_fails(opened, report):
    items = json.loads((report / "summary.json").read_text())["items"]
    load_pictures(opened)
    assert items
    for item in items:
        card = opened.find_element("id", item["id"])
        assert card.is_displayed(), item["id"]
        picture = card.find_element("tag name", "img")
        assert picture.is_displayed(), item["id"]
    broken = "return [...document.images].filter(i => !(i.naturalWidth > 0)).map(i => i.src);"
    assert opened.execute_script(broken) == []

    messages = [
        entry for entry in opened.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")
    ]
    assert messages == []
    assert {url.partition(":")[0] for url in requested(opened)} <= {"file", "data"}


def test_the_page_does_not_scroll_sideways(opened):
    load_pictures(opened)
    wide, seen = opened.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth];"
    )
    assert wide <= seen
    past = """const edge = document.documentElement.clientWidth + 1;
        return [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll'))
            .filter(e => e.getBoundingClientRect().right > edge)
            .map(e => e.outerHTML.slice(0, 120));"""
    assert opened.execute_script(past) == []


def test_on_a_phone_every_number_is_seen_and_pictures_can_be_enlarged(opened, report):
    """Rows are stacked, so no table is wider than the page; a line says that a picture opens by
    itself.
    """
    opened.execute_script("for (const d of document.querySelectorAll('details')) d.open = true;")
    phone = opened.execute_script("return window.innerWidth;") < 561
    hints = opened.find_elements("class name", "enlarge")
    assert hints and all(hint.is_displayed() == phone for hint in hints)
    wide = """return [...document.querySelectorAll('.scroll')]
        .filter(s => s.scrollWidth > s.clientWidth + 1)
        .map(s => s.outerHTML.slice(0, 120));"""
    if phone:
        assert opened.execute_script(wide) == []
    picture = opened.find_element("class name", "picture")
    assert picture.get_attribute("href").endswith("figure.svg")


def test_tables_sort_and_search(opened):
    """A click on a heading sorts by number, a second one the other way round; the box filters."""
    table = "document.querySelector('#collapse table.sortable')"
    if not opened.execute_script(f"return Boolean({table});"):
        pytest.skip("this experiment has no table of classes")
    values = f"return [...{table}.tBodies[0].rows].map(r => Number(r.cells[2].dataset.value));"
    given = opened.execute_script(values)
    assert given == sorted(given, reverse=True)  # most alike first
    opened.execute_script(f"{table}.tHead.rows[0].cells[2].click();")
    assert opened.execute_script(values) == sorted(given)
    opened.execute_script(f"{table}.tHead.rows[0].cells[2].click();")
    assert opened.execute_script(values) == sorted(given, reverse=True)
    boxes = opened.find_elements("css selector", "#collapse input.search")
    if boxes:
        boxes[0].send_keys("no such class")
        shown = f"return [...{table}.tBodies[0].rows].filter(r => !r.hidden).length;"
        assert opened.execute_script(shown) == 0


def test_notebooks_open_without_a_network(opened, report):
    """The notebook's page behind a card asks for nothing from outside."""
    item = json.loads((report / "summary.json").read_text())["items"][0]
    opened.get((report / item["html"]).as_uri())
    urls = requested(opened)
    assert urls and [u for u in urls if not u.startswith(("file:", "data:", "blob:"))] == []
