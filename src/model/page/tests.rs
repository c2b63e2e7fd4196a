//! Pages and items: order, errors, resumption.

use super::*;
use crate::ErrorKind;

/// A list whose page tokens are given.
fn pages(tokens: &'static [&'static str]) -> Pages<usize> {
    let served = std::sync::atomic::AtomicUsize::new(0);
    Pages::new(None, move |_| {
        let index = served.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let next = tokens.get(index).copied().unwrap_or_default().to_owned();
        Box::pin(async move { Ok(Page::new(vec![index], 0, next, String::new())) })
    })
}

#[tokio::test]
async fn a_list_ends_where_the_token_does() {
    assert_eq!(
        Items::new(pages(&["a", "b"])).collect().await.expect("all"),
        [0, 1, 2]
    );
}

#[tokio::test]
async fn pages_and_items_are_streams() {
    async fn all<S: Stream + Unpin>(mut stream: S) -> usize {
        let mut count = 0;
        while let Some(_item) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
            count += 1;
        }
        count
    }
    assert_eq!(all(pages(&["a", ""])).await, 2);
    let items = Items::new(pages(&["a", ""]))
        .collect()
        .await
        .expect("a list");
    assert_eq!(all(Items::new(pages(&["a", ""]))).await, items.len());
}

#[tokio::test]
async fn a_repeated_token_is_an_error_and_the_end() {
    for tokens in [&["a", "a"][..], &["a", "b", "a"][..]] {
        let mut pages = pages(tokens);
        let mut ok = 0;
        let error = loop {
            match pages.next().await.expect("not the end yet") {
                Ok(_) => ok += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(ok, tokens.len() - 1);
        assert!(pages.next().await.is_none());
    }
}

#[tokio::test]
async fn the_token_that_a_list_starts_with_is_one_that_may_not_come_again() {
    let fetch = |_| -> PageFuture<u8> {
        Box::pin(async { Ok(Page::new(vec![1], 0, "x".to_owned(), String::new())) })
    };
    let mut pages = Pages::new(Some("x".to_owned()), fetch);
    let error = pages.next().await.expect("a page").expect_err("repeated");
    assert_eq!(error.kind(), ErrorKind::Decode);
    pages.resume();
    assert!(pages.next().await.is_none(), "it would never end");
    assert_eq!(pages.resume_token(), None);
}

/// Three pages of two items, of which each fetch that is listed fails.
fn flaky(failures: &'static [usize]) -> Pages<String> {
    let fetched = std::sync::atomic::AtomicUsize::new(0);
    Pages::new(None, move |token| {
        let fetch = fetched.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let token = token.unwrap_or("1".to_owned());
        let next = match &*token {
            "1" => "2",
            "2" => "3",
            _ => "",
        };
        let items = ["a", "b"].map(|item| format!("{token}{item}"));
        Box::pin(async move {
            match failures.contains(&fetch) {
                true => Err(Error::decode("no")),
                false => Ok(Page::new(items.into(), 6, next.to_owned(), String::new())),
            }
        })
    })
}

#[tokio::test]
async fn a_list_goes_on_where_it_failed_and_gives_every_item_once() {
    for failures in [&[0][..], &[1], &[2], &[0, 1, 3, 4, 6], &[1, 2, 3]] {
        let mut items = Items::new(flaky(failures));
        let (mut got, mut errors) = (Vec::new(), 0);
        loop {
            match items.next().await {
                Some(Ok(item)) => got.push(item),
                None if items.resume_token().is_none() => break,
                None => items.resume(),
                Some(Err(_)) => {
                    errors += 1;
                    assert!(items.next().await.is_none(), "it ends until it is resumed");
                }
            }
        }
        assert_eq!(got, ["1a", "1b", "2a", "2b", "3a", "3b"]);
        assert_eq!(errors, failures.len());
    }
}

#[tokio::test]
async fn the_resume_token_is_that_of_the_page_with_the_next_item() {
    let mut items = Items::new(flaky(&[1]));
    assert_eq!(items.resume_token(), Some(""), "the first page");
    let mut next = async || {
        let item = items.next().await.map(|item| item.ok());
        (item, items.resume_token().map(str::to_owned))
    };
    let ok = |item: &str, token: &str| (Some(Some(item.to_owned())), Some(token.to_owned()));
    assert_eq!(next().await, ok("1a", ""));
    assert_eq!(next().await, ok("1b", "2"));
    assert_eq!(next().await, (Some(None), Some("2".to_owned())));
    assert_eq!(next().await, (None, Some("2".to_owned())));
    items.resume();
    let mut next = async || {
        let item = items.next().await.map(|item| item.ok());
        (item, items.resume_token().map(str::to_owned))
    };
    assert_eq!(next().await, ok("2a", "2"));
    assert_eq!(next().await, ok("2b", "3"));
    assert_eq!(next().await, ok("3a", "3"));
    assert_eq!(next().await, (Some(Some("3b".to_owned())), None));
    assert_eq!(next().await, (None, None));
}

#[tokio::test]
async fn an_error_ends_the_list() {
    let fails = |_| -> PageFuture<()> { Box::pin(async { Err(Error::decode("no")) }) };
    let mut items = Items::new(Pages::new(None, fails));
    assert!(items.next().await.expect("an item").is_err());
    assert!(items.next().await.is_none());
}
