//! Lists: one page, all pages, or all items.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::{Deserialize, Serialize};

use super::non_empty;
use crate::Error;

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page. A list ends with a page without `next_page_token`, not with an empty
    /// page.
    pub items: Vec<T>,
    /// The number of items in the whole list, as reported by the server.
    pub total_size: u32,
    /// The token of the next page; `None` on the last page.
    pub next_page_token: Option<String>,
    /// The token of the previous page; `None` on the first page.
    pub prev_page_token: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn new(
        items: Vec<T>,
        total_size: u32,
        next_page_token: String,
        prev_page_token: String,
    ) -> Self {
        Self {
            items,
            total_size,
            next_page_token: non_empty(next_page_token),
            prev_page_token: non_empty(prev_page_token),
        }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

/// Creates a page that is the whole list.
impl<T> From<Vec<T>> for Page<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            total_size: u32::try_from(items.len()).unwrap_or(u32::MAX),
            items,
            next_page_token: None,
            prev_page_token: None,
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(Option<String>) -> PageFuture<T> + Send + Sync>;

/// All pages of a list. Each page is requested when it is needed.
///
/// Call [`next`](Pages::next), or use it as a [`Stream`]. Empty pages do not end it. It ends after
/// the last page or after an error. A page token that the server repeats is an error.
///
/// After an error, [`resume`](Pages::resume) continues with the page that failed.
#[must_use = "a list does nothing until it is polled"]
pub struct Pages<T> {
    fetch: Fetch<T>,
    state: State<T>,
    /// The token of the next page; `None` for the first page.
    token: Option<String>,
    seen: Vec<String>,
}

enum State<T> {
    Ready,
    /// Never locked: the mutex makes a list `Sync`.
    Fetching(Mutex<PageFuture<T>>),
    /// The last request failed.
    Failed,
    Done,
}

impl<T> Pages<T> {
    pub(crate) fn new(
        first: Option<String>,
        fetch: impl Fn(Option<String>) -> PageFuture<T> + Send + Sync + 'static,
    ) -> Self {
        let seen = first.iter().cloned().collect();
        Self {
            fetch: Box::new(fetch),
            state: State::Ready,
            token: first,
            seen,
        }
    }

    /// Requests the next page. Returns `None` after the last page and after an error.
    ///
    /// # Errors
    /// The errors of the list call, and [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the
    /// server repeats a page token.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|cx| self.poll_page(cx)).await
    }

    /// The token of the next page, or of the page that failed. Set it as the `page_token` of
    /// another list to continue there, for example in another process. Empty for the first page;
    /// `None` at the end.
    pub fn resume_token(&self) -> Option<&str> {
        match self.state {
            State::Done => None,
            _ => Some(self.token.as_deref().unwrap_or_default()),
        }
    }

    /// After an error, makes [`next`](Pages::next) request the page that failed again. Otherwise
    /// does nothing. A list that ended because of a repeated page token cannot be resumed.
    pub fn resume(&mut self) {
        if matches!(self.state, State::Failed) {
            self.state = State::Ready;
        }
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        loop {
            match &mut self.state {
                State::Ready => {
                    let future = (self.fetch)(self.token.clone());
                    self.state = State::Fetching(Mutex::new(future));
                }
                State::Fetching(future) => {
                    let future = future.get_mut().unwrap_or_else(PoisonError::into_inner);
                    let page = match ready!(future.as_mut().poll(cx)) {
                        Ok(page) => self.advance(page),
                        Err(error) => {
                            self.state = State::Failed;
                            Err(error)
                        }
                    };
                    return Poll::Ready(Some(page));
                }
                State::Failed | State::Done => return Poll::Ready(None),
            }
        }
    }

    /// Stores the token of the next page.
    fn advance(&mut self, page: Page<T>) -> Result<Page<T>, Error> {
        self.state = State::Done;
        let Some(token) = &page.next_page_token else {
            return Ok(page);
        };
        if self.seen.contains(token) {
            return Err(Error::decode(
                "the server repeated a page token: this list would never end",
            ));
        }
        self.seen.push(token.clone());
        self.token = Some(token.clone());
        self.state = State::Ready;
        Ok(page)
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(cx)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("seen", &self.seen.len())
            .finish_non_exhaustive()
    }
}

/// All items of a list, requested page by page.
///
/// Call [`next`](Items::next) or [`collect`](Items::collect), or use it as a [`Stream`]. It ends
/// like [`Pages`], and it can be [resumed](Items::resume).
#[must_use = "a list does nothing until it is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    buffer: VecDeque<T>,
    /// The resume token of the page that is in the buffer.
    token: Option<String>,
}

impl<T> Items<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        Self {
            pages,
            buffer: VecDeque::new(),
            token: None,
        }
    }

    /// Returns the next item, or `None` after the last item and after an error.
    ///
    /// # Errors
    /// The errors of [`Pages::next`].
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// The token of the page that contains the next item. A list with this `page_token` starts with
    /// the first item of that page, so that in the middle of a page some items are returned again.
    /// After an error none are. Empty for the first page; `None` at the end.
    pub fn resume_token(&self) -> Option<&str> {
        match self.buffer.is_empty() {
            true => self.pages.resume_token(),
            false => self.token.as_deref(),
        }
    }

    /// After an error, makes [`next`](Items::next) request the page that failed again. No item is
    /// skipped or repeated.
    pub fn resume(&mut self) {
        self.pages.resume();
    }

    /// Collects the remaining items. A list can be long: the catalogue has about 16,000 tools.
    ///
    /// # Errors
    /// The errors of [`Pages::next`]. The items before the error are dropped; call
    /// [`next`](Self::next) to keep them.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            let token = self.pages.token.clone();
            match ready!(self.pages.poll_page(cx)) {
                Some(Ok(page)) => {
                    self.buffer = page.items.into();
                    self.token = Some(token.unwrap_or_default());
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Unpin> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
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
}
