// A client of the iCIMS API on the `fetch` of Node 18 or later, no package, against a sandbox that is running already
// (`harver-icims up`).
//
//     node --test docs/clients/node/client.test.mjs

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";

// Where NODE_USE_ENV_PROXY is set, newer versions take the proxy of the environment, which knows nothing of this machine.
process.env.NO_PROXY = process.env.no_proxy = "127.0.0.1,localhost,::1";

const CONTROL = `${process.env.HARVER_ICIMS_CONTROL_URL ?? "http://127.0.0.1:8700"}/__sandbox`;
// Longer than what a server takes the trouble to pack.
const DUTIES = "Took calls in Köln, calmly. ".repeat(60);

/** One request, within a time limit and without following redirects. `json` is sent as the body. */
function call(method, url, { json, headers, ...options } = {}) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const type = json === undefined ? {} : { "content-type": "application/json" };
  const signal = AbortSignal.timeout(30_000);
  return fetch(url, { method, redirect: "manual", signal, ...body, ...options, headers: { ...type, ...headers } });
}

/** The answer's JSON, if its status is the expected one. */
async function read(status, answer) {
  const text = await answer.text();
  assert.equal(answer.status, status, `${answer.url}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

let keys;
let base;

/** A call of the iCIMS API with user name and password. */
function icims(method, url, options = {}) {
  const secret = Buffer.from(`${keys.icims.username}:${keys.icims.password}`).toString("base64");
  return call(method, url, { ...options, headers: { authorization: `Basic ${secret}`, ...options.headers } });
}

/** The address of a new person, sent packed. */
async function createPerson() {
  const person = {
    firstname: "Zoë",
    lastname: "Okonkwo-Lind",
    email: "zoe.okonkwo@candidates.example",
    workexperience: [{ worktitle: "Agent", workdescription: DUTIES }],
  };
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  const answer = await icims("POST", `${base}/people`, { body: gzipSync(JSON.stringify(person)), headers });
  await read(201, answer);
  return answer.headers.get("location");
}

// A customer of its own for every test: what one test does, no other sees.
beforeEach(async () => {
  const answer = await call("POST", `${CONTROL}/customers`, { json: {} });
  assert.ok(answer.ok, `${answer.url} was answered ${answer.status}`);
  keys = await answer.json();
  base = `${keys.icims.base_url}/customers/${keys.icims.customer_id}`;
});

test("password and token open the same person", async () => {
  const person = `${base}/people/${keys.sample.person_id}`;
  const byPassword = await read(200, await icims("GET", person));
  const { client_id, client_secret, token_url } = keys.icims;
  const audience = "https://api.icims.com/v1/";
  const grant = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret, audience });
  const token = await read(200, await call("POST", token_url, { body: grant }));
  assert.deepEqual([token.token_type, token.expires_in], ["Bearer", 86400]);
  const headers = { authorization: `Bearer ${token.access_token}` };
  assert.deepEqual(await read(200, await call("GET", person, { headers })), byPassword);
  await read(401, await call("GET", person));
});

test("a person sent packed is read packed and found", async () => {
  const url = await createPerson();
  const answer = await icims("GET", `${url}?fields=firstname,lastname,workexperience`);
  assert.equal(answer.headers.get("content-encoding"), "gzip");
  const person = await read(200, answer);
  assert.deepEqual([person.firstname, person.lastname], ["Zoë", "Okonkwo-Lind"]);
  assert.equal(person.workexperience[0].workdescription, DUTIES);
  const search = {
    filters: [
      { name: "person.lastname", value: ["Okonkwo-Lind"], operator: "=" },
      { name: "person.email", value: ["zoe.okonkwo@candidates.example"] },
    ],
    operator: "&",
  };
  const found = await read(200, await icims("POST", `${base}/search/people`, { json: search }));
  assert.deepEqual(found, { searchResults: [{ id: Number(url.split("/").at(-1)), self: url }] });
});

test("a submitted person is invited with a link that opens", async () => {
  const person = (await createPerson()).split("/").at(-1);
  const submission = {
    baseprofile: Number(keys.sample.job_id),
    associatedprofile: Number(person),
    status: { id: "C40120" },
  };
  const submitted = await icims("POST", `${base}/applicantworkflows`, { json: submission });
  await read(201, submitted);
  const status = { status: { id: keys.sample.send_to_harver_status } };
  await read(204, await icims("PATCH", submitted.headers.get("location"), { json: status }));
  const wait = `${CONTROL}/mail/wait?customer=${keys.icims.customer_id}&timeout=20s`;
  const mail = await read(200, await call("GET", wait));
  assert.deepEqual(mail.to, ["zoe.okonkwo@candidates.example"]);
  const page = await call("GET", mail.links.find((link) => link.includes("/magic-link/")));
  await page.arrayBuffer();
  assert.ok([200, 303].includes(page.status), `the link was answered ${page.status}`);
});

test("each call takes one from the allowance", async () => {
  const remaining = async () => {
    const answer = await icims("GET", `${base}/people/${keys.sample.person_id}`);
    await read(200, answer);
    return Number(answer.headers.get("x-ratelimit-remaining") ?? NaN);
  };
  const first = await remaining();
  assert.equal(await remaining(), first - 1);
});

test("an unknown person is 404 with code 2", async () => {
  const answer = await icims("GET", `${base}/people/999999`);
  const { errors } = await read(404, answer);
  assert.equal(errors.length, 1);
  assert.equal(errors[0].errorCode, 2);
  assert.equal(answer.headers.get("x-error"), `2:${errors[0].errorMessage}`);
});
