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
mod tests;
