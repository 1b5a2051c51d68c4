"""A client of the iCIMS API on `requests`, against a sandbox that is running already (`harver-icims up`). Python 3.9 or later.

    python3 -m unittest discover -v docs/clients/python-requests
"""

import gzip
import json
import os
import unittest
from contextlib import ExitStack

import requests

CONTROL = os.environ.get("HARVER_ICIMS_CONTROL_URL", "http://127.0.0.1:8700") + "/__sandbox"
# Longer than what a server takes the trouble to pack.
DUTIES = "Took calls in Köln, calmly. " * 60


class Http(requests.Session):
    """A session with a time limit, which asks nobody but the address it was given."""

    def __init__(self):
        super().__init__()
        # No proxy of the environment, and no ~/.netrc, which would replace a bearer token.
        self.trust_env = False

    def request(self, method, url, **options):
        return super().request(method, url, **{"timeout": 30, **options})


class ClientTest(unittest.TestCase):
    def setUp(self):
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.control, self.icims = stack.enter_context(Http()), stack.enter_context(Http())
        # A customer of its own for every test: what one test does, no other sees.
        answer = self.control.post(f"{CONTROL}/customers", json={})
        answer.raise_for_status()
        self.keys, self.sample = answer.json(), answer.json()["sample"]
        icims = self.keys["icims"]
        self.icims.auth = (icims["username"], icims["password"])
        self.base = f"{icims['base_url']}/customers/{icims['customer_id']}"

    def create_person(self):
        """The address of a new person, sent packed."""
        person = {
            "firstname": "Zoë",
            "lastname": "Okonkwo-Lind",
            "email": "zoe.okonkwo@candidates.example",
            "workexperience": [{"worktitle": "Agent", "workdescription": DUTIES}],
        }
        packed = gzip.compress(json.dumps(person).encode())
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self.icims.post(f"{self.base}/people", data=packed, headers=headers)
        self.assertEqual(answer.status_code, 201, answer.text)
        return answer.headers["Location"]

    def test_password_and_token_open_the_same_person(self):
        person = f"{self.base}/people/{self.sample['person_id']}"
        by_password = self.icims.get(person)
        self.assertEqual(by_password.status_code, 200)
        icims = self.keys["icims"]
        grant = {
            "grant_type": "client_credentials",
            "client_id": icims["client_id"],
            "client_secret": icims["client_secret"],
            "audience": "https://api.icims.com/v1/",
        }
        token = self.control.post(icims["token_url"], data=grant).json()
        self.assertEqual((token["token_type"], token["expires_in"]), ("Bearer", 86400))
        by_token = self.control.get(person, headers={"Authorization": f"Bearer {token['access_token']}"})
        self.assertEqual(by_token.json(), by_password.json())
        self.assertEqual(self.control.get(person).status_code, 401)

    def test_a_person_sent_packed_is_read_packed_and_found(self):
        url = self.create_person()
        answer = self.icims.get(url, params={"fields": "firstname,lastname,workexperience"})
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        person = answer.json()
        self.assertEqual((person["firstname"], person["lastname"]), ("Zoë", "Okonkwo-Lind"))
        self.assertEqual(person["workexperience"][0]["workdescription"], DUTIES)
        search = {
            "filters": [
                {"name": "person.lastname", "value": ["Okonkwo-Lind"], "operator": "="},
                {"name": "person.email", "value": ["zoe.okonkwo@candidates.example"]},
            ],
            "operator": "&",
        }
        found = self.icims.post(f"{self.base}/search/people", json=search).json()
        self.assertEqual(found, {"searchResults": [{"id": int(url.rsplit("/", 1)[-1]), "self": url}]})

    def test_a_submitted_person_is_invited_with_a_link_that_opens(self):
        person = self.create_person().rsplit("/", 1)[-1]
        submission = {"baseprofile": int(self.sample["job_id"]), "associatedprofile": int(person), "status": {"id": "C40120"}}
        submitted = self.icims.post(f"{self.base}/applicantworkflows", json=submission)
        self.assertEqual(submitted.status_code, 201, submitted.text)
        status = {"status": {"id": self.sample["send_to_harver_status"]}}
        advanced = self.icims.patch(submitted.headers["Location"], json=status)
        self.assertEqual(advanced.status_code, 204, advanced.text)
        wait = {"customer": self.keys["icims"]["customer_id"], "timeout": "20s"}
        mail = self.control.get(f"{CONTROL}/mail/wait", params=wait).json()
        self.assertEqual(mail["to"], ["zoe.okonkwo@candidates.example"])
        link = next(link for link in mail["links"] if "/magic-link/" in link)
        self.assertIn(self.control.get(link, allow_redirects=False).status_code, (200, 303))

    def test_each_call_takes_one_from_the_allowance(self):
        person = f"{self.base}/people/{self.sample['person_id']}"
        first, second = (int(self.icims.get(person).headers["X-RateLimit-Remaining"]) for _ in range(2))
        self.assertEqual(second, first - 1)

    def test_an_unknown_person_is_404_with_code_2(self):
        answer = self.icims.get(f"{self.base}/people/999999")
        self.assertEqual(answer.status_code, 404)
        (error,) = answer.json()["errors"]
        self.assertEqual(error["errorCode"], 2)
        self.assertEqual(answer.headers["X-Error"], f"2:{error['errorMessage']}")


if __name__ == "__main__":
    unittest.main()
