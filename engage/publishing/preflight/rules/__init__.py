"""Every check of the preflight, and how they run; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engage.publishing.preflight.bundle import Bundle, Checked, Finding, Form, Outside, Report
from engage.publishing.preflight.rules import files, links, parity, pictures, structure, wording
from engage.publishing.preflight.rules.links import external_links

Check = Callable[[Bundle, Outside], Checked]

CHECKS: tuple[Check, ...] = (
    structure.check_parts,
    structure.check_periods,
    wording.check_personal,
    files.check,
    pictures.check_alternatives,
    links.check,
    structure.check_headings,
    structure.check_tables,
    parity.check,
    wording.check_readability,
    wording.check_capitals,
    wording.check_foreign,
    pictures.check_contrast,
)


def run(bundle: Bundle, outside: Outside) -> Report:
    """Run every check, and lead each finding to the part in which its words stand."""
    return Report([_placed(check(bundle, outside), bundle) for check in CHECKS])


def _placed(checked: Checked, bundle: Bundle) -> Checked:
    return replace(checked, findings=tuple(_lead(finding, bundle) for finding in checked.findings))


def _lead(finding: Finding, bundle: Bundle) -> Finding:
    if not finding.needle:
        return finding
    for block in bundle.blocks:
        fix_url = block.fix_urls.get(finding.language, "")
        written = block.texts.get(finding.language, "") + block.html.get(finding.language, "")
        if fix_url and finding.needle in written:
            return replace(finding, where=f"{finding.where} · {block.label}", fix_url=fix_url)
    return finding


__all__ = ["CHECKS", "Bundle", "Finding", "Form", "Outside", "Report", "external_links", "run"]
