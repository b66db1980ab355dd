"""A real service and a real browser; BROWSER_PATH names the browser, else the machine's."""

import pytest
from journeys.person import PHONE, Person
from journeys.service import Service
from playwright.sync_api import sync_playwright
from servers import find_browser

QUIET = ("disable-background-networking", "disable-component-update", "disable-sync")
FLAGS = [f"--{word}" for word in (*QUIET, "no-first-run", "disable-quic", "disable-gpu")]


@pytest.fixture
def service(database_url, tmp_path):
    """A service that is not started yet, so that a test can set its clock and seed it."""
    service = Service(database_url, tmp_path)
    yield service
    service.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", *FLAGS]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def person(browser, service):
    """A function that sits a person down at a browser of their own."""
    contexts = []

    def sit_down(email, scripts=True, viewport=PHONE, kind=Person):
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return kind(page, service, email, scripts)

    yield sit_down
    for context in contexts:
        context.close()
