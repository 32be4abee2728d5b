"""Check that the Chinese catalogue says everything the code says, or bring the code's new sentences into it.

    scripts/check_messages.py           fails on a sentence that is missing, untranslated, fuzzy or no longer used,
                                        and on placeholders that differ between the languages, and on a reader
                                        who is spoken to otherwise than everywhere else
    scripts/check_messages.py --update  writes new sentences into locale/ and drops those no longer used

English is the language of the source and needs no catalogue. Needs GNU gettext.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
# What holds sentences for a reader of the product.
SOURCES = ("engage", "consultations", "surveys", "mailbox", "templates", "locale", "manage.py")
# The product says the plain "you" to everybody; two ways on one page sound like two speakers.
PLAIN, STIFF = "你", "您"
FAULTS = (
    ("without a translation", "--untranslated"),
    ("marked fuzzy", "--only-fuzzy"),
    ("no longer in the code", "--only-obsolete"),
)


def extract(folder: Path, *options: str) -> None:
    """Run makemessages over the sources in this folder."""
    (folder / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "manage.py", "makemessages", "--locale", LANGUAGE, "--no-location", "--no-wrap"]
    ignored = [f"--ignore={name}" for name in (".venv", "var", "tests", "scripts", "benchmarks", "docs", "deploy")]
    done = subprocess.run([*command, *ignored, *options], cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"makemessages ended with status {done.returncode}")


def entries(catalogue: Path, selection: str) -> str:
    """The entries of a catalogue that msgattrib selects, without the header; empty when there is none."""
    arguments = ["msgattrib", "--no-wrap", selection, str(catalogue)]
    if selection == "--untranslated":
        # Obsolete entries are told apart, as such.
        arguments.insert(1, "--no-obsolete")
    told = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout
    blocks = told.strip().split("\n\n")
    return "\n\n".join(block for block in blocks if 'msgid ""\nmsgstr ""\n"' not in block).strip()


def copy_of_sources(folder: Path) -> None:
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        elif source.exists():
            shutil.copy2(source, folder / name)


def check() -> int:
    with tempfile.TemporaryDirectory(prefix="engage-messages-") as name:
        folder = Path(name)
        copy_of_sources(folder)
        extract(folder)
        faults = [(title, entries(folder / CATALOGUE, selection)) for title, selection in FAULTS]
        form = subprocess.run(["msgfmt", "--check", "--output-file", os.devnull, str(folder / CATALOGUE)])
    stiff = [line for line in (ROOT / CATALOGUE).read_text("utf-8").splitlines() if STIFF in line]
    if stiff:
        print("\n".join((f"\nThe reader is {PLAIN}, never {STIFF}:", *stiff)))
    for title, found in faults:
        if found:
            print(f"\nSentences {title} ({found.count('msgid ')}):\n\n{found}")
    if stiff or any(found for _, found in faults) or form.returncode:
        print(f"\n{CATALOGUE} is not complete: `make messages` brings the sentences in, a person puts them right.")
        return 1
    print(f"{CATALOGUE} is complete.")
    return 0


def update() -> int:
    extract(ROOT, "--no-obsolete")
    told = subprocess.run(
        ["msgfmt", "--statistics", "--output-file", os.devnull, str(ROOT / CATALOGUE)],
        stderr=subprocess.PIPE,
        text=True,
    )
    print(f"{CATALOGUE}: {told.stderr.strip()}")
    return told.returncode


def main() -> int:
    if not shutil.which("xgettext") or not shutil.which("msgattrib"):
        print("GNU gettext is not here (Debian: apt install gettext; macOS: brew install gettext).", file=sys.stderr)
        return 1
    return update() if sys.argv[1:] == ["--update"] else check()


if __name__ == "__main__":
    sys.exit(main())
