// Lints texts as if they were the given files and prints the rules they break: [{path, text}] in, [[rule, …], …] out.
// A program of its own, because ESLint loads its configuration in a way that Jest's modules do not support.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const planted = JSON.parse(await text(process.stdin));
const eslint = new ESLint();
const broken = [];
for (const { path, text: source } of planted) {
  const [result] = await eslint.lintText(source, { filePath: path });
  broken.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(broken));
