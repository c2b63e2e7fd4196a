"""Does one piece of work many times with the official Python package and prints what it cost.

python worker.py small|large|list|account CALLS CONCURRENCY; one line of JSON. The package always
speaks TLS. Concurrency is threads: the package has no other.
"""

import json
import os
import re
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

warnings.filterwarnings("ignore")

from scalekit import ScalekitClient  # noqa: E402

work, calls, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = ScalekitClient(
    os.environ["SCALEKIT_ENV_URL"],
    os.environ["SCALEKIT_CLIENT_ID"],
    os.environ["SCALEKIT_CLIENT_SECRET"],
)
ACCOUNT = {"connection_name": "gmail", "identifier": "alice@example.com"}


def execute(tool):
    return client.actions.execute_tool({"max_results": 5}, tool, **ACCOUNT).data


def small():
    assert execute("bench_small")["ok"] is True


def large():
    assert len(execute("bench_large")["messages"]) == 200


def lists():
    assert len(client.tools.list_tools(page_size=100)[0].tools) == 100


def account():
    found = client.actions.get_connected_account(**ACCOUNT).connected_account
    assert found.identifier == ACCOUNT["identifier"]


call = {"small": small, "large": large, "list": lists, "account": account}[work]
call()
print(json.dumps({"first": True}), flush=True)
if calls > 0:
    for _ in range(min(calls // 10, 1000)):
        call()
    times = []
    started, cpu = time.perf_counter(), time.process_time()
    if concurrency == 1:
        for _ in range(calls):
            before = time.perf_counter()
            call()
            times.append(time.perf_counter() - before)
    else:
        with ThreadPoolExecutor(concurrency) as pool:
            for result in [pool.submit(call) for _ in range(calls)]:
                result.result()
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    times.sort()
    with open("/proc/self/status") as status:
        peak = re.search(r"VmHWM:\s+(\d+)", status.read())
    print(
        json.dumps(
            {
                "calls_per_second": calls / seconds,
                "cpu_ms": used * 1e3 / calls,
                "p50_ms": times[len(times) // 2] * 1e3 if times else 0,
                "p99_ms": times[len(times) * 99 // 100] * 1e3 if times else 0,
                "peak_rss_mib": int(peak[1]) / 1024 if peak else 0,
            }
        )
    )
