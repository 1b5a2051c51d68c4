// Holds Cucumber messages against their schema, and makes a page of them with Cucumber's own formatter.
//     node check.js messages.ndjson page.html
import { once } from "node:events";
import fs from "node:fs";
import readline from "node:readline";
import { finished } from "node:stream/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { CucumberHtmlStream } from "@cucumber/html-formatter";

const [, , input, output] = process.argv;
// The package exports no path to its schema.
const schema = new URL("../messages.schema.json", import.meta.resolve("@cucumber/messages"));
const isMessage = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(fs.readFileSync(schema, "utf8")));
const page = new CucumberHtmlStream();
page.pipe(fs.createWriteStream(output));

const seen = {};
const wrong = [];
let line = 0;
for await (const text of readline.createInterface({ input: fs.createReadStream(input) })) {
  line += 1;
  const message = JSON.parse(text);
  const kinds = Object.keys(message);
  if (kinds.length !== 1 || !isMessage(message)) {
    const errors = (isMessage.errors ?? []).map(error => `${error.instancePath} ${error.message}`);
    wrong.push(`${input}:${line}: ${kinds}: ${errors.join("; ")}`);
    continue;
  }
  seen[kinds[0]] = (seen[kinds[0]] ?? 0) + 1;
  if (!page.write(message)) await once(page, "drain");
}
page.end();
await finished(page, { readable: false });

for (const kind of ["meta", "gherkinDocument", "pickle", "testCase", "testRunStarted", "testRunFinished"]) {
  if (!seen[kind]) wrong.push(`${input}: there is no ${kind}`);
}
for (const what of ["testCase", "testStep"]) {
  if (seen[`${what}Started`] !== seen[`${what}Finished`]) wrong.push(`${input}: a ${what} is begun and not finished`);
}
console.log(`${input}: ${JSON.stringify(seen)}`);
wrong.slice(0, 20).forEach(what => console.error(what));
process.exitCode = wrong.length ? 1 : 0;
