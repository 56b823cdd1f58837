import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { linkInMail } from '../../../src/common/mail/link-in-mail.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const CHROMIUM = '/usr/bin/chromium';
const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'staple battery horse';

let test: TestApp;
let world: TenantWorld;
let mails: MemoryTransport;
let origin: string;

beforeAll(async () => {
  test = await createTestApp({ APP_ROLE: 'all', LOG_LEVEL: 'trace' });
  world = await TenantWorld.create(test);
  mails = test.app.get(MailTransport) as MemoryTransport;
  origin = `http://127.0.0.1:${(test.app.getHttpServer().address() as { port: number }).port}`;
});
afterAll(() => test.close());

/** The path and fragment of the link that was mailed to somebody, which stands on a line of its own. */
const linkTo = async (email: string): Promise<string> => {
  const { text } = await mails.mailTo(email);
  return /^http:\/\/\S+?(\/[a-z-]+#token=\S+)$/m.exec(text)![1]!;
};
const invite = async (): Promise<{ email: string; link: string }> => {
  const email = `${uniqueName('invited')}@example.test`;
  await world.as('owner').post('/users/invitations', { email, role: 'member' });
  return { email, link: await linkTo(email) };
};

describe('the pages that mails link to', () => {
  it.each(['/accept-invitation', '/reset-password'])('%s allows nothing but its own parts', async (path) => {
    const { status, headers, text } = await test.http.get(`${path}?token=secret`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const policy = headers['content-security-policy']!.split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "form-action 'none'"]));
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
    expect(text).not.toContain('secret');
    expect(text).not.toMatch(/https?:\/\/|<script>|style=| on\w+=/);
    expect(JSON.stringify(test.log)).not.toContain('token=secret');
  });

  it('are read and nothing else', async () => {
    const response = await test.http.post('/accept-invitation').send('password=x');
    expect(response.status).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD');
    expect((await test.http.head('/reset-password')).status).toBe(200);
    expect((await test.http.get('/account-pages/other.js')).status).toBe(404);
  });

  it('are not served by workers', async () => {
    const worker = await createTestApp({ APP_ROLE: 'worker' });
    try {
      expect((await worker.http.get('/accept-invitation')).status).toBe(404);
    } finally {
      await worker.close();
    }
  });

  it.each([
    [{ PORT: 3000 }, 'http://localhost:3000/reset-password#token=t'],
    [{ PORT: 3000, PUBLIC_URL: 'https://api.example/base/' }, 'https://api.example/base/reset-password#token=t'],
    [
      { PORT: 3000, PUBLIC_URL: 'https://api.example', APP_URL: 'https://app.example' },
      'https://app.example/reset-password#token=t',
    ],
  ])('are linked to as %j says', (config, link) => {
    expect(linkInMail(config, 'reset-password', 't')).toBe(link);
  });
});

/** Under their content security policy only a browser can tell whether they work. */
(existsSync(CHROMIUM) ? describe : describe.skip)('the account pages in a browser:', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  }, 60_000);
  afterAll(() => browser?.close());

  /** The id of what has the focus. */
  const focused = (page: Page): Promise<unknown> => page.evaluate('document.activeElement?.id');

  interface Visit {
    page: Page;
    /** What the page complained of, and what it asked of others or told in a Referer. */
    oddities: string[];
    shoot(name: string): Promise<void>;
  }

  async function visit(path: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> {
    const page = await browser.newPage({ colorScheme, viewport: { width: 420, height: 640 } });
    const oddities: string[] = [];
    page.on('console', (message) => {
      // The browser says of every answer that is a problem that it is one.
      const isComplaint = message.type() === 'error' || message.type() === 'warning';
      if (isComplaint && !message.text().startsWith('Failed to load resource')) oddities.push(message.text());
    });
    page.on('pageerror', (error) => oddities.push(error.message));
    page.on('request', (sent) => {
      const url = new URL(sent.url());
      if (url.protocol !== 'data:' && url.origin !== origin) oddities.push(url.href);
      if (sent.headers()['referer']) oddities.push(`Referer ${sent.headers()['referer']}`);
    });
    await page.goto(`${origin}${path}`);
    const folder = process.env['ACCOUNT_SHOTS'];
    const shoot = async (name: string): Promise<void> => {
      if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    return { page, oddities, shoot };
  }

  it('an invitation is accepted with the keyboard alone, and its token stays nowhere', async () => {
    const { email, link } = await invite();
    const { page, oddities, shoot } = await visit(link);
    const password = page.getByLabel('New password');
    await password.waitFor();
    expect(page.url()).toBe(`${origin}/accept-invitation`);
    await shoot('invitation-light');

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('password');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    const problem = page.getByText('Use at least 12 characters.');
    await problem.waitFor();
    expect(await password.getAttribute('aria-invalid')).toBe('true');
    expect(await password.getAttribute('aria-describedby')).toContain(await problem.getAttribute('id'));
    await shoot('invitation-short');

    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await password.getAttribute('type')).toBe('text');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.getByRole('status').getByText(email).waitFor();
    expect(await focused(page)).toBe('heading');
    await shoot('invitation-done');

    expect((await world.signIn(email, PASSWORD)).status).toBe(200);
    expect(oddities).toEqual([]);
    expect(JSON.stringify(test.log)).not.toContain(link.split('=')[1]);
    expect(await page.evaluate('JSON.stringify([history.state, {...localStorage}, {...sessionStorage}])')).toBe(
      '[null,{},{}]',
    );
    await page.close();
  }, 60_000);

  it('a password is chosen with a token in the query, too; the link works once', async () => {
    const user = await world.make.createUser(world.tenant, { password: PASSWORD });
    await world.nobody().post('/auth/password/forgot', { tenant: world.tenant.slug, identifier: user.email });
    const link = (await linkTo(user.email)).replace('#', '?');
    const { page, oddities, shoot } = await visit(link, 'dark');
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    expect(page.url()).toBe(`${origin}/reset-password`);
    await shoot('password-dark');
    await page.getByRole('button', { name: 'Set the new password' }).click();
    await page.getByRole('heading', { name: 'Your password has been changed' }).waitFor();
    expect((await world.signIn(user.email, NEW_PASSWORD)).status).toBe(200);
    expect(oddities).toEqual([]);
    expect(JSON.stringify(test.log)).not.toContain(link.split('=')[1]);
    await page.close();

    const again = await visit(link);
    await again.page.getByLabel('New password').fill(NEW_PASSWORD);
    await again.page.keyboard.press('Enter');
    await again.page.getByRole('alert').getByText('This link no longer works').waitFor();
    expect(await again.page.getByRole('button').count()).toBe(0);
    await again.shoot('password-used');
    await again.page.close();
  }, 60_000);

  it('an address without a token says so, until the whole link is opened in the same tab', async () => {
    const { link } = await invite();
    const { page } = await visit('/accept-invitation');
    await page.getByRole('alert').getByText('This address is incomplete').waitFor();
    expect(await page.getByLabel('New password').isVisible()).toBe(false);
    await page.goto(`${origin}${link}`);
    await page.getByLabel('New password').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('');
    await page.close();
  }, 60_000);

  it('a server that is busy, away or refuses the tenant is told apart', async () => {
    const { link } = await invite();
    const { page, shoot } = await visit(link);
    await page.getByLabel('New password').fill(PASSWORD);
    const answers: [() => Promise<unknown>, string][] = [
      [
        () =>
          page.route('**/api/**', (route) =>
            route.fulfill({ status: 429, headers: { 'Retry-After': '30' }, body: '{}' }),
          ),
        'Try again in 30 seconds.',
      ],
      [() => page.route('**/api/**', (route) => route.abort()), 'The server cannot be reached.'],
      [
        () => page.route('**/api/**', (route) => route.fulfill({ status: 500, body: 'no JSON' })),
        'Something went wrong',
      ],
    ];
    for (const [answerSo, text] of answers) {
      await answerSo();
      await page.getByRole('button', { name: 'Accept the invitation' }).click();
      await page.getByRole('alert').getByText(text).waitFor();
    }
    await shoot('invitation-problem');
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.close();
  }, 60_000);
});
