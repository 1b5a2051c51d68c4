"""Runs the jobs of a workflow as GitHub would: step by step, with its environment, its files and what it hands from job to job.

Conditions are not looked at: every step is run, unless it stands in elsewhere.yml. Of a matrix the first row is run; for the others
something stands in where a step keeps it.
"""

import re
import shutil

from stage import Failed, Stage, must_exist, own_address

ALONE = ["bash", "-e"]
NAMED = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
ACTIONS = {"actions/checkout", "actions/cache", "actions/upload-artifact", "actions/download-artifact"}


def filled(text, known, where):
    """The text with the value of each `${{ … }}`; of alternatives the first that has one."""
    def value(match):
        names = [name.strip() for name in match[1].split("||")]
        values = [name[1:-1] if name.startswith("'") else known.get(name) for name in names]
        if all(value is None for value in values):
            raise Failed(f"{where}: nothing is known of ${{{{ {match[1]} }}}} here; .ci/workflows/run.py has what is")
        return next((value for value in values if value), "")
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", value, str(text))


def in_order(jobs):
    """Jobs after those that they need."""
    done = []
    while len(done) < len(jobs):
        ready = [name for name, job in jobs.items() if name not in done and set(needed(job)) <= set(done)]
        if not ready:
            raise Failed("jobs need one another in a circle, or one that is not there")
        done += ready
    return done


def needed(job):
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def run(file, workflow, setting):
    """Runs each job; yields what was done, a line each."""
    for name in in_order(workflow["jobs"]):
        job = workflow["jobs"][name]
        rows = job.get("strategy", {}).get("matrix", {}).get("include", [{}])
        stage = Stage(setting.ground / "jobs" / name, {
            "GITHUB_ACTIONS": "true", "GITHUB_SHA": setting.known["github.sha"], "GITHUB_REF_NAME": setting.known["github.ref_name"],
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "owner/repository", "GITHUB_ACTOR": "owner"})
        try:
            yield from run_job(file, workflow, name, rows, stage, setting)
        finally:
            stage.end()


def run_job(file, workflow, name, rows, stage, setting):
    job, temporary = workflow["jobs"][name], stage.home / "temp"
    temporary.mkdir()
    known = {**setting.known, **{f"matrix.{key}": value for row in rows for key, value in dict.fromkeys(row, "").items()}}
    known |= {f"matrix.{key}": value for key, value in rows[0].items()} | {"runner.temp": str(temporary)}
    stage.environment |= {"RUNNER_TEMP": str(temporary), "GITHUB_WORKSPACE": str(stage.work), "RUNNER_OS": "Linux"}
    for level in (workflow, job):
        for key, value in level.get("env", {}).items():
            stage.environment[key] = known[f"env.{key}"] = filled(value, known, f"{file}: env {key}")
    for service, about in job.get("services", {}).items():
        serve(f"{file}: {name}: {service}", about, known, stage, setting)
    files = {key: stage.home / key for key in ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for index, step in enumerate(job["steps"], 1):
        title = step.get("name") or step.get("uses") or f"step {index}"
        reason = setting.elsewhere.reason(file, f"{name}/{title}")
        if reason:
            yield f"not run  {file}: {name}: {title}: {reason}"
        elif "uses" in step:
            yield use(file, name, title, step, rows, known, stage, setting)
        else:
            for path in files.values():
                path.write_text("")
            shell = step.get("shell") or job.get("defaults", {}).get("run", {}).get("shell")
            script = filled(step["run"], known, f"{file}: {title}")
            own = {key: filled(value, known, f"{file}: {title}: {key}") for key, value in step.get("env", {}).items()}
            own |= {key: str(path) for key, path in files.items()}
            # Longer than that here means that it hangs.
            seconds = 60 * min(step.get("timeout-minutes", 10), job["timeout-minutes"], 10)
            stage.run(f"{file}: {name}: {title}", NAMED[shell] if shell else ALONE, script, own, seconds)
            stage.path[:0] = files["GITHUB_PATH"].read_text().split("\n")[:-1]
            stage.environment |= dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
            yield f"ok       {file}: {name}: {title}"


def serve(where, about, known, stage, setting):
    """The program of the tests in the place of the image: the image's own command, and its ports as they are published."""
    if filled(about["image"], known, where) != setting.image:
        raise Failed(f"{where}: only the sandbox's image can be played")
    published = [str(port) for port in about["ports"]]
    if sorted(published) != [f"{port}:{port}" for port in (8700, 8701, 8702, 8703, 8725)]:
        raise Failed(f"{where}: the ports are {published}, and links lead to those of the image")
    environment = {key: filled(value, known, where) for key, value in about.get("env", {}).items()}
    stage.start(setting.program, ["up", "--json"], {"HARVER_ICIMS_LISTEN_ADDRESS": "0.0.0.0", **environment})
    # A container is asked from outside, where this machine's own address gets in without a token.
    for key, value in stage.environment.items():
        stage.environment[key] = value.replace("//127.0.0.1:", f"//{own_address()}:")


def use(file, name, title, step, rows, known, stage, setting):
    action, given = step["uses"].split("@")[0], step.get("with", {})
    where = f"{file}: {name}: {title}"
    if action not in ACTIONS:
        raise Failed(f"{where}: nothing plays {action}")
    if action == "actions/checkout":
        setting.check_out(file, stage.work)
    elif action == "actions/upload-artifact":
        keep(where, given, rows, known, stage, setting)
    elif action == "actions/download-artifact":
        fetch(where, given, known, stage, setting)
    return f"played   {where}"


def keep(where, given, rows, known, stage, setting):
    """Something must be there to be uploaded. Of a single file the artifact has the name alone."""
    path = filled(given["path"], known, where)
    must_exist(stage.work, path, where)
    target = setting.artifacts / filled(given["name"], known, where)
    target.mkdir(parents=True)
    kept = stage.work / path
    if kept.is_dir():
        shutil.copytree(kept, target, dirs_exist_ok=True)
    else:
        shutil.copy(kept, target)
    for row in rows[1:]:
        other = {**known, **{f"matrix.{key}": row.get(key, "") for key in {key for each in rows for key in each}}}
        stand_in = setting.artifacts / filled(given["name"], other, where) / (kept.name + row.get("suffix", ""))
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text("This stands for a program.\n")


def fetch(where, given, known, stage, setting):
    """By name into the folder itself, by a pattern into one folder each."""
    into = stage.work / filled(given["path"], known, where)
    found = sorted(setting.artifacts.glob(filled(given.get("name") or given["pattern"], known, where)))
    if not found:
        raise Failed(f"{where}: no job before has kept that")
    for artifact in found:
        shutil.copytree(artifact, into if "name" in given else into / artifact.name, dirs_exist_ok=True)
