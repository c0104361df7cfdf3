"""The page of `acgan rate` in a real browser: by keyboard, on a phone, reloaded, saved, collected.

Needs Chromium and its driver (Debian: `apt-get install chromium chromium-driver`).
"""

import json
import time
from pathlib import Path

import pytest
import rated
from browsing import CHROMIUM, DRIVER, chromium, of_width

from acgan import cli
from acgan.io.files import read_csv

selenium = pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
    pytest.mark.skipif(not DRIVER, reason="no chromedriver on this machine"),
]
PICTURES = 6


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    yield from chromium(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def page(tmp_path, monkeypatch) -> Path:
    """The page, alone in a folder, as somebody gets it."""
    monkeypatch.chdir(tmp_path)
    results = rated.make(tmp_path)
    assert cli.main(["rate", "results/demo", "--pictures", str(PICTURES)]) == 0
    (made,) = (results / "rate").glob("*/index.html")
    (tmp_path / "mailed").mkdir()
    return made.rename(tmp_path / "mailed/page.html")


def press(browser, keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(keys).perform()


def text(browser, name: str) -> str:
    return browser.find_element("id", name).text


def saved(browser, folder: Path) -> Path:
    """The file that the button saves."""
    folder.mkdir()
    told = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", told)
    browser.find_element("id", "save").click()
    for _ in range(100):
        if found := list(folder.glob("*.csv")):
            return found[0]
        time.sleep(0.1)
    raise AssertionError("nothing was saved")


def test_by_keyboard_with_a_reload_in_between(browser, page, tmp_path):
    of_width(browser, 1300)
    browser.get(page.as_uri())
    assert text(browser, "place") == f"1 of {PICTURES}"
    assert text(browser, "question") == "Which class does it show?"
    press(browser, "2")
    assert text(browser, "question") == "Is it a real image, or generated?"
    press(browser, "1")
    press(browser, "1")  # the second picture's class
    browser.refresh()
    assert text(browser, "place") == f"2 of {PICTURES}"  # it goes on where it was
    assert text(browser, "question") == "Is it a real image, or generated?"
    press(browser, "\ue003")  # backspace: the class again
    assert text(browser, "question") == "Which class does it show?"
    press(browser, "9")  # no such class: nothing happens
    assert text(browser, "place") == f"2 of {PICTURES}"
    press(browser, "12" * (PICTURES - 1))
    assert "Thank you" in text(browser, "done")
    file = saved(browser, tmp_path / "downloads")
    rows = read_csv(file)
    assert len(rows) == PICTURES and list(rows[0]) == ["page", "sheet", "picture", "class", "real"]
    assert [row["real"] for row in rows] == ["real"] + ["generated"] * (PICTURES - 1)
    assert cli.main(["rate", "results/demo", "--collect", str(file)]) == 0
    collected = read_csv(tmp_path / "results/demo/rate/answers.csv")
    assert {row["named"] for row in collected} <= {"0", "1", "2", "3"}
    assert browser.get_log("browser") == []
    asked = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    urls = [
        e["params"]["request"]["url"] for e in asked if e["method"] == "Network.requestWillBeSent"
    ]
    assert all(u.startswith(("file:", "data:", "blob:")) for u in urls), urls


def test_on_a_phone_by_touch(browser, page):
    from selenium.webdriver.support.ui import WebDriverWait

    of_width(browser, 390)
    browser.get(page.as_uri())
    browser.execute_script("localStorage.clear()")  # the test above answered the same page
    browser.refresh()
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390
    picture = browser.find_element("id", "picture")
    width = "return arguments[0].naturalWidth"
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(width, picture) == rated.SIDE)
    buttons = browser.find_elements("css selector", "#choices button")
    assert len(buttons) == 2 and all(b.size["height"] >= 44 for b in buttons)
    named = {b.get_attribute("data-value"): b.text.lstrip("12").strip() for b in buttons}
    assert named in ({"0": "ape", "1": "bee"}, {"2": "<cat>", "3": "dog"})
    time.sleep(0.3)
    buttons[0].click()
    time.sleep(0.3)  # a second tap at once would be none
    browser.find_elements("css selector", "#choices button")[1].click()
    assert text(browser, "place") == f"2 of {PICTURES}"
    assert browser.get_log("browser") == []
