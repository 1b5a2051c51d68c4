// One assessment from start to end, against the whole world in one process. Node 20 or later, no package but its types.
//
//     cd docs/clients/typescript && npm ci && HARVER_ICIMS=../../../target/debug/harver-icims npm test

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

/** What the ready line and `POST /__sandbox/customers` say, as far as these tests need it. */
interface Keys {
  icims: { base_url: string; customer_id: string; username: string; password: string };
  control: { base_url: string };
  sample: { workflow_id: string; send_to_harver_status: string };
}

interface ResultRow {
  assessmentstatus: { value: string };
  assessmentscore?: number;
}

const ANSWERS: Record<string, string[]> = {
  sjt: Array<string>(4).fill("a"),
  cognitive: Array<string>(4).fill("a"),
  personality: Array<string>(6).fill("9"),
  typing: ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"],
};

/** One JSON request. The caller names the type of the answer; these are tests, so what does not fit shows soon enough. */
async function call<T>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${url} was answered ${answer.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** One isolated customer: the keys of the ready line, and what a test does with them. */
class Customer {
  constructor(readonly keys: Keys) {}

  get id(): string {
    return this.keys.icims.customer_id;
  }

  get control(): string {
    return `${this.keys.control.base_url}/__sandbox`;
  }

  icims<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { base_url, username, password } = this.keys.icims;
    const secret = Buffer.from(`${username}:${password}`).toString("base64");
    return call<T>(method, `${base_url}/customers/${this.id}${path}`, body, { authorization: `Basic ${secret}` });
  }

  /** What a recruiter does; iCIMS tells the integration of it. */
  advance(workflow: string, status: string): Promise<void> {
    return this.icims("PATCH", `/applicantworkflows/${workflow}`, { status: { id: status } });
  }

  /** The customer's newest mail; waits for one if there is none yet. */
  mail(): Promise<{ links: string[] }> {
    return call("GET", `${this.control}/mail/wait?customer=${this.id}&timeout=20s`);
  }

  /** Returns when nothing is on its way any more: no event, no webhook, no work of the integration. */
  async settle(): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const health = await call<{ pending: Record<string, number> }>("GET", `${this.control}/health?customer=${this.id}`);
      if (Object.values(health.pending).every((count) => count === 0)) return;
      assert.ok(Date.now() < deadline, `still pending: ${JSON.stringify(health.pending)}`);
      await pause(20);
    }
  }

  results(workflow: string): Promise<ResultRow[]> {
    return this.icims("GET", `/applicantworkflows/${workflow}/fields/assessmentresults`);
  }
}

/** What the candidate does in a browser: accept the terms and answer page after page. */
async function takeAssessment(link: string): Promise<void> {
  const cookies = new Map<string, string>();
  const open = async (url: string, form?: URLSearchParams): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const method = form === undefined ? "GET" : "POST";
    const answer = await fetch(url, { method, redirect: "manual", headers: { cookie }, ...(form ? { body: form } : {}) });
    for (const set of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (set.split(";")[0] ?? "").split("=", 2);
      cookies.set(name, value);
    }
    await answer.arrayBuffer();
    const next = answer.headers.get("location");
    return next === null ? url : open(new URL(next, url).href);
  };
  let page = await open(link);
  let form = new URLSearchParams({ terms: "yes" });
  while (!page.endsWith("/end")) {
    page = await open(page, form);
    const answers = ANSWERS[page.split("/").at(-1) ?? ""] ?? [];
    form = new URLSearchParams(answers.map((answer, at) => [`q${at + 1}`, answer]));
  }
}

let sandbox: ChildProcess;
let ready: Keys;
let customer: Customer;

before(async () => {
  const program = process.env["HARVER_ICIMS"] ?? "harver-icims";
  sandbox = spawn(program, ["up", "--json", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  assert.ok(sandbox.stdout);
  // The one line comes when everything answers; its end without a line means that it did not start.
  for await (const line of createInterface(sandbox.stdout)) {
    ready = JSON.parse(line) as Keys;
    return;
  }
  assert.fail(`${program} did not start; it has said why on standard error`);
});

after(async () => {
  const ended = once(sandbox, "exit");
  sandbox.kill("SIGTERM");
  await ended;
});

// A customer of its own for every test: what one test does, no other sees.
beforeEach(async () => {
  customer = new Customer(await call<Keys>("POST", `${ready.control.base_url}/__sandbox/customers`, {}));
});

test("a candidate is invited and the result comes back", async () => {
  const { workflow_id, send_to_harver_status } = customer.keys.sample;
  await customer.advance(workflow_id, send_to_harver_status);
  const link = (await customer.mail()).links.find((link) => link.includes("/magic-link/"));
  assert.ok(link);
  await takeAssessment(link);
  await customer.settle();
  const [row, ...others] = await customer.results(workflow_id);
  assert.equal(others.length, 0);
  assert.equal(row?.assessmentstatus.value, "Complete");
  assert.equal(typeof row.assessmentscore, "number");
});

test("nobody is invited who is not sent", async () => {
  await customer.advance(customer.keys.sample.workflow_id, "C40120");
  await customer.settle();
  const mail = await call<{ messages: unknown[] }>("GET", `${customer.control}/mail?customer=${customer.id}`);
  assert.deepEqual(mail.messages, []);
});
