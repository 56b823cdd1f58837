import { STATUS_CODES } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, errorCodes } from './error-codes.ts';

export const ERRORS_PAGE = 'docs/errors.md';

/** Remedies by status, for errors that have no specific one. */
const REMEDIES: Record<number, string> = {
  400: 'Correct the request; `errors` names every problem in it.',
  401: 'Sign in, refresh the access token or send a valid API key.',
  403: 'Use an account with this permission, or ask an administrator for it.',
  404: 'Check the id or name; the resource may be deleted, or belong to another tenant.',
  405: 'Use one of the methods that the header `Allow` names.',
  406: 'Accept `application/json`.',
  408: 'Send the whole request without long pauses.',
  409: 'Read the current state, resolve the conflict and try again.',
  412: 'Read the resource again, and repeat the change with its current `ETag`.',
  413: 'Send a smaller body.',
  414: 'Shorten the address.',
  415: 'Send the type and encoding that the route documents, usually `application/json`.',
  422: 'Change what `detail` describes, then try again.',
  429: 'Wait for the time in `Retry-After`, then try again.',
  431: 'Send smaller headers.',
  500: 'Report the `requestId`; retrying rarely helps.',
  503: 'Try again after the time in `Retry-After`.',
};

const HEAD = `# Error codes

Written by \`npm run docs\` from the source; a test compares it. Do not edit.

Every error is a problem document (RFC 9457, \`application/problem+json\`). Programs rely on its \`code\`, which is stable;
its \`detail\` is for people and may change. \`<…>\` stands for what depends on the case. Invalid input also has \`errors\`, each with a
JSON Pointer to the problem. Any code of a status not listed here is \`http.<status>\`.
`;

const STEPS = `
## Codes of steps and runs

These are not responses of the API: they are the \`error.code\` of a workflow's step or run that failed. A step can also fail with any code
above, when its action was refused. The kinds of \`script.<kind>\` are \`syntax\`, \`runtime\`, \`timeout\` and \`memory\`.

| Code | Meaning |
| --- | --- |
`;

/** Returns the page with every error code of the sources below \`root\`/src. */
export function errorsPage(root: string): string {
  const codes = errorCodes(sourcesOf(root));
  const answers = codes.filter(({ status }) => status !== null);
  const steps = codes.filter(({ status }) => status === null);
  return `${HEAD}\n| Code | Status | Meaning | What to do |\n| --- | --- | --- | --- |\n${answers.map(answerRow).join('')}${STEPS}${steps
    .map(({ code, messages }) => `| \`${code}\` | ${meaningOf(messages)} |\n`)
    .join('')}`;
}

function answerRow({ code, status, messages, remedy }: ErrorCode): string {
  const advice = remedy ?? REMEDIES[status!] ?? '';
  return `| \`${code}\` | ${status} ${STATUS_CODES[status!]} | ${meaningOf(messages)} | ${cell(advice)} |\n`;
}

function meaningOf(messages: string[]): string {
  return cell(messages.join(' / ')) || '`detail` describes the problem.';
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/<(\w[\w …]*)>/g, '`<$1>`')
    .replaceAll(/\s+/g, ' ');
}

function sourcesOf(root: string): { path: string; text: string }[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.spec|\.d|\.fake)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(join('src', 'generated')))
    .sort()
    .map((path) => ({
      path: path.slice(root.length + 1).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }));
}
