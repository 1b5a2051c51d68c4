// Reads steps and features as the Cucumber extension of an editor does, by the settings of .vscode: every step has to be found, every
// sentence has to have one, and a sentence that has none has to be underlined.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import {
  ExpressionBuilder, buildSuggestions, getGherkinCompletionItems, getGherkinDiagnostics, jsSearchIndex,
} from '@cucumber/language-service';
import { WasmParserAdapter } from '@cucumber/language-service/wasm';

const root = process.argv[2];
const settings = JSON.parse(readFileSync(path.join(root, '.vscode/settings.json'), 'utf8'));

function below(folder) {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries.flatMap(entry => entry.isDirectory() ? below(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]);
}

// Only `**/` and `*` are used there.
function pattern(glob) {
  const written = glob.split('**/').map(part => part.replace(/[.+?^$()|[\]{}\\]/g, '\\$&').replaceAll('*', '[^/]*'));
  return new RegExp(`^${written.join('(.*/)?')}$`);
}

const files = ['src/harness', 'features', 'examples'].flatMap(below);
const matching = globs => files.filter(file => globs.some(glob => pattern(glob).test(file)));
const read = file => readFileSync(path.join(root, file), 'utf8');
const problems = [];

const adapter = new WasmParserAdapter('node_modules/@cucumber/language-service/dist');
await adapter.init();
const glue = matching(settings['cucumber.glue']);
const sources = glue.map(file => ({ languageName: 'rust', uri: `file:///${file}`, content: read(file) }));
const built = new ExpressionBuilder(adapter).build(sources, []);
problems.push(...built.errors.map(error => error.message));
const expressions = built.expressionLinks.map(link => link.expression);

const steps = below('src/harness/steps').filter(file => file.endsWith('.rs') && !file.endsWith('tests.rs'));
const written = steps.reduce((sum, file) => sum + (read(file).match(/^#\[(given|when|then)\(/gm) ?? []).length, 0);
if (expressions.length !== written) problems.push(`${expressions.length} steps are found, but ${written} are written`);

const features = matching(settings['cucumber.features']);
if (features.length === 0) problems.push('no feature is found');
for (const file of features) {
  for (const { range, message } of getGherkinDiagnostics(read(file), expressions)) {
    problems.push(`${file}:${range.start.line + 1}: ${message}`);
  }
}
const unknown = 'Feature: One\n  Scenario: One\n    Then nobody has ever written this\n';
if (getGherkinDiagnostics(unknown, expressions).length !== 1) problems.push('a sentence without a step is not underlined');

const begun = 'Feature: One\n  Scenario: One\n    Then receive st\n';
const suggestions = buildSuggestions(built.registry, ['receive status 200'], expressions);
const offered = getGherkinCompletionItems(begun, { line: 2, character: 19 }, jsSearchIndex(suggestions));
if (!offered.some(item => item.label.startsWith('receive status'))) problems.push('"receive st" is not completed');

problems.forEach(problem => console.error(problem));
console.log(`${expressions.length} steps in ${glue.length} files, ${features.length} features, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
