"""Runs the commands of all recipes and of our own workflows, with the programs that are named: run.py PROGRAM BROKER-DOUBLE FILE…

The program is packed as a release packs it and taken from there, so that names of archives, checksums and folders are tried as well.
Whatever cannot be run here is told, with the reason.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import broker
import github
import gitlab
from stage import HERE, ROOT, Elsewhere, Failed, Stage, mistaken, read

VERSION = subprocess.run([sys.executable, ROOT / "packaging" / "release", "number"], check=True, capture_output=True, text=True).stdout.strip()
TOKEN = "a-token-of-staging"


@dataclass
class Setting:
    """What the services would know: the variables, the program, what jobs hand on."""

    program: str
    folder: Path
    releases: Path
    staging: str
    broker: str
    runs: int = 0
    image: str = f"ghcr.io/owner/repository:{VERSION}"
    elsewhere: Elsewhere = field(default_factory=lambda: Elsewhere(HERE / "elsewhere.yml"))

    def begin(self):
        """Ground for another run, with nothing on it of those before."""
        self.runs += 1

    @property
    def ground(self):
        return self.folder / f"run-{self.runs}"

    @property
    def artifacts(self):
        return self.ground / "artifacts"

    @property
    def variables(self):
        return {"HARVER_ICIMS_RELEASES": f"file://{self.releases}", "HARVER_ICIMS_IMAGE": self.image, "STAGING_URL": self.staging,
                "STAGING_TOKEN": TOKEN, "PACT_BROKER_BASE_URL": self.broker, "PACT_BROKER_TOKEN": broker.TOKEN,
                "CI_COMMIT_SHA": f"0123456789abcdef-{self.runs}", "CI_COMMIT_REF_NAME": "main", "CI_COMMIT_BRANCH": "main"}

    @property
    def known(self):
        told = {f"vars.{name}": value for name, value in self.variables.items() if "TOKEN" not in name}
        told |= {f"secrets.{name}": value for name, value in self.variables.items() if "TOKEN" in name}
        return told | {"github.sha": self.variables["CI_COMMIT_SHA"], "github.ref": "refs/heads/main", "github.ref_name": f"v{VERSION}",
                       "github.token": "a-token-of-the-job", "github.event.before": "HEAD~1"}

    def check_out(self, file, work):
        """What lies in the repository of whoever uses a recipe; for our own workflows, ours, with a changelog that is ready for a release."""
        if not file.startswith(".github/"):
            shutil.copy(ROOT / "examples" / "ci" / "staging.toml", work)
            shutil.copytree(ROOT / "pacts", work / "pacts")
            return
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True)
        for name in listed.stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, work / name)
        changes = work / "CHANGELOG.md"
        changes.write_text(changes.read_text().replace(f"## Unreleased ({VERSION})", f"## {VERSION} (2030-01-01)", 1))
        subprocess.run("git init -q . && git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m all", shell=True, cwd=work, check=True)
        program = work / "target" / "x86_64-unknown-linux-gnu" / "release" / "harver-icims"
        program.parent.mkdir(parents=True)
        shutil.copy(self.program, program)


def release(program, folder):
    """The program as users download it; for the other platforms something stands in."""
    targets = subprocess.run([sys.executable, ROOT / "packaging" / "release", "targets"], check=True, capture_output=True, text=True).stdout.split()
    for target in targets:
        into = folder / "programs" / target
        into.mkdir(parents=True)
        if target == "x86_64-unknown-linux-gnu":
            shutil.copy(program, into / "harver-icims")
        else:
            (into / ("harver-icims.exe" if "windows" in target else "harver-icims")).write_text("This stands for a program.\n")
    dist = folder / "releases" / f"v{VERSION}"
    subprocess.run([sys.executable, ROOT / "packaging" / "release", "assemble", folder / "programs", dist, "https://github.com/owner/repository"],
                   check=True)
    if shutil.which("ruby"):
        subprocess.run(["ruby", "-c", dist / "harver-icims.rb"], check=True, stdout=subprocess.DEVNULL)
    else:
        print("not run  the syntax of the Homebrew formula: no ruby here")
    return folder / "releases"


def main():
    program, double, files = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        staging = Stage(folder / "staging", {})
        try:
            line = staging.start(program, ["up", "--json", "--port", "0", "--control-token", TOKEN], {})
            address = line.split('"control":{"base_url":"')[1].split('"')[0]
            address_of_broker = staging.start(double, ["--token", broker.TOKEN], {}).strip()
            setting = Setting(program, folder, release(program, folder), address, broker.populated(address_of_broker, program))
            failed = [each for file in files for each in tried(file, setting)]
            failed += [each for mistake, copy in mistaken("run", folder / "mistakes") for each in noticed(mistake, copy, setting)]
        finally:
            staging.end()
    failed += [f"elsewhere.yml has what no recipe has: {entry}" for entry in setting.elsewhere.stale(files)]
    if failed:
        sys.exit("\nFailed:\n" + "\n".join(failed))


def noticed(mistake, copy, setting):
    """Runs a recipe with a mistake in it; returns what is wrong if that is not told."""
    said = "\n".join(tried(mistake["file"], setting, copy))
    # The commands themselves, which stand before, may well say it, too.
    said = said.rsplit("\n--\n", 1)[-1]
    if mistake["says"] in said:
        print(f"ok       {mistake['file']}, with a mistake in it: {mistake['says']}", flush=True)
        return []
    return [f"{mistake['file']}: with {mistake['new']!r} the run does not say {mistake['says']!r}, but: {said or 'nothing'}"]


def tried(file, setting, copy=None):
    """Runs one file and tells each step, or a copy of it in silence; returns why it failed, if it did."""
    how = gitlab if "/gitlab/" in file else github
    setting.begin()
    try:
        for line in how.run(file, read(Path(copy or ROOT / file)), setting):
            if not copy:
                print(line, flush=True)
    except Failed as failure:
        if not copy:
            print(f"FAILED   {file}", flush=True)
        return [str(failure)]
    return []


main()
