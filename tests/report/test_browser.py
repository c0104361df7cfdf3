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


def test_the_bar_leads_to_each_part(opened):
    """At the first click, and at once: pictures that come later move nothing."""
    from selenium.webdriver.support.ui import WebDriverWait

    parts = [
        a.get_attribute("hash") for a in opened.find_elements("css selector", "nav a[href^='#']")
    ]
    assert len(parts) >= 4
    still = """const done = arguments[0], at = scrollY;
        setTimeout(() => done(at === scrollY), 300);"""
    below = """return [document.querySelector(arguments[0]).getBoundingClientRect().top,
        document.documentElement.scrollHeight - innerHeight - scrollY];"""
    for part in parts:
        opened.refresh()
        opened.execute_script(f"document.querySelector('nav a[href=\"{part}\"]').click();")
        WebDriverWait(opened, 20).until(lambda b: b.execute_async_script(still))
        top, left = opened.execute_script(below, part)
        assert abs(top) < 100 or (top > 0 and left < 2), (part, top, left)


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


def ready(browser) -> None:
    """Wait until a page of classes has drawn itself; it must have said nothing."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 20).until(
        lambda b: b.execute_script("return document.body.dataset.ready")
    )
    assert [e for e in browser.get_log("browser") if e["level"] in ("SEVERE", "WARNING")] == []
    assert {url.partition(":")[0] for url in requested(browser)} <= {"file", "data", "blob"}
    wide, seen = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth];"
    )
    assert wide <= seen


def point_of(browser, plot: str, index: int) -> tuple[int, int]:
    """Where a class's point is on the screen."""
    return tuple(
        browser.execute_script(
            """const view = [...Bokeh.index].find((v) => v.model.name === arguments[0]);
            const glyph = view.model.renderers[0], data = glyph.data_source.data;
            const box = view.el.getBoundingClientRect();
            return [box.left + view.frame.x_scale.compute(data[glyph.glyph.x.field][arguments[1]]),
                box.top + view.frame.y_scale.compute(data[glyph.glyph.y.field][arguments[1]])];""",
            plot,
            index,
        )
    )


def test_a_class_is_found_in_the_explorer_and_opened(opened, report):
    """Pointing shows it with its samples, a search lists it, a click opens its page."""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    if not (report / "explorer.html").is_file():
        pytest.skip("this experiment has no table of classes")
    opened.get((report / "explorer.html").as_uri())
    ready(opened)
    rows = "return document.querySelectorAll('#classes tbody tr').length;"
    every = opened.execute_script(rows)
    assert every == opened.execute_script("return Math.min(100, rowsOf(state.suite).length);")
    opened.execute_script(
        "document.getElementById('figure_04')"
        ".scrollIntoView({block: 'center', behavior: 'instant'});"
    )
    x, y = point_of(opened, "figure_04", 1)
    pointer = ActionChains(opened)
    pointer.w3c_actions.pointer_action.move_to_location(int(x), int(y))
    pointer.perform()
    named = opened.execute_script("return name(rowsOf(state.suite)[1][column.class]);")
    panel = opened.find_element("id", "hover")
    assert panel.is_displayed() and panel.text.splitlines()[0] == named

    find = opened.find_element("id", "find")
    find.send_keys(named)
    listed = opened.find_elements("css selector", "#classes tbody tr")
    assert 1 <= len(listed) < every and named in listed[0].text
    plot = "Bokeh.documents[0].get_model_by_name('figure_06')"
    chosen = f"return {plot}.renderers[0].data_source.selected.indices;"
    assert opened.execute_script(chosen) == opened.execute_script("return state.chosen;")
    link = listed[0].find_element("tag name", "a")
    link.send_keys(Keys.ENTER)  # by the keyboard alone
    ready(opened)
    assert opened.find_element("tag name", "h1").text == named


def test_a_class_page_shows_its_pictures_and_leads_on(opened, report):
    if not (report / "explorer.html").is_file():
        pytest.skip("this experiment has no table of classes")
    opened.get((report / "explorer.html").as_uri())
    ready(opened)
    link = opened.execute_script(
        "return classLink(state.suite, rowsOf(state.suite)[0][column.class]);"
    )
    opened.get((report / "x").as_uri()[:-1] + link)
    ready(opened)
    first = opened.find_element("tag name", "h1").text
    tiles = opened.find_elements("css selector", ".strip .tile")
    assert len(tiles) >= 10 and tiles[0].size["width"] == 64
    picture = tiles[0].value_of_css_property("background-image")
    assert picture.startswith('url("file:') and picture.endswith('.webp")')
    slider = opened.find_element("css selector", "input[type=range]")
    before = opened.find_element("css selector", ".slider .tile").get_attribute("style")
    slider.send_keys(*2 * ["\ue014"])  # the right arrow
    assert opened.find_element("css selector", ".slider output").text.startswith("3 of")
    assert opened.find_element("css selector", ".slider .tile").get_attribute("style") != before
    opened.find_element("id", "next").click()
    ready(opened)
    assert opened.find_element("tag name", "h1").text != first
    opened.find_element("css selector", ".kicker a").click()  # its model
    ready(opened)
    assert "acgan train --config" in opened.find_element("tag name", "pre").text
    assert opened.find_elements("css selector", "td a")


def test_a_windowed_table_has_every_class(browser, tmp_path, monkeypatch):
    """Sorted, searched and printed: the first are in the page, the others come from beside it."""
    from acgan.report import explorer

    monkeypatch.setattr(explorer, "WINDOW", 4)
    page = make_report(tmp_path) / "index.html"
    of_width(browser, WIDTHS[1])
    browser.get(page.as_uri())
    table = "document.getElementById('collapse-main_32')"
    names = f"return [...{table}.tBodies[0].rows].map((r) => r.cells[0].textContent);"
    assert len(browser.execute_script(names)) == 4
    browser.execute_script(f"{table}.tHead.rows[0].cells[4].click();")
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 10).until(lambda b: len(b.execute_script(names)) == 10)
    assert browser.execute_script(names)[0].startswith("<script>")  # accuracy 0, and text
    values = f"return [...{table}.tBodies[0].rows].map((r) => Number(r.cells[4].dataset.value));"
    found = browser.execute_script(values)
    assert found == sorted(found)
    link = f"return {table}.tBodies[0].rows[1].cells[0].firstChild.getAttribute('href');"
    assert browser.execute_script(link) == "class.html#main_32/1"
