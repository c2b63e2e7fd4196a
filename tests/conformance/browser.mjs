// The consent page in a real browser: what a person sees and does there, without a mouse as well.

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { ScalekitClient } from '@scalekit-sdk/node';
import { chromium } from 'playwright-core';

const { SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET, CHROMIUM } = process.env;
const client = new ScalekitClient(SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET);
const actions = client.actions;
await actions.listConnectedAccounts();

// The application that the browser comes back to.
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

await browser.close();
application.close();
