"""A Pact Broker for recipes, played by the double of the tests, and those whom harver-icims meets in production.

They have verified what it wanted of them before; so a version that wants the same gets on with them.
"""

import json
import subprocess
import urllib.request

from stage import ROOT, Failed

TOKEN = "a-token-of-the-broker"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url, body=None):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Accept": "application/hal+json"}
    data = None if body is None else json.dumps(body).encode()
    with DIRECT.open(urllib.request.Request(url, data=data, headers=headers), timeout=30) as answer:
        return json.load(answer)


def populated(address, program):
    """Fills the broker; returns its address."""
    production = ask(f"{address}/environments", {"name": "production"})["uuid"]
    pacts = sorted((ROOT / "pacts").glob("harver-icims-*.json"))
    arguments = [program, "pact", "publish", *map(str, pacts), "--consumer-app-version", "before", "--branch", "main",
                 "--broker-base-url", address, "--broker-token", TOKEN]
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"the broker could not be filled: {done.stdout}{done.stderr}")
    for pact in pacts:
        provider = json.loads(pact.read_text())["provider"]["name"]
        published = ask(f"{address}/pacts/provider/{provider}/consumer/harver-icims/version/before")
        told = published["_links"]["pb:publish-verification-results"]["href"]
        ask(told, {"success": True, "providerApplicationVersion": "1", "testResults": []})
        ask(f"{address}/pacticipants/{provider}/versions/1/deployed-versions/environment/{production}", {})
    return address
