"""A client of the iCIMS API on `httpx`, against a sandbox that is running already (`harver-icims up`). Python 3.9 or later.

    python3 -m unittest discover -v docs/clients/python-httpx
"""

import asyncio
import gzip
import json
import os
import unittest

import httpx

CONTROL = os.environ.get("HARVER_ICIMS_CONTROL_URL", "http://127.0.0.1:8700") + "/__sandbox"
# Longer than what a server takes the trouble to pack.
DUTIES = "Took calls in Köln, calmly. " * 60


def http(**options):
    """A client with a time limit, which asks no proxy of the environment. It follows no redirect unless told to."""
    return httpx.AsyncClient(trust_env=False, timeout=30, **options)


class ClientTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.control = http()
        self.addAsyncCleanup(self.control.aclose)
        # A customer of its own for every test: what one test does, no other sees.
        answer = await self.control.post(f"{CONTROL}/customers", json={})
        self.keys = answer.raise_for_status().json()
        self.sample, icims = self.keys["sample"], self.keys["icims"]
        base = f"{icims['base_url']}/customers/{icims['customer_id']}/"
        self.icims = http(base_url=base, auth=(icims["username"], icims["password"]))
        self.addAsyncCleanup(self.icims.aclose)

    async def create_person(self):
        """The address of a new person, sent packed."""
        person = {
            "firstname": "Zoë",
            "lastname": "Okonkwo-Lind",
            "email": "zoe.okonkwo@candidates.example",
            "workexperience": [{"worktitle": "Agent", "workdescription": DUTIES}],
        }
        packed = gzip.compress(json.dumps(person).encode())
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        answer = await self.icims.post("people", content=packed, headers=headers)
        self.assertEqual(answer.status_code, httpx.codes.CREATED, answer.text)
        return answer.headers["location"]

    async def test_password_and_token_open_the_same_person(self):
        person = self.icims.base_url.join(f"people/{self.sample['person_id']}")
        by_password = await self.icims.get(person)
        self.assertEqual(by_password.status_code, httpx.codes.OK)
        icims = self.keys["icims"]
        grant = {
            "grant_type": "client_credentials",
            "client_id": icims["client_id"],
            "client_secret": icims["client_secret"],
            "audience": "https://api.icims.com/v1/",
        }
        token = (await self.control.post(icims["token_url"], data=grant)).json()
        self.assertEqual((token["token_type"], token["expires_in"]), ("Bearer", 86400))
        by_token = await self.control.get(person, headers={"authorization": f"Bearer {token['access_token']}"})
        self.assertEqual(by_token.json(), by_password.json())
        self.assertEqual((await self.control.get(person)).status_code, httpx.codes.UNAUTHORIZED)

    async def test_a_person_sent_packed_is_read_packed_and_found(self):
        url = await self.create_person()
        answer = await self.icims.get(url, params={"fields": "firstname,lastname,workexperience"})
        self.assertEqual(answer.headers["content-encoding"], "gzip")
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
        found = (await self.icims.post("search/people", json=search)).json()
        self.assertEqual(found, {"searchResults": [{"id": int(url.rsplit("/", 1)[-1]), "self": url}]})

    async def test_a_submitted_person_is_invited_with_a_link_that_opens(self):
        person = (await self.create_person()).rsplit("/", 1)[-1]
        # One task waits while this one goes on; a mail that is there already ends the wait as well.
        wait = {"customer": self.keys["icims"]["customer_id"], "timeout": "20s"}
        waiting = asyncio.create_task(self.control.get(f"{CONTROL}/mail/wait", params=wait))
        submission = {"baseprofile": int(self.sample["job_id"]), "associatedprofile": int(person), "status": {"id": "C40120"}}
        submitted = await self.icims.post("applicantworkflows", json=submission)
        self.assertEqual(submitted.status_code, httpx.codes.CREATED, submitted.text)
        status = {"status": {"id": self.sample["send_to_harver_status"]}}
        advanced = await self.icims.patch(submitted.headers["location"], json=status)
        self.assertEqual(advanced.status_code, httpx.codes.NO_CONTENT, advanced.text)
        mail = (await waiting).json()
        self.assertEqual(mail["to"], ["zoe.okonkwo@candidates.example"])
        link = next(link for link in mail["links"] if "/magic-link/" in link)
        self.assertIn((await self.control.get(link)).status_code, (httpx.codes.OK, httpx.codes.SEE_OTHER))

    async def test_each_call_takes_one_from_the_allowance(self):
        answers = [await self.icims.get(f"people/{self.sample['person_id']}") for _ in range(2)]
        first, second = (int(answer.headers["x-ratelimit-remaining"]) for answer in answers)
        self.assertEqual(second, first - 1)

    async def test_an_unknown_person_is_404_with_code_2(self):
        answer = await self.icims.get("people/999999")
        self.assertEqual(answer.status_code, httpx.codes.NOT_FOUND)
        (error,) = answer.json()["errors"]
        self.assertEqual(error["errorCode"], 2)
        self.assertEqual(answer.headers["x-error"], f"2:{error['errorMessage']}")


if __name__ == "__main__":
    unittest.main()
