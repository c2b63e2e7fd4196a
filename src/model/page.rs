//! Lists: one page, all pages, or all items.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::non_empty;
use crate::Error;

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page. An empty page is not the end of the list: the token is.
    pub items: Vec<T>,
    /// How many items the whole list has, as the server counts.
    pub total_size: u32,
    /// The token of the page after this one; `None` on the last.
    pub next_page_token: Option<String>,
    /// The token of the page before this one; `None` on the first.
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

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(Option<String>) -> PageFuture<T> + Send>;

/// All pages of a list, each fetched when it is asked for.
///
/// Use [`next`](Pages::next), or the [`Stream`] with the combinators of your choice. It goes on
/// past empty pages. It ends after the last page or after the first error; a server that repeats a
/// page token is an error instead of an endless loop.
pub struct Pages<T> {
    fetch: Fetch<T>,
    state: State<T>,
    seen: Vec<String>,
}

enum State<T> {
    Ready(Option<String>),
    Fetching(PageFuture<T>),
    Done,
}

impl<T> Pages<T> {
    pub(crate) fn new(
        first: Option<String>,
        fetch: impl Fn(Option<String>) -> PageFuture<T> + Send + 'static,
    ) -> Self {
        let seen = first.iter().cloned().collect();
        Self {
            fetch: Box::new(fetch),
            state: State::Ready(first),
            seen,
        }
    }

    /// The next page; `None` after the last one and after an error.
    ///
    /// # Errors
    /// Those of the list call; [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the server
    /// repeats a page token.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|cx| self.poll_page(cx)).await
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        loop {
            match &mut self.state {
                State::Ready(token) => {
                    let future = (self.fetch)(token.take());
                    self.state = State::Fetching(future);
                }
                State::Fetching(future) => {
                    let page = ready!(future.as_mut().poll(cx)).and_then(|page| self.advance(page));
                    if page.is_err() {
                        self.state = State::Done;
                    }
                    return Poll::Ready(Some(page));
                }
                State::Done => return Poll::Ready(None),
            }
        }
    }

    /// Notes where the page leads to.
    fn advance(&mut self, page: Page<T>) -> Result<Page<T>, Error> {
        self.state = match &page.next_page_token {
            None => State::Done,
            Some(token) if self.seen.contains(token) => {
                return Err(Error::decode(
                    "the server repeated a page token: this list would never end",
                ));
            }
            Some(token) => {
                self.seen.push(token.clone());
                State::Ready(Some(token.clone()))
            }
        };
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

/// All items of a list, fetched page by page.
///
/// Use [`next`](Items::next), [`collect`](Items::collect), or the [`Stream`]. It ends like
/// [`Pages`].
pub struct Items<T> {
    pages: Pages<T>,
    buffer: VecDeque<T>,
}

impl<T> Items<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        Self {
            pages,
            buffer: VecDeque::new(),
        }
    }

    /// The next item; `None` after the last one and after an error.
    ///
    /// # Errors
    /// Those of [`Pages::next`].
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// All items that are left. The list may be long: the catalogue has about 16,000 tools.
    ///
    /// # Errors
    /// Those of [`Pages::next`]; the items fetched before the error are dropped.
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
            match ready!(self.pages.poll_page(cx)) {
                Some(Ok(page)) => self.buffer = page.items.into(),
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
    async fn an_error_ends_the_list() {
        let fails = |_| -> PageFuture<()> { Box::pin(async { Err(Error::decode("no")) }) };
        let mut items = Items::new(Pages::new(None, fails));
        assert!(items.next().await.expect("an item").is_err());
        assert!(items.next().await.is_none());
    }
}
