// Does one piece of work many times with the official Node package and prints what it cost, as one
// line of JSON: `node worker.mjs small|large|list|account CALLS CONCURRENCY`.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(process.env.BENCH_MODULES);
const { ScalekitClient } = require('@scalekit-sdk/node');

const [work, calls, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const { SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET } = process.env;
const client = new ScalekitClient(SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID, SCALEKIT_CLIENT_SECRET);
const identifier = 'alice@example.com';

function expect(right) {
  if (!right) throw new Error(`${work}: an unexpected response`);
}

async function execute(toolName) {
  const response = await client.actions.executeTool({
    toolName, toolInput: { max_results: 5 }, identifier, connector: 'gmail',
  });
  return response.data;
}

const works = {
  async small() { expect((await execute('bench_small')).ok === true); },
  async large() { expect((await execute('bench_large')).messages.length === 200); },
  async list() {
    expect((await client.tools.listTools({ pageSize: 100 })).tools.length === 100);
  },
  async account() {
    const response = await client.actions.getConnectedAccount({ connectionName: 'gmail', identifier });
    expect(response.connectedAccount.identifier === identifier);
  },
};
const call = works[work];

await call();
console.log(JSON.stringify({ first: true }));
if (calls > 0) {
  for (let i = 0; i < Math.min(calls / 10, 1000); i += 1) await call();
  const times = [];
  const started = performance.now();
  const cpu = process.cpuUsage();
  if (concurrency === 1) {
    for (let i = 0; i < calls; i += 1) {
      const before = performance.now();
      await call();
      times.push(performance.now() - before);
    }
  } else {
    let left = calls;
    await Promise.all(Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }));
  }
  const seconds = (performance.now() - started) / 1e3;
  const used = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(JSON.stringify({
    calls_per_second: calls / seconds,
    cpu_ms: (used.user + used.system) / 1e3 / calls,
    p50_ms: times[Math.floor(times.length * 0.5)] ?? 0,
    p99_ms: times[Math.floor(times.length * 0.99)] ?? 0,
    peak_rss_mib: Number(peak?.[1] ?? 0) / 1024,
  }));
}
process.exit(0);
