//! Values as input and output on both transports, with a serde_json that keeps numbers as text.

use std::collections::BTreeMap;

use http::Method;
use scalekit::raw::json::Struct;
use scalekit::{
    AuthField, AuthPattern, AuthorizationDetails, Client, ErrorKind, Outcome, StaticAuth, Transport,
};
use scalekit_emulator::{Connection, Emulator, Seed, Tool};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value, json};

const ALICE: (&str, &str) = ("gmail", "alice@example.com");

/// An emulator with a tool that returns its input, and a client for each transport.
async fn emulator() -> (Emulator, [Client; 2]) {
    let schema = json!({"type": "object", "properties": {"n": {"type": "number", "maximum": 1.5}}});
    let seed = Seed::builtin()
        .tool(Tool::new("echo", "GMAIL").handler(|call| Ok(call.input.clone())))
        .tool(Tool::new("strict", "GMAIL").input_schema(schema))
        .connection(Connection::api_key("keys", "KEYS"));
    let emulator = Emulator::builder()
        .seed(seed)
        .start()
        .await
        .expect("an emulator");
    let client = |transport| {
        emulator
            .client_builder()
            .transport(transport)
            .build()
            .expect("a client")
    };
    let clients = [client(Transport::Grpc), client(Transport::Rest)];
    let actions = clients[0].actions();
    let token = scalekit::OauthToken::new("t");
    actions
        .create_connected_account(ALICE.0, ALICE.1, token)
        .await
        .expect("an account");
    (emulator, clients)
}

/// A number that keeps its text, as in this build of serde_json.
fn number(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("a number");
    assert_eq!(value.to_string(), text, "the feature is on");
    value
}

#[derive(Serialize)]
struct Flat {
    own: i128,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Either {
    Number(f64),
    Numbers(Vec<Number>),
    Named { n: Value },
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "kind")]
enum Tagged {
    One { n: Number },
}

#[tokio::test]
async fn values_survive_a_round_trip_through_a_tool() {
    let (_emulator, clients) = emulator().await;
    let rest = Map::from_iter([("n".to_owned(), number("1.0"))]);
    let raw = |text: &str| RawValue::from_string(text.to_owned()).expect("JSON");
    let inputs = [
        (json!({"a": 5}), json!({"a": 5})),
        (json!({"a": number("1.0")}), json!({"a": 1})),
        (json!({"a": number("-0.5")}), json!({"a": -0.5})),
        (json!({"a": number("1e+2")}), json!({"a": 100})),
        (
            json!({"a": {"b": [1, [2, {"c": -3}], null, "4"]}}),
            json!({"a": {"b": [1, [2, {"c": -3}], null, "4"]}}),
        ),
        (
            json!({"a": number("9007199254740992")}),
            json!({"a": 9_007_199_254_740_992_i64}),
        ),
    ];
    for client in &clients {
        let echo = async |input: Value| {
            let output = client.actions().execute_tool("echo", input).account(ALICE);
            output.await.expect("a result").value().expect("JSON")
        };
        for (input, expected) in &inputs {
            assert_eq!(echo(input.clone()).await, *expected);
        }
        let flat = serde_json::to_value(Flat {
            own: 5,
            rest: rest.clone(),
        })
        .expect("JSON");
        assert_eq!(echo(flat).await, json!({"own": 5, "n": 1}));
        let output = client
            .tools()
            .execute_tool(
                "echo",
                Flat {
                    own: -7,
                    rest: rest.clone(),
                },
            )
            .account(ALICE)
            .await
            .expect("a result");
        assert_eq!(output.value().expect("JSON"), json!({"own": -7, "n": 1}));
        let output = client
            .actions()
            .execute_tool(
                "echo",
                raw(r#"{"a": [5, 0.5, {"b": "18446744073709551617"}]}"#),
            )
            .account(ALICE)
            .await
            .expect("a result");
        let expected = json!({"a": [5, 0.5, {"b": "18446744073709551617"}]});
        assert_eq!(output.value().expect("JSON"), expected);
    }
}

#[tokio::test]
async fn enums_and_types_survive_a_round_trip() {
    let (_emulator, clients) = emulator().await;
    for client in &clients {
        let sent = BTreeMap::from([
            ("a", Either::Number(0.5)),
            ("b", Either::Numbers(vec![5.into(), (-3).into()])),
            ("c", Either::Named { n: json!(7) }),
        ]);
        let output = client
            .actions()
            .execute_tool("echo", &sent)
            .account(ALICE)
            .await;
        let output = output.expect("a result");
        let read: BTreeMap<&str, Either> = output.json().expect("the type");
        assert_eq!(read, sent);

        let sent = Tagged::One { n: 12.into() };
        let output = client
            .actions()
            .execute_tool("echo", &sent)
            .account(ALICE)
            .await;
        let output = output.expect("a result");
        assert_eq!(output.json::<Tagged>().expect("the type"), sent);

        #[derive(Deserialize)]
        struct Read {
            n: u8,
            raw: Box<RawValue>,
            #[serde(flatten)]
            rest: BTreeMap<String, Value>,
        }
        let input = json!({"n": 5, "raw": [1, 2.5], "more": {"x": -1}});
        let output = client
            .actions()
            .execute_tool("echo", input)
            .account(ALICE)
            .await;
        let read: Read = output.expect("a result").json().expect("the type");
        assert_eq!((read.n, read.raw.get()), (5, "[1,2.5]"));
        assert_eq!(
            read.rest,
            BTreeMap::from([("more".to_owned(), json!({"x": -1}))])
        );
    }
}

#[tokio::test]
async fn a_number_that_no_double_holds_is_rejected_with_its_path() {
    let (emulator, clients) = emulator().await;
    let before = emulator.calls().len();
    let large = "1".repeat(400);
    let refused = [
        ("9007199254740993", "exactly"),
        ("18446744073709551617", "exactly"),
        ("-170141183460469231731687303715884105729", "exactly"),
        ("1e+400", "range"),
        ("-1e+400", "range"),
        (&large, "range"),
    ];
    for client in &clients {
        for (text, reason) in refused {
            let shown = text.get(..40).unwrap_or(text);
            let inputs = [
                json!({"a": [0, {"b": number(text)}]}),
                serde_json::to_value(BTreeMap::from([("a", (0, json!({"b": number(text)})))]))
                    .expect("JSON"),
            ];
            for input in inputs {
                let error = client
                    .actions()
                    .execute_tool("echo", input)
                    .account(ALICE)
                    .await;
                let error = error.expect_err(text);
                assert_eq!(error.kind(), ErrorKind::InvalidInput);
                assert_eq!(error.outcome(), Outcome::NotSent);
                let message = error.message();
                for part in ["$.a[1].b", shown, reason] {
                    assert!(message.contains(part), "{part} in {message}");
                }
            }
        }
        let error = client
            .actions()
            .execute_tool("echo", number("5"))
            .account(ALICE)
            .await;
        let error = error.expect_err("not an object");
        assert!(error.message().contains("not a number"), "{error}");
    }
    assert_eq!(emulator.calls().len(), before);
    let exact = [
        "18446744073709551616",
        "-9223372036854775808",
        "-0",
        "-0.0",
        "1e+300",
    ];
    for text in exact {
        let sent = Struct::new(&json!({"n": number(text)})).expect(text);
        let read: BTreeMap<String, f64> = sent.json().expect("a double");
        let expected: f64 = text.parse().expect("a double");
        assert_eq!(read["n"].to_bits(), expected.to_bits(), "{text}");
    }
}

#[tokio::test]
async fn every_other_argument_is_sent() {
    let (_emulator, clients) = emulator().await;
    for (index, client) in clients.iter().enumerate() {
        let user = format!("bob-{index}");
        let key = StaticAuth::new()
            .field("api_key", "k")
            .field("port", 8080)
            .field("f", 0.5);
        let created = client
            .actions()
            .create_connected_account("keys", &user, key)
            .api_config(json!({"retries": 3, "limits": [1, 2.5]}))
            .await
            .expect("an account");
        assert_eq!(
            created.api_config,
            Some(json!({"retries": 3, "limits": [1, 2.5]}))
        );
        let updated = client
            .actions()
            .update_connected_account(("keys", &*user))
            .api_config(json!({"retries": 4}))
            .await
            .expect("updated");
        assert_eq!(
            updated.api_config.expect("a configuration")["retries"],
            json!(4)
        );
        let read = client
            .actions()
            .get_connected_account(("keys", &*user))
            .await
            .expect("it");
        let Some(AuthorizationDetails::StaticAuth(auth)) = read.authorization_details else {
            panic!("other details");
        };
        assert_eq!(auth.expose()["port"], json!(8080));
        assert_eq!(auth.expose()["f"], json!(0.5));

        let pattern = AuthPattern::api_key("Key")
            .account_field(AuthField::text("port", "Port").with("maximum", 9))
            .with("weights", json!([1, 0.5]));
        let name = format!("Numbers {index}");
        let provider = client
            .providers()
            .create_custom_provider(&name, "https://a.example", [pattern])
            .await
            .expect("a provider");
        let pattern = provider.auth_patterns[0].as_object();
        assert_eq!(pattern["weights"], json!([1, 0.5]));
        assert_eq!(pattern["account_fields"][0]["maximum"], json!(9));

        let mut tools = client.tools().list_tools().tool_names(["strict"]).items();
        let tool = tools.next().await.expect("a tool").expect("a page");
        let definition = tool.definition_as::<Value>().expect("a definition");
        assert_eq!(
            definition["input_schema"]["properties"]["n"]["maximum"],
            json!(1.5)
        );
    }
}

#[tokio::test]
async fn a_proxied_request_and_its_response_keep_numbers_unchanged() {
    let (_emulator, clients) = emulator().await;
    let client = &clients[0];
    let sent = json!({"a": number("1e+400"), "b": number("18446744073709551617"), "c": 5});
    let request = client.actions().request(ALICE.0, ALICE.1, "/echo");
    let response = request
        .method(Method::POST)
        .json(&sent)
        .await
        .expect("a response");
    let body = response.json::<Value>().expect("JSON")["body"].clone();
    let body = match body {
        Value::String(text) => serde_json::from_str(&text).expect("JSON"),
        body => body,
    };
    assert_eq!(
        body, sent,
        "JSON for a provider is sent as serde_json writes it"
    );
}

#[test]
fn values_of_the_raw_bindings_keep_doubles() {
    let object = json!({"n": 5, "d": 0.5, "z": [1, -2], "last": null});
    let object = object.as_object().expect("an object");
    let value = Struct::from(object).value().expect("JSON");
    assert_eq!(value, Value::Object(object.clone()));
    assert_eq!(
        serde_json::to_value(Struct::from(object)).expect("JSON"),
        value
    );
}

/// A server that issues a token and responds to all other requests with an execution's JSON.
async fn responds_with(output: &'static str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let read = stream.read(&mut request).await.expect("a request");
            let is_token = request[..read].starts_with(b"POST /oauth/token");
            let body = match is_token {
                true => r#"{"access_token": "t", "expires_in": 3600}"#,
                false => output,
            };
            let length = body.len();
            let response = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            );
            stream.write_all(response.as_bytes()).await.expect("sent");
        }
    });
    url
}

#[tokio::test]
async fn a_number_beyond_doubles_in_a_rest_response_is_an_error() {
    let url = responds_with(r#"{"data": {"n": 1e400}, "execution_id": "e"}"#).await;
    let client = Client::builder()
        .env_url(url)
        .client_id("skc_1")
        .client_secret("s")
        .transport(Transport::Rest)
        .build()
        .expect("a client");
    let output = client
        .actions()
        .execute_tool("echo", json!({}))
        .account(ALICE)
        .await;
    let error = output.expect_err("no such double");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}
