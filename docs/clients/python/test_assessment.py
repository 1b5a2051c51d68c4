"""One assessment from start to end, against the whole world in one process. Python 3.9 or later, nothing but its standard library.

    HARVER_ICIMS=target/debug/harver-icims python3 -m unittest discover -v docs/clients/python
"""

import base64
import json
import os
import subprocess
import time
import unittest
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

ANSWERS = {
    "sjt": ["a"] * 4,
    "cognitive": ["a"] * 4,
    "personality": ["9"] * 6,
    "typing": ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"],
}

# Everything is on this machine, of which a proxy in HTTP_PROXY knows nothing.
DIRECT = urllib.request.ProxyHandler({})


def call(method, url, body=None, headers=None):
    """One JSON request; the answer's JSON, or None if it has no body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    with urllib.request.build_opener(DIRECT).open(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Customer:
    """One isolated customer: the keys of the ready line, and what a test does with them."""

    def __init__(self, keys):
        self.keys = keys
        self.id = keys["icims"]["customer_id"]
        self.control = keys["control"]["base_url"] + "/__sandbox"

    def icims(self, method, path, body=None):
        keys = self.keys["icims"]
        secret = base64.b64encode(f"{keys['username']}:{keys['password']}".encode()).decode()
        return call(method, f"{keys['base_url']}/customers/{self.id}{path}", body, {"authorization": f"Basic {secret}"})

    def advance(self, workflow, status):
        """What a recruiter does; iCIMS tells the integration of it."""
        self.icims("PATCH", f"/applicantworkflows/{workflow}", {"status": {"id": status}})

    def mail(self):
        """The customer's newest mail; waits for one if there is none yet."""
        return call("GET", f"{self.control}/mail/wait?customer={self.id}&timeout=20s")

    def settle(self):
        """Returns when nothing is on its way any more: no event, no webhook, no work of the integration."""
        deadline = time.monotonic() + 20
        while any(call("GET", f"{self.control}/health?customer={self.id}")["pending"].values()):
            if time.monotonic() > deadline:
                raise TimeoutError("something is still pending; GET /__sandbox/health says what")
            time.sleep(0.02)

    def results(self, workflow):
        return self.icims("GET", f"/applicantworkflows/{workflow}/fields/assessmentresults")


def take_assessment(link):
    """What the candidate does in a browser: accept the terms and answer page after page."""
    browser = urllib.request.build_opener(DIRECT, urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(link, timeout=30).url
    form = {"terms": "yes"}
    while not page.endswith("/end"):
        page = browser.open(page, urllib.parse.urlencode(form).encode(), timeout=30).url
        answers = ANSWERS.get(page.rsplit("/", 1)[-1], [])
        form = {f"q{at}": answer for at, answer in enumerate(answers, 1)}


class AssessmentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        program = os.environ.get("HARVER_ICIMS", "harver-icims")
        cls.process = subprocess.Popen([program, "up", "--json", "--port", "0"], stdout=subprocess.PIPE, text=True)
        # The one line comes when everything answers; its end without a line means that it did not start.
        cls.ready = json.loads(cls.process.stdout.readline() or "null")
        if cls.ready is None:
            raise RuntimeError(f"{program} did not start; it has said why on standard error")

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.process.wait(timeout=20)
        cls.process.stdout.close()

    def setUp(self):
        # A customer of its own for every test: what one test does, no other sees.
        self.customer = Customer(call("POST", self.ready["control"]["base_url"] + "/__sandbox/customers", {}))
        self.sample = self.customer.keys["sample"]

    def test_a_candidate_is_invited_and_the_result_comes_back(self):
        workflow = self.sample["workflow_id"]
        self.customer.advance(workflow, self.sample["send_to_harver_status"])
        link = next(link for link in self.customer.mail()["links"] if "/magic-link/" in link)
        take_assessment(link)
        self.customer.settle()
        (row,) = self.customer.results(workflow)
        self.assertEqual(row["assessmentstatus"]["value"], "Complete")
        self.assertIn("assessmentscore", row)

    def test_nobody_is_invited_who_is_not_sent(self):
        self.customer.advance(self.sample["workflow_id"], "C40120")
        self.customer.settle()
        self.assertEqual(call("GET", f"{self.customer.control}/mail?customer={self.customer.id}"), {"messages": []})


if __name__ == "__main__":
    unittest.main()
