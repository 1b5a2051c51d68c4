"""What recipes run on: an empty home, a folder for each job, and commands that are run as the service would run them."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent


class Failed(Exception):
    """A recipe does not do what it says."""


def read(path):
    return YAML(typ="safe", pure=True).load(path.read_text())


def mistaken(by, folder):
    """Each deliberate mistake for this way of looking, with the copy that has it."""
    for number, mistake in enumerate(read(HERE / "mistakes.yml")):
        if mistake["by"] != by:
            continue
        text = (ROOT / mistake["file"]).read_text()
        if mistake["old"] not in text:
            raise SystemExit(f"mistakes.yml: {mistake['file']} has no {mistake['old']!r} any more")
        copy = folder / str(number) / mistake["file"]
        copy.parent.mkdir(parents=True)
        copy.write_text(text.replace(mistake["old"], mistake["new"]))
        yield mistake, str(copy)


def own_address():
    """An address of this machine under which it is no longer "this machine" to a sandbox; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"


class Stage:
    """One job: its folder, its environment, and what it has started."""

    def __init__(self, folder, environment):
        self.home, self.work = folder / "home", folder / "work"
        for made in (self.home, self.work):
            made.mkdir(parents=True)
        self.path = [os.environ["PATH"]]
        self.environment = {"HOME": str(self.home), "CI": "true", "LANG": "C.UTF-8", "NO_PROXY": "*", **environment}
        self.started = []

    def run(self, name, shell, script, environment, seconds):
        """Runs a script in the job's folder; what it starts in the background lives until the job ends."""
        file = self.home / "script.sh"
        file.write_text(script)
        variables = {**self.environment, **environment, "PATH": os.pathsep.join(self.path)}
        log = self.home / "log"
        with log.open("w") as out:
            process = subprocess.Popen([*shell, str(file)], cwd=self.work, env=variables, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            self.started.append(process)
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = f"nothing after {seconds} s"
        if code != 0:
            raise Failed(f"{name}: {code}\n{script.strip()}\n--\n{log.read_text(errors='replace').strip()}")

    def start(self, program, arguments, environment):
        """Starts a service and returns it once it is ready."""
        log = self.home / "service.log"
        process = subprocess.Popen([program, *arguments], env={**self.environment, **environment, "PATH": os.environ["PATH"]}, text=True,
                                   stdout=subprocess.PIPE, stderr=log.open("w"), start_new_session=True)
        self.started.append(process)
        line = process.stdout.readline()
        if not line:
            raise Failed(f"the service did not start: {log.read_text()}")
        return line

    def end(self):
        """Ends what was started, and waits until it has: the next job may want the same ports."""
        for process in self.started:
            self.signal(process, signal.SIGTERM)
        deadline = time.monotonic() + 10
        for process in self.started:
            while process.poll() is None or self.signal(process, 0):
                if time.monotonic() > deadline:
                    self.signal(process, signal.SIGKILL)
                    break
                time.sleep(0.02)
            process.wait()

    @staticmethod
    def signal(process, number):
        """Signals everything that a process has started; whether anything of it was left."""
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return False
        return True


def must_exist(work, path, what):
    """Whatever a recipe keeps has to be there and to hold something."""
    found = [place for place in (sorted(work.glob(path)) if "*" in path else [work / path]) if place.exists()]
    files = [file for place in found for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file() and file.stat().st_size]
    if not files:
        raise Failed(f"{what}: {path} is not there, or empty")
    return files


class Elsewhere:
    """What cannot be run here, and why; each entry has to be met."""

    def __init__(self, path):
        self.reasons = {(file, name): why for file, entries in (read(path) or {}).items() for name, why in entries.items()}
        self.met = set()

    def reason(self, file, name):
        if (file, name) in self.reasons:
            self.met.add((file, name))
        return self.reasons.get((file, name))

    def stale(self, files):
        return sorted(f"{file}: {name}" for file, name in set(self.reasons) - self.met if file in files or not Path(file).exists())
