"""The AgentKit flow with the official Python package, unmodified.

Runs against the environment named by SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID and
SCALEKIT_CLIENT_SECRET. The package always speaks TLS: REQUESTS_CA_BUNDLE and
GRPC_DEFAULT_SSL_ROOTS_FILE_PATH name the CA of the environment's certificate. One line per step;
the first wrong result ends it with status 1.
"""

import os
import sys
import warnings
from urllib.parse import parse_qs, urlsplit

warnings.filterwarnings("ignore")

import requests  # noqa: E402
from scalekit import ScalekitClient  # noqa: E402
from scalekit.common import exceptions  # noqa: E402
from scalekit.v1.tools.tools_pb2 import Filter, ScopedToolFilter  # noqa: E402

count = 0


def fail(message):
    print(f"FAILED: {message}", file=sys.stderr)
    sys.exit(1)


def step(text):
    global count
    count += 1
    print(f"ok {count} - {text}")


def expect(what, found, wanted):
    if found != wanted:
        fail(f"{what}: found {found!r}, wanted {wanted!r}")


def expect_error(what, kind, call):
    try:
        call()
    except kind as error:
        return error
    except Exception as error:  # noqa: BLE001
        fail(f"{what}: found {type(error).__name__} ({error}), wanted {kind.__name__}")
    fail(f"{what}: did not fail")


def answer(link, **fields):
    """Acts as the user's browser on the page behind a link."""
    page = requests.get(link, timeout=10)
    expect("the consent page opens", page.status_code, 200)
    if "<form" not in page.text:
        fail("the consent page has no form")
    return requests.post(link, data=fields, allow_redirects=False, timeout=10)


def location(response):
    return parse_qs(urlsplit(response.headers["location"]).query)


def env(name):
    return os.environ.get(name) or fail(f"set {name}")


env_url = env("SCALEKIT_ENV_URL")
client = ScalekitClient(env_url, env("SCALEKIT_CLIENT_ID"), env("SCALEKIT_CLIENT_SECRET"))
actions = client.actions
identifier = f"python-{os.getpid()}@example.com"
account = {"connection_name": "gmail", "identifier": identifier}

created = actions.get_or_create_connected_account(**account).connected_account
expect("a new account is pending", created.status, "PENDING_AUTH")
step(f"get_or_create_connected_account: {created.id}")

again = actions.get_or_create_connected_account(**account).connected_account
expect("get-or-create finds it again", again.id, created.id)
step("get_or_create_connected_account again: the same account")

expect_error("a duplicate", exceptions.ScalekitConflictException,
             lambda: actions.create_connected_account(**account, authorization_details={
                 "oauth_token": {"access_token": "t"}}))
step("create_connected_account again: conflict")

expect_error("executing without consent", exceptions.ScalekitBadRequestException,
             lambda: actions.execute_tool({}, "gmail_fetch_mails", **account))
step("execute_tool before consent: bad request")

link = actions.get_authorization_link(
    **account, state="state-1", user_verify_url="https://app.example.com/verify?from=test")
if not link.link.startswith(env_url):
    fail(f"the link is elsewhere: {link.link}")
step("get_authorization_link")

redirect = answer(link.link, decision="allow")
expect("consent redirects", redirect.status_code, 303)
query = location(redirect)
expect("the query is kept", query["from"], ["test"])
expect("the state comes back", query["state"], ["state-1"])
auth_request_id = query["auth_request_id"][0]
step("consent: redirected with auth_request_id and state")

expect("a used link is gone", requests.get(link.link, timeout=10).status_code, 410)
step("the link works once")

expect_error("verifying another user", exceptions.ScalekitForbiddenException,
             lambda: actions.verify_connected_account_user(auth_request_id, "mallory@example.com"))
step("verify_connected_account_user with another user: forbidden")

verified = actions.verify_connected_account_user(auth_request_id, identifier)
if not verified.post_user_verify_redirect_url:
    fail("no redirect after verification")
expect_error("verifying twice", exceptions.ScalekitNotFoundException,
             lambda: actions.verify_connected_account_user(auth_request_id, identifier))
step("verify_connected_account_user, and not twice")

active = actions.get_connected_account(**account).connected_account
expect("the account is active", active.status, "ACTIVE")
if not active.authorization_details["oauth_token"]["access_token"]:
    fail("no credentials")
step("get_connected_account: active, with credentials")

details = actions.get_connected_account_details(**account).connected_account
expect("details have no credentials", details.authorization_details, None)
step("get_connected_account_details: no credentials")

listed = actions.list_connected_accounts(**account)
expect("accounts in the list", [a.identifier for a in listed.connected_accounts], [identifier])
step("list_connected_accounts")

tools = client.tools.list_tools(filter=Filter(provider="GMAIL"), page_size=10)[0].tools
expect("tools of GMAIL", sorted(t.definition["name"] for t in tools),
       ["gmail_fetch_mails", "gmail_send_mail"])
step("list_tools")

scoped = client.tools.list_scoped_tools(
    identifier, filter=ScopedToolFilter(connection_names=["gmail"]))[0].tools
expect("tools of the user", len(scoped), 2)
step("list_scoped_tools")

result = actions.execute_tool({"max_results": 2}, "gmail_fetch_mails", **account)
expect("mails", [m["subject"] for m in result.data["messages"]],
       ["Invoice for October", "Lunch on Thursday?"])
if not result.execution_id:
    fail("no execution id")
step("execute_tool")

expect_error("a wrong input", exceptions.ScalekitBadRequestException,
             lambda: actions.execute_tool({"max_results": "two"}, "gmail_fetch_mails", **account))
step("execute_tool with a wrong input: bad request")

error = expect_error("a tool error", exceptions.ScalekitToolException, lambda: actions.execute_tool(
    {"to": "nobody", "subject": "s", "body": "b"}, "gmail_send_mail", **account))
step(f"execute_tool with a failing provider: {type(error).__name__}")

expect_error("an unknown tool", exceptions.ScalekitNotFoundException,
             lambda: actions.execute_tool({}, "gmail_no_such_tool", **account))
step("execute_tool with an unknown tool: not found")

profile = actions.request(**account, path="/gmail/v1/users/me/profile")
expect("the proxied status", profile.status_code, 200)
expect("the proxied profile", profile.json()["emailAddress"], identifier)
step("request: GET through the proxy")

echo = actions.request(**account, path="/echo/things", method="POST", query_params={"q": "a b"},
                       body={"n": 5}).json()
expect("the proxied body", echo["json"], {"n": 5})
expect("the proxied query", echo["query"], "q=a+b")
if not echo["headers"]["authorization"].startswith("Bearer access-"):
    fail("no user token was injected")
expect("our own headers stay behind", "connection_name" in echo["headers"], False)
step("request: POST through the proxy, with the user's token")

refused = actions.request(**account, path="/status/403")
expect("the provider's own refusal", refused.status_code, 403)
step("request: the provider's 403 passes through")

key = actions.get_authorization_link(connection_name="exa", identifier=identifier)
expect("the form is accepted", answer(key.link, decision="allow", api_key="k-1").status_code, 200)
found = actions.execute_tool({"query": "emulators"}, "exa_search",
                             connection_name="exa", identifier=identifier)
expect("results", len(found.data["results"]), 2)
step("an API-key connection: form, then execute_tool")

denied = actions.get_authorization_link(
    **account, user_verify_url="https://app.example.com/verify", state="s")
expect("deny redirects with an error",
       location(answer(denied.link, decision="deny"))["error"], ["access_denied"])
step("consent denied")

# A rejected token is refreshed. The package then sends the old and the new one.
if os.environ.get("CONFORMANCE_REVOKE"):
    requests.post(f"{env_url}/_emulator/revoke_tokens", timeout=10).raise_for_status()
    expect("after a revoked token", actions.get_connected_account(**account).connected_account.id,
           created.id)
    step("a revoked token is refreshed")

actions.delete_connected_account(**account)
expect_error("a deleted account", exceptions.ScalekitNotFoundException,
             lambda: actions.get_connected_account(**account))
step("delete_connected_account, then get_connected_account: not found")
actions.delete_connected_account(connection_name="exa", identifier=identifier)

print(f"passed: {count} steps")
