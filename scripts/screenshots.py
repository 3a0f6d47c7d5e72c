"""Pictures for the README from a running demo: `python scripts/screenshots.py http://127.0.0.1:8080`.

Signs in with the demo's own accounts unless told others (`--operator`, `--administrator`, `--staff NAME:PASSWORD`);
needs a Chromium (`--browser PATH`).
Writes docs/images/*.png; every person on them is invented.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).resolve().parents[1] / "docs" / "images"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--operator", default="operator:demo-dieu-hanh-2026")
    parser.add_argument("--administrator", default="admin:demo-quan-tri-2026")
    parser.add_argument("--staff", default="staff:demo-nhan-vien-2026")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    asked = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.browser, args=arguments)
        take_all(browser, asked)
        browser.close()


def take_all(browser: Browser, asked: argparse.Namespace) -> None:
    """The log-in page, the board on a desk, in the dark and on a phone, the intake, a person's record, the design."""
    page = opened(browser, asked, "")
    shoot(page, "/login", "login")
    for name, how in (("ioc", {}), ("ioc-dark", {"color_scheme": "dark"}), ("ioc-phone", {"viewport": PHONE})):
        shoot(opened(browser, asked, asked.operator, **how), "/ioc/", name)
    page = opened(browser, asked, asked.administrator)
    shoot(page, "/intake/", "intake")
    shoot(page, "/intake/?severity=error", None)
    page.locator("#rows th a").first.click()
    shoot(page, None, "intake-file")
    shoot(page, "/ui", "ui")
    page = opened(browser, asked, asked.staff)  # who runs the platform sees no record
    shoot(page, "/record/", None)
    page.fill("#q", "nguyen thi")
    page.keyboard.press("Enter")
    page.locator("#found th a").first.wait_for()
    shoot(page, None, "record-search")
    page.locator("#found th a").first.click()
    shoot(page, None, "record")


def opened(browser: Browser, asked: argparse.Namespace, login: str, **how: object) -> Page:
    """A page of a new browser window, signed in when a `name:password` is given."""
    context = browser.new_context(base_url=asked.address, locale="vi-VN", **{"viewport": DESK, **how})
    page = context.new_page()
    username, _, password = login.partition(":")
    if username:
        page.goto("/login")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    return page


def shoot(page: Page, path: str | None, name: str | None) -> None:
    """Open the path when there is one, and take the picture when it has a name."""
    if path is not None:
        page.goto(path)
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(300)
    if name is not None:
        page.screenshot(path=OUT / f"{name}.png")
        print(OUT / f"{name}.png")


if __name__ == "__main__":
    main()
