"""Known vulnerabilities and licences of everything that is installed: `python -m evals.audit_packages` (make audit).

Vulnerabilities by pip-audit, which asks the database of the Python Packaging Authority over the internet. Where that cannot be reached
it says so and ends with status 3: not audited is not the same as clean. Licences are read from the packages themselves.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from typing import Any

CLEAN, FOUND, NOT_AUDITED = 0, 1, 3
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software|HPND|Unlicense|CC0|MPL|Mozilla|0BSD|Zlib|Public Domain|BSL", re.IGNORECASE
)
COPYLEFT = re.compile(r"\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)
# Packages whose metadata names no licence, or names it in words of its own, with what their licence file says.
KNOWN = {"findings-somerset-2018": "MIT", "axe-playwright-python": "MIT"}


def licence(package: Distribution) -> str:
    """What a package says of its licence: the expression, the classifiers, or the first line of the field."""
    data: Any = package.metadata
    told = [data.get("License-Expression") or ""]
    told += [one.rsplit("::", 1)[-1].strip() for one in data.get_all("Classifier") or [] if one.startswith("License ::")]
    told.append((data.get("License") or "").strip().split("\n")[0][:80])
    return next((one for one in told if one and one != "OSI Approved"), "")


def licences() -> tuple[dict[str, str], list[str]]:
    """The licence of each package, and those that need a look."""
    found = {package.metadata["Name"]: KNOWN.get(package.metadata["Name"]) or licence(package) for package in distributions()}
    doubtful = [name for name, text in found.items() if not PERMISSIVE.search(text) or COPYLEFT.search(text)]
    return found, sorted(doubtful, key=str.casefold)


def vulnerabilities() -> tuple[list[str], list[str]] | None:
    """One line for each known vulnerability, and the packages the database knows nothing of; None where it could not be reached.

    An index that stands in for the public one knows no package: pip-audit then finds nothing, and calls that clean.
    """
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--skip-editable",
        "--timeout",
        "10",
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    try:
        checked = json.loads(ran.stdout)["dependencies"]
    except (ValueError, LookupError):
        print(ran.stderr.strip().split("\n")[-1][:200], file=sys.stderr)
        return None
    unknown = [one["name"] for one in checked if "skip_reason" in one and one["name"] not in KNOWN]
    if len(unknown) > len(checked) / 2:
        return None
    return [f"{one['name']} {one['version']}: {hit['id']}" for one in checked for hit in one.get("vulns", [])], unknown


def main() -> None:
    found, doubtful = licences()
    print(f"{len(found)} packages; licences that need a look: {len(doubtful)}")
    for name in doubtful:
        print(f"  {name}: {found[name] or 'names none'}")
    known = vulnerabilities()
    if known is None:
        print("Vulnerabilities: NOT AUDITED. The database could not be reached: run this where the internet can be reached.")
        raise SystemExit(NOT_AUDITED)
    hits, unknown = known
    print(f"Known vulnerabilities: {len(hits)}; packages that the database does not know: {len(unknown)}")
    for line in (*hits, *unknown):
        print(f"  {line}")
    raise SystemExit(FOUND if hits else CLEAN)


if __name__ == "__main__":
    main()
