"""Hooks of `.ci/fuzz-apis`.

Time moves on, so that no allowance of calls is used up. And every other request names something that exists: random ids alone would
only ever show what a 404 looks like.
"""

import gzip
import itertools
import json
import os
import urllib.request

import schemathesis

API = os.environ["FUZZED_API"]
# Ids that exist: {"kind": {"people": "1"}, "": {"vacancy": "…"}}; the second by the name of the variable alone.
KNOWN = json.loads(os.environ["KNOWN_IDS"])
# How many calls an API takes, and how long its window is.
WINDOWS = {"icims": (8_000, "1d"), "platform": (400, "61s")}
FIELDS = {
    "people": ["phones", "addresses", "firstname", "email", "folder", "resume"],
    "jobs": ["jobtitle", "assessmenttype", "joblocation", "recruiter"],
    "companies": ["name", "addresses"],
    "applicantworkflows": ["assessmentresults", "status", "submittalstatuslog", "baseprofile"],
}
turns = itertools.count()
calls = itertools.count(1)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    turn = next(turns)
    if turn % 2 or not path_parameters:
        return path_parameters
    kind = path_parameters.get("kind")
    if isinstance(kind, str) and kind in FIELDS:
        if "id" in path_parameters and kind in KNOWN["kind"]:
            path_parameters["id"] = int(KNOWN["kind"][kind])
        if "field" in path_parameters:
            path_parameters["field"] = FIELDS[kind][turn // 2 % len(FIELDS[kind])]
    for name, value in KNOWN[""].items():
        if name in path_parameters:
            path_parameters[name] = value
    return path_parameters


@schemathesis.serializer("application/gzip")
def packed(context, value):
    """The file of a customer: every other one is really packed, so that its content is looked at, too."""
    content = value if isinstance(value, bytes) else str(value).encode()
    return gzip.compress(content) if next(turns) % 2 else content


@schemathesis.hook
def before_call(context, case, kwargs):
    allowed, window = WINDOWS.get(API, (0, ""))
    if allowed and next(calls) % allowed == 0:
        body = json.dumps({"advance": window}).encode()
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(os.environ["CONTROL_URL"] + "/__sandbox/clock", data=body), timeout=30).read()
