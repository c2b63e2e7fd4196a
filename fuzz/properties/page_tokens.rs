//! Page tokens, from a response back into a request.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use prost::Message;
use serde_json::json;

use crate::call::{Operation, operations};
use crate::raw::{connected_accounts as accounts, tools};
use crate::transport::{Framed, decode, rest, transcode};
use crate::{ErrorKind, Page, Pages};

/// Page tokens of a server, one per line.
pub fn page_tokens(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let tokens: Vec<_> = text.split('\n').map(str::to_owned).take(8).collect();
    for token in tokens.iter().filter(|token| !token.is_empty()) {
        check_token(token);
    }
    check_list(tokens)
}

/// Checks that a token is sent back unchanged on both transports.
fn check_token(token: &str) {
    let response = tools::ListToolsResponse {
        next_page_token: token.to_owned(),
        ..Default::default()
    };
    let message = response.encode_to_vec().into();
    let by_grpc: tools::ListToolsResponse = decode(message).expect("a response");
    let route = transcode::route(operations::LIST_TOOLS.path).expect("a REST form");
    let body = json!({"next_page_token": token}).to_string();
    let message = rest::decode(route, body.as_bytes()).expect("JSON");
    let by_rest: tools::ListToolsResponse = decode(message).expect("a response");
    assert_eq!(by_grpc, by_rest);
    let page = Page::new(Vec::<()>::new(), 0, by_grpc.next_page_token, String::new());
    let token = page.next_page_token.expect("it is not empty");

    let request = tools::ListToolsRequest {
        page_token: token.clone(),
        ..Default::default()
    };
    let framed = Framed::new(&request).expect("a frame");
    let sent = tools::ListToolsRequest::decode(framed.message()).expect("a message");
    assert_eq!(sent.page_token, token);

    let listed = |operation: &Operation, request: &[u8]| {
        let route = transcode::route(operation.path).expect("a REST form");
        let request = rest::request(route, request).expect("a request");
        let query = request.path.query().unwrap_or_default();
        let mut sent = form_urlencoded::parse(query.as_bytes());
        let sent = sent.find(|(name, _)| name == "page_token");
        assert_eq!(sent.expect("a token").1, token);
    };
    listed(&operations::LIST_TOOLS, &request.encode_to_vec());
    let request = accounts::ListConnectedAccountsRequest {
        page_token: token.clone(),
        ..Default::default()
    };
    listed(
        &operations::LIST_CONNECTED_ACCOUNTS,
        &request.encode_to_vec(),
    );
}

/// Checks that a list with these page tokens ends, with an error if the server repeats one. Returns
/// whether it ends without an error.
fn check_list(tokens: Vec<String>) -> bool {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let served = tokens.clone();
    let mut pages = Pages::new(None, move |token| {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let next = served.get(log.len()).cloned().unwrap_or_default();
        log.push(token);
        Box::pin(std::future::ready(Ok(Page::new(
            vec![()],
            1,
            next,
            String::new(),
        ))))
    });
    let mut sent = vec![None];
    let mut is_repeated = false;
    for token in tokens.into_iter().take_while(|token| !token.is_empty()) {
        is_repeated = sent.contains(&Some(token.clone()));
        if is_repeated {
            break;
        }
        sent.push(Some(token));
    }
    for _ in 0..sent.len() - usize::from(is_repeated) {
        assert!(now(pages.next()).expect("a page").is_ok());
    }
    if is_repeated {
        let error = now(pages.next())
            .expect("an error")
            .expect_err("a repeated token");
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
    assert!(now(pages.next()).is_none());
    assert_eq!(*asked.lock().unwrap_or_else(PoisonError::into_inner), sent);
    !is_repeated
}

/// The output of a future that is ready at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is pending"),
    }
}
