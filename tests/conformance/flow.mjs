// The AgentKit flow with the official Node package, unmodified, against the environment named by
// SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET. Prints one line per
// step. The first wrong result ends it with status 1.
import { createRequire } from 'node:module';
import { join } from 'node:path';

// CONFORMANCE_MODULES is where `npm install` put the package, if not next to this file.
const require = createRequire(
  process.env.CONFORMANCE_MODULES ? join(process.env.CONFORMANCE_MODULES, 'index.js') : import.meta.url,
);
const { ScalekitClient } = require('@scalekit-sdk/node');

const env = (name) => {
  const value = process.env[name];
  if (!value) fail(`set ${name}`);
  return value;
};

function fail(message) {
  console.error(`FAILED: ${message}`);
  process.exit(1);
}

function expect(what, found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    fail(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }
}

let count = 0;
function step(text) {
  count += 1;
  console.log(`ok ${count} - ${text}`);
}

async function expectError(what, promise, check) {
  try {
    await promise;
  } catch (error) {
    return check(error);
  }
  fail(`${what}: did not fail`);
}

// Acts as the user's browser on the page behind a link.
async function answer(link, fields) {
  const page = await fetch(link);
  expect('the consent page opens', page.status, 200);
  const html = await page.text();
  if (!html.includes('<form')) fail('the consent page has no form');
  return fetch(link, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
}

const STATUS = { active: 1, pendingAuth: 3, pendingVerification: 4 };
const envUrl = env('SCALEKIT_ENV_URL');
const client = new ScalekitClient(envUrl, env('SCALEKIT_CLIENT_ID'), env('SCALEKIT_CLIENT_SECRET'));
const { actions, tools } = client;
const identifier = `node-${process.pid}@example.com`;
const account = { connectionName: 'gmail', identifier };

const connections = await actions.listConnections();
if (!connections.connections.some((c) => c.connectionName === 'gmail')) fail('no connection gmail');
step(`listConnections: ${connections.connections.map((c) => c.connectionName).join(', ')}`);

const created = await actions.getOrCreateConnectedAccount(account);
expect('a new account is pending', created.connectedAccount.status, STATUS.pendingAuth);
step(`getOrCreateConnectedAccount: ${created.connectedAccount.id}`);

const again = await actions.getOrCreateConnectedAccount(account);
expect('get-or-create finds it again', again.connectedAccount.id, created.connectedAccount.id);
step('getOrCreateConnectedAccount again: the same account');

await expectError('executing without consent', actions.executeTool({
  toolName: 'gmail_fetch_mails', toolInput: {}, identifier, connector: 'gmail',
}), (error) => {
  expect('code of a pending account', error.grpcStatus ?? error.code, 9);
  step(`executeTool before consent: ${error.name}`);
});

const link = await actions.getAuthorizationLink({
  ...account, state: 'state-1', userVerifyUrl: 'https://app.example.com/verify?from=test',
});
if (!link.link.startsWith(envUrl)) fail(`the link is elsewhere: ${link.link}`);
step('getAuthorizationLink');

const redirect = await answer(link.link, { decision: 'allow' });
expect('consent redirects', redirect.status, 303);
const target = new URL(redirect.headers.get('location'));
expect('the query is kept', target.searchParams.get('from'), 'test');
expect('the state comes back', target.searchParams.get('state'), 'state-1');
const authRequestId = target.searchParams.get('auth_request_id');
if (!authRequestId) fail('no auth_request_id');
step('consent: redirected with auth_request_id and state');

expect('a used link is gone', (await fetch(link.link)).status, 410);
step('the link works once');

await expectError('verifying another user', actions.verifyConnectedAccountUser({
  authRequestId, identifier: 'mallory@example.com',
}), (error) => step(`verifyConnectedAccountUser with another user: ${error.name}`));

const verified = await actions.verifyConnectedAccountUser({ authRequestId, identifier });
if (!verified.postUserVerifyRedirectUrl) fail('no redirect after verification');
step('verifyConnectedAccountUser');

const active = await actions.getConnectedAccount(account);
expect('the account is active', active.connectedAccount.status, STATUS.active);
expect('its credentials are an OAuth token',
  active.connectedAccount.authorizationDetails.details.case, 'oauthToken');
step('getConnectedAccount: active, with credentials');

const listed = await actions.listConnectedAccounts({ connectionName: 'gmail', identifier });
expect('accounts in the list', listed.connectedAccounts.length, 1);
expect('no credentials in the list', 'authorizationDetails' in listed.connectedAccounts[0], false);
step('listConnectedAccounts');

const all = await tools.listTools({ filter: { provider: 'GMAIL' }, pageSize: 10 });
expect('tools of GMAIL', all.tools.map((t) => t.definition.name).sort(),
  ['gmail_fetch_mails', 'gmail_send_mail']);
step('listTools');

const scoped = await tools.listScopedTools(identifier, { filter: { connectionNames: ['gmail'] } });
expect('tools of the user', scoped.tools.length, 2);
step('listScopedTools');

const available = await tools.listAvailableTools(identifier);
if (available.tools.length < 2) fail('no available tools');
step('listAvailableTools');

const result = await actions.executeTool({
  toolName: 'gmail_fetch_mails', toolInput: { max_results: 2 }, identifier, connector: 'gmail',
});
expect('mails', result.data.messages.length, 2);
expect('a mail', result.data.messages[0].subject, 'Invoice for October');
if (!result.executionId) fail('no execution id');
step(`executeTool: ${result.data.result_size} mails`);

await expectError('a wrong input', actions.executeTool({
  toolName: 'gmail_fetch_mails', toolInput: { max_results: 'two' }, identifier, connector: 'gmail',
}), (error) => step(`executeTool with a wrong input: ${error.name}`));

await expectError('a tool error', actions.executeTool({
  toolName: 'gmail_send_mail',
  toolInput: { to: 'nobody', subject: 's', body: 'b' },
  identifier,
  connector: 'gmail',
}), (error) => {
  if (!/Tool/.test(error.name)) fail(`a tool error is ${error.name}`);
  step(`executeTool with a failing provider: ${error.name}`);
});

await expectError('an unknown tool', actions.executeTool({
  toolName: 'gmail_no_such_tool', toolInput: {}, identifier, connector: 'gmail',
}), (error) => {
  expect('an unknown tool', error.name, 'ScalekitNotFoundException');
  step(`executeTool with an unknown tool: ${error.name}`);
});

const profile = await actions.request({ ...account, path: '/gmail/v1/users/me/profile' });
expect('the proxied profile', profile.data.emailAddress, identifier);
step('request: GET through the proxy');

const echo = await actions.request({
  ...account, path: '/echo/things', method: 'POST', queryParams: { q: 'a b' }, body: { n: 5 },
});
expect('the proxied body', echo.data.json, { n: 5 });
expect('the proxied query', echo.data.query, 'q=a+b');
if (!/^Bearer access-/.test(echo.data.headers.authorization)) fail('no user token was injected');
expect('our own headers stay behind', 'connection_name' in echo.data.headers, false);
step('request: POST through the proxy, with the user\'s token');

const key = await actions.getAuthorizationLink({ connectionName: 'exa', identifier });
expect('the form is accepted', (await answer(key.link, { decision: 'allow', api_key: 'k-1' })).status, 200);
const searched = await actions.executeTool({
  toolName: 'exa_search', toolInput: { query: 'emulators' }, identifier, connector: 'exa',
});
expect('results', searched.data.results.length, 2);
step('an API-key connection: form, then executeTool');

const denied = await actions.getAuthorizationLink({
  ...account, userVerifyUrl: 'https://app.example.com/verify', state: 's',
});
const refusal = await answer(denied.link, { decision: 'deny' });
expect('deny redirects with an error',
  new URL(refusal.headers.get('location')).searchParams.get('error'), 'access_denied');
step('consent denied');

await actions.deleteConnectedAccount(account);
await expectError('a deleted account', actions.getConnectedAccount(account), (error) => {
  expect('a deleted account', error.name, 'ScalekitNotFoundException');
  step(`deleteConnectedAccount, then getConnectedAccount: ${error.name}`);
});
await actions.deleteConnectedAccount({ connectionName: 'exa', identifier });

console.log(`passed: ${count} steps`);
