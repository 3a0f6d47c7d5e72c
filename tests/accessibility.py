"""What axe finds on a page that has wholly arrived: a click gives back as soon as the next page begins."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def faults(page: Page) -> str:
    """The report of what is against WCAG 2.2 AA; empty when nothing is."""
    page.wait_for_load_state("load")
    results = Axe().run(page)
    return f"{page.url}: {results.generate_report()}" if results.violations_count else ""
