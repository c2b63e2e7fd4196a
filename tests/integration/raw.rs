//! The generated clients with the token, headers, deadline and repeats of the facade.

use std::time::Duration;

use scalekit::Transport;
use scalekit::raw::domains::ListDomainRequest;
use scalekit::raw::providers::ListProvidersRequest;
use scalekit::raw::tools::{ExecuteToolRequest, ListToolsRequest};
use scalekit_emulator::{Code, Fault, Protocol, Status};
use tonic::Code as Wire;

use crate::grpc::harness::{GMAIL, connected, emulator};

#[tokio::test]
async fn a_generated_client_is_authenticated() {
    let emulator = emulator().await;
    let client = emulator.client();
    let mut providers = client.raw().provider_service();
    let response = providers
        .list_providers(ListProvidersRequest::default())
        .await
        .expect("a page");
    assert!(
        response
            .into_inner()
            .providers
            .iter()
            .any(|provider| provider.identifier == "GMAIL")
    );
    let calls = emulator.calls_to("ListProviders");
    assert_eq!(calls[0].headers("authorization").len(), 1);
    for header in ["user-agent", "x-sdk-version", "x-api-version"] {
        assert_eq!(calls[0].headers(header).len(), 1, "{header}");
    }
    emulator.revoke_tokens();
    providers
        .list_providers(ListProvidersRequest::default())
        .await
        .expect("a new token");
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_status_arrives_as_the_server_gave_it() {
    let (emulator, client) = connected().await;
    let mut tools = client.raw().tool_service();
    let request = ExecuteToolRequest {
        tool_name: "no_such_tool".into(),
        ..Default::default()
    };
    let status = tools.execute_tool(request).await.expect_err("no such tool");
    assert_eq!(status.code(), Wire::NotFound);
    assert!(
        !status.details().is_empty(),
        "the details are there to decode"
    );

    emulator.fail_next(
        "ListTools",
        Fault::status(Status::new(Code::Unavailable, "restarting")),
    );
    tools
        .list_tools(ListToolsRequest::default())
        .await
        .expect("a read is repeated");
    assert_eq!(emulator.calls_to("ListTools").len(), 2);
}

#[tokio::test]
async fn an_operation_that_must_not_be_done_twice_is_not() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ExecuteTool", Fault::http(503).after_executing());
    let request = ExecuteToolRequest {
        tool_name: "gmail_fetch_mails".into(),
        connector: Some(GMAIL.0.into()),
        identifier: Some(GMAIL.1.into()),
        ..Default::default()
    };
    let status = client
        .raw()
        .tool_service()
        .execute_tool(request)
        .await
        .expect_err("lost");
    assert_eq!(status.code(), Wire::Unavailable);
    let source = std::error::Error::source(&status).expect("what happened");
    let error = source.downcast_ref::<scalekit::Error>().expect("our error");
    assert_eq!(
        (error.outcome(), error.http_status()),
        (scalekit::Outcome::Unknown, Some(503))
    );
    assert_eq!(emulator.calls_to("ExecuteTool").len(), 1);
}

#[tokio::test]
async fn a_deadline_of_the_request_is_kept() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ListTools", Fault::delay(Duration::from_secs(30)));
    let mut request = tonic::Request::new(ListToolsRequest::default());
    request.set_timeout(Duration::from_millis(200));
    let status = client
        .raw()
        .tool_service()
        .list_tools(request)
        .await
        .expect_err("too slow");
    assert_eq!(status.code(), Wire::DeadlineExceeded);
}

#[tokio::test]
async fn a_client_of_the_rest_transport_sends_its_rpcs_by_rest() {
    let (emulator, _) = connected().await;
    let builder = emulator.client_builder().transport(Transport::Rest);
    let client = builder.build().expect("a client");
    let mut tools = client.raw().tool_service();
    let page = tools.list_tools(ListToolsRequest::default()).await;
    assert!(!page.expect("a page").into_inner().tools.is_empty());

    let request = ExecuteToolRequest {
        tool_name: "no_such_tool".into(),
        ..Default::default()
    };
    let status = tools.execute_tool(request).await.expect_err("no such tool");
    assert_eq!(status.code(), Wire::NotFound);
    let source = std::error::Error::source(&status).expect("what happened");
    let error = source.downcast_ref::<scalekit::Error>().expect("our error");
    assert_eq!(error.http_status(), Some(404));
    assert_eq!(error.message(), status.message());

    for rpc in ["ListTools", "ExecuteTool"] {
        let calls = emulator.calls_to(rpc);
        let protocols: Vec<_> = calls.iter().map(|call| call.protocol).collect();
        assert_eq!(protocols, [Protocol::Rest], "{rpc}");
    }
}

#[tokio::test]
async fn an_rpc_without_a_rest_form_is_named() {
    let emulator = emulator().await;
    let builder = emulator.client_builder().transport(Transport::Rest);
    let client = builder.build().expect("a client");
    let status = client
        .raw()
        .domain_service()
        .list_domains(ListDomainRequest::default())
        .await
        .expect_err("no REST form");
    assert_eq!(status.code(), Wire::FailedPrecondition);
    let text = status.message();
    assert!(
        text.contains("DomainService/ListDomains has no REST form"),
        "{text}"
    );
    assert!(emulator.calls_to("ListDomains").is_empty());
}
