"""Audit the pins and the workflows, and write the bill of materials; `make supply-chain` runs this.

Needs the environment of requirements/audit.txt. What cannot be checked is reported as a failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from licences import licence_of, pins

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
RUN_TIME = REQUIREMENTS / "tap.txt"
SBOM = ROOT / "dist" / "tap-mws-reports.cdx.json"
WORKFLOWS = (
    ROOT / ".github",
    ROOT / "docs" / "recipes" / "github-actions.yml",
    ROOT / "deploy" / "github-actions" / "amazon-reports.yml",
)
"""The project's own, and those that users copy."""
TOOLS = ROOT / ".venv-audit" / "bin"


def main() -> int:
    """Run all checks, say how each ended, and return the exit code."""
    audited: Counter[str] = Counter()
    failed = [*audit(audited), *check_workflows()]
    figures = {
        "components": write_sbom(),
        "packages": len(pins()),
        "audited": audited[RUN_TIME.name],
        "failed": len(failed),
    }
    for each in failed:
        print(f"FAILED: {each}")
    print(json.dumps(figures))
    return 1 if failed else 0


def audit(audited: Counter[str]) -> Iterator[str]:
    """Ask for known vulnerabilities of every pin; yield what is wrong, file by file.

    ``audited`` receives the number of audited pins of each file.
    """
    for file in [RUN_TIME, *sorted(set(REQUIREMENTS.glob("*.txt")) - {RUN_TIME})]:
        command = ["pip-audit", "--disable-pip", "--require-hashes", "--format", "json", "-r"]
        done = _run([*command, str(file)])
        found = read_audit(done.stdout) if done.stdout.strip() else None
        if found is None:
            yield f"{file.name} was not audited: {done.stderr.strip()[-300:]}"
            return
        known, unknown, total = found
        audited[file.name] = total - unknown
        print(
            f"{file.name}: {audited[file.name]} of {total} pins audited, "
            f"{len(known)} vulnerabilities"
        )
        yield from (f"{file.name}: {each}" for each in known)
        if not audited[file.name]:
            yield "the database of vulnerabilities does not answer here: no pin was audited"
            return
        if unknown:
            yield f"{file.name}: {unknown} packages were not audited"


def read_audit(text: str) -> tuple[list[str], int, int]:
    """Read the output of pip-audit.

    Returns:
        What is vulnerable, with the versions that mend it; the number of packages that were not
        audited; and the number of all.
    """
    packages = json.loads(text)["dependencies"]
    known = [
        f"{each['name']} {each['version']}: {found['id']}; "
        f"mended in {', '.join(found['fix_versions']) or 'no version'}"
        for each in packages
        for found in each.get("vulns", [])
    ]
    return known, sum("skip_reason" in each for each in packages), len(packages)


def check_workflows() -> Iterator[str]:
    """Look for weaknesses of the workflows, without the network."""
    options = ["--offline", "--quiet", "--no-progress"]
    done = _run(["zizmor", *options, *map(str, WORKFLOWS)])
    print(f"zizmor: {'no findings' if done.returncode == 0 else 'findings'}")
    if done.returncode:
        yield f"zizmor: {done.stdout or done.stderr}"


def write_sbom() -> int:
    """Write the bill of materials of the wheel, CycloneDX with the pins; return its components."""
    SBOM.parent.mkdir(exist_ok=True)
    command = ["cyclonedx-py", "requirements", "--pyproject", str(ROOT / "pyproject.toml")]
    options = ["--mc-type", "application", "--short-PURLs", "--output-reproducible"]
    done = _run([*command, *options, str(RUN_TIME)])
    if done.returncode:
        sys.exit(f"no bill of materials: {done.stderr}")
    sbom = with_licences(json.loads(done.stdout))
    SBOM.write_text(f"{json.dumps(sbom, indent=2)}\n", "utf-8")
    count = len(sbom["components"])
    print(f"{SBOM.relative_to(ROOT)}: {count} components")
    return count


def with_licences(sbom: dict[str, Any]) -> Mapping[str, Any]:
    """Give each component its licence and hashes, in place of the address that it came from."""
    for component in sbom["components"]:
        references = component.pop("externalReferences", [])
        hashes = [found for each in references for found in each.get("hashes", [])]
        component["hashes"] = hashes
        component["licenses"] = [{"license": {"name": licence_of(component["name"])}}]
    return sbom


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    program = [str(TOOLS / command[0]), *command[1:]]
    return subprocess.run(program, capture_output=True, text=True, check=False, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
