"""What axe-core finds on a page that shuts out readers who do not see it, or use no mouse."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
_AXE = Axe()


def find_violations(page: Page) -> list[str]:
    """Return the serious and critical violations of a page: rule, element, what is wrong.

    Those inside the components are among them: axe looks into open shadow roots.
    """
    found = _AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
