"""Lints workflows and pipelines: lint.py FILE…, with the tools beside this Python. Then it lints each deliberate mistake of mistakes.yml."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gitlab
from stage import ROOT, Failed, mistaken, read

BESIDE = Path(sys.executable).parent
GITHUB = [
    ["actionlint", "-no-color"],
    ["zizmor", "--quiet", "--offline", "--no-progress", "--color", "never", "--config", str(ROOT / ".ci/workflows/zizmor.yml")],
    ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
    ["check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout"],
]
GITLAB = [["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]]


def lint(file):
    """What the tools say against the file; nothing if all are content."""
    if "/gitlab/" not in file:
        return said_by(GITHUB, file)
    # The schema looks at jobs alone, and not at what they extend: so they are put together as well.
    pipeline = read(ROOT / file)
    try:
        together = {name: value for name, value in pipeline.items() if name in gitlab.NO_JOBS} | dict(gitlab.jobs(pipeline))
    except (Failed, KeyError) as failure:
        return [*said_by(GITLAB, file), f"{file}: {failure}"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as whole:
        whole.write(json.dumps(together))
        whole.flush()
        return said_by(GITLAB, file) + said_by(GITLAB, whole.name)


def said_by(tools, file):
    said = []
    for tool, *options in tools:
        done = subprocess.run([BESIDE / tool, *options, file], cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            said.append(f"{file}: {tool}: {done.stdout}{done.stderr}".strip())
    return said


def main():
    failed = []
    for file in sys.argv[1:]:
        said = lint(file)
        print(f"{'FAILED' if said else 'ok':8} {file}")
        failed += said
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for mistake, file in mistaken("lint", Path(folder)):
            count += 1
            said = "\n".join(lint(file))
            if mistake["says"] not in said:
                failed.append(f"{mistake['file']}: with {mistake['new']!r} the linters do not say {mistake['says']!r}, but: {said or 'nothing'}")
    print(f"ok       {count} deliberate mistakes" if not failed else "")
    if failed:
        sys.exit("\n".join(failed))


main()
