// The consent page in a real browser, operated with the mouse and with the keyboard alone.

import assert from 'node:assert/strict';
import http from 'node:http';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ScalekitClient } from '@scalekit-sdk/node';
import { chromium } from 'playwright-core';

const { SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET, CHROMIUM, QUICKSTART } = process.env;
const client = new ScalekitClient(SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET);
const actions = client.actions;
await actions.listConnectedAccounts();

// The application that the browser is redirected to.
const application = http.createServer((request, response) => response.end('back at the application'));
application.listen(0, '127.0.0.1');
await once(application, 'listening');
const verifyUrl = `http://127.0.0.1:${application.address().port}/connected`;

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});

async function open(connectionName, identifier) {
  const { link } = await actions.getAuthorizationLink({
    connectionName, identifier, userVerifyUrl: verifyUrl, state: 'st&te',
  });
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(link);
  return { link, page, complaints };
}

async function back(page) {
  await page.waitForURL((url) => url.href.startsWith(verifyUrl), { timeout: 10_000 });
  return new URL(page.url()).searchParams;
}

async function step(name, run) {
  await run();
  console.log(`ok  ${name}`);
}

await step('a person allows, and the application verifies', async () => {
  const { page, complaints } = await open('gmail', 'browser@example.com');
  const text = await page.innerText('body');
  assert.match(text, /Gmail/);
  assert.match(text, /browser@example\.com/);
  await page.getByRole('button', { name: 'Allow' }).click();
  const parameters = await back(page);
  assert.equal(parameters.get('state'), 'st&te');
  await actions.verifyConnectedAccountUser({
    authRequestId: parameters.get('auth_request_id'), identifier: 'browser@example.com',
  });
  const { connectedAccount } = await actions.getConnectedAccount({
    connectionName: 'gmail', identifier: 'browser@example.com',
  });
  assert.equal(connectedAccount.status, 1, 'the account is ACTIVE');
  assert.deepEqual(complaints, []);
});

await step('a person denies', async () => {
  const { page } = await open('gmail', 'no@example.com');
  await page.getByRole('button', { name: 'Deny' }).click();
  assert.equal((await back(page)).get('error'), 'access_denied');
});

await step('a key is typed and sent with the keyboard alone', async () => {
  const { page, complaints } = await open('exa', 'keys@example.com');
  await page.getByLabel('API key').focus();
  await page.keyboard.type('key-123');
  await page.keyboard.press('Enter');
  await page.getByText('close this window').waitFor({ timeout: 10_000 });
  const { connectedAccount } = await actions.getConnectedAccount({
    connectionName: 'exa', identifier: 'keys@example.com',
  });
  assert.equal(connectedAccount.status, 1, 'the account is ACTIVE');
  assert.deepEqual(connectedAccount.authorizationDetails.details.value.details, { api_key: 'key-123' });
  assert.deepEqual(complaints, []);
});

await step('a used link says so', async () => {
  const { link, page } = await open('gmail', 'twice@example.com');
  await page.getByRole('button', { name: 'Allow' }).click();
  await back(page);
  const response = await page.goto(link);
  assert.equal(response.status(), 410);
  assert.equal(await page.getByRole('button').count(), 0);
});

await step('a name cannot put markup into the page', async () => {
  const identifier = '<img src=x onerror="document.title=1">';
  const { page } = await open('gmail', identifier);
  assert.ok((await page.innerText('body')).includes(identifier));
  assert.equal(await page.locator('img').count(), 0);
  assert.notEqual(await page.title(), '1');
});

// The program of examples/quickstart with --browser, if QUICKSTART is its path.
async function quickstart(button) {
  const { SCALEKIT_ENV_URL: _, ...env } = process.env;
  const program = spawn(QUICKSTART, ['--browser'], { env });
  let [printed, errors] = ['', ''];
  program.stderr.on('data', (data) => { errors += data; });
  const link = await new Promise((resolve, reject) => {
    program.stdout.on('data', (data) => {
      printed += data;
      const found = printed.match(/2\. The user opens (\S+)\n/);
      if (found) resolve(found[1]);
    });
    program.on('exit', () => reject(new Error(`no link: ${printed}${errors}`)));
  });
  const exited = once(program, 'close');
  const page = await browser.newPage();
  await page.goto(link);
  await page.getByRole('button', { name: button }).click();
  await page.getByText('You can close this window').waitFor({ timeout: 10_000 });
  const [code] = await exited;
  return { page: await page.innerText('body'), code, printed, errors };
}

if (QUICKSTART) {
  await step('the quickstart: a person allows', async () => {
    const { page, code, printed } = await quickstart('Allow');
    assert.match(page, /You granted access/);
    assert.match(printed, /The link must be opened within 60 s/);
    assert.match(printed, /7\. GET .* 200 OK/);
    assert.equal(code, 0);
  });
  await step('the quickstart: a person denies, and is told so in the browser and the terminal', async () => {
    const { page, code, printed, errors } = await quickstart('Deny');
    assert.match(page, /You denied access\. Nothing was connected/);
    assert.match(errors, /the user denied access \(access_denied\)/);
    assert.doesNotMatch(printed, /Verified/);
    assert.equal(code, 1);
  });
}

await browser.close();
application.close();
