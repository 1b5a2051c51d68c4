"""Runs the jobs of a pipeline as GitLab would: before_script and script in one shell, then what is kept has to be there.

Rules are not looked at: every job is run, unless its line stands in elsewhere.yml.
"""

import re
import shutil

from stage import Failed, Stage, must_exist, own_address

NO_JOBS = {"stages", "variables", "default", "include", "workflow", "image", "services", "cache", "before_script", "after_script", "spec"}
PLAYED = {"stage", "image", "interruptible", "timeout", "services", "variables", "script", "before_script", "artifacts", "rules", "extends",
          "resource_group", "environment", "needs", "retry", "when", "allow_failure"}


def merged(below, above):
    """As `extends` merges: maps key by key, everything else whole."""
    both = dict(below)
    for key, value in above.items():
        both[key] = merged(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both


def whole(pipeline, name):
    job = pipeline[name]
    if "extends" not in job:
        return job
    return merged(whole(pipeline, job["extends"]), {key: value for key, value in job.items() if key != "extends"})


def jobs(pipeline):
    """Name and job, stage by stage."""
    found = {name: whole(pipeline, name) for name, job in pipeline.items() if name not in NO_JOBS and not name.startswith(".")}
    stages = pipeline["stages"]
    for name, job in found.items():
        if set(job) - PLAYED:
            raise Failed(f"{name}: nothing plays {sorted(set(job) - PLAYED)}")
    return sorted(found.items(), key=lambda entry: stages.index(entry[1]["stage"]))


def expanded(value, variables):
    return re.sub(r"\$\{?(\w+)\}?", lambda match: variables.get(match[1], ""), str(value))


def run(file, pipeline, setting):
    """Runs each job; yields what was done, a line each."""
    for name, job in jobs(pipeline):
        stage = Stage(setting.ground / "jobs" / name, {"GITLAB_CI": "true"})
        try:
            yield from run_job(file, pipeline, name, job, stage, setting)
        finally:
            stage.end()


def run_job(file, pipeline, name, job, stage, setting):
    where, kept = f"{file}: {name}", setting.artifacts
    variables = {**setting.variables, "CI_PROJECT_DIR": str(stage.work)}
    for level in (pipeline.get("variables", {}), job.get("variables", {})):
        variables |= {key: expanded(value, {**variables, **level}) for key, value in level.items()}
    for service in job.get("services", []):
        if expanded(service["name"], variables) != setting.image:
            raise Failed(f"{where}: only the sandbox's image can be played")
        # The name of the service is this machine's address, from where nobody gets in without a token.
        variables = {key: re.sub(rf"//{service['alias']}:", f"//{own_address()}:", value) for key, value in variables.items()}
        stage.start(setting.program, ["up", "--json"], {"HARVER_ICIMS_LISTEN_ADDRESS": "0.0.0.0", **variables})
    setting.check_out(file, stage.work)
    if kept.exists():
        shutil.copytree(kept, stage.work, dirs_exist_ok=True)
    lines = []
    for line in [*job.get("before_script", []), *job["script"]]:
        reason = setting.elsewhere.reason(file, f"{name}/{line}")
        if reason:
            yield f"not run  {where}: {line}: {reason}"
        else:
            lines.append(line)
    script = "\n".join(lines)
    stage.run(where, ["bash", "-eo", "pipefail"], script, variables, 600)
    yield f"ok       {where}: {len(lines)} lines"
    artifacts = job.get("artifacts", {})
    for path in [*artifacts.get("paths", []), *artifacts.get("reports", {}).values()]:
        for kept_file in must_exist(stage.work, path.rstrip("/"), where):
            target = kept / kept_file.relative_to(stage.work)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(kept_file, target)
        yield f"kept     {where}: {path}"
