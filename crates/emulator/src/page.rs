//! Pagination with opaque tokens, each valid for one list with its filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::code::Code;
use crate::status::Status;

/// The settings of pagination.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    /// The page size for requests without one.
    pub(crate) default_size: u32,
    /// Whether to insert an empty page, with a next page token, between every two pages.
    pub(crate) empty_pages: bool,
}

/// The maximum page size.
const MAX_SIZE: u32 = 1_000;

/// One page.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: String,
    pub(crate) prev: String,
    pub(crate) total: u32,
}

impl<T> Page<T> {
    pub(crate) fn map<U>(self, with: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(with).collect(),
            next: self.next,
            prev: self.prev,
            total: self.total,
        }
    }
}

impl Paging {
    /// Cuts one page out of `items`. `list` names the list and its filters. A token of another
    /// list, or of the same list with other filters, is rejected.
    pub(crate) fn cut<T>(
        self,
        list: &str,
        items: Vec<T>,
        size: u32,
        token: &str,
    ) -> Result<Page<T>, Status> {
        let fingerprint = fingerprint(list);
        let total = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let size = match size {
            0 => self.default_size,
            asked => asked.min(MAX_SIZE),
        }
        .max(1);
        let start = if token.is_empty() {
            Token::at(0, fingerprint)
        } else {
            Token::decode(token)
                .filter(|token| token.fingerprint == fingerprint)
                .ok_or_else(bad_token)?
        };
        let offset = start.offset.min(total);
        let prev = if offset == 0 {
            String::new()
        } else {
            Token::at(offset.saturating_sub(size), fingerprint).encode()
        };
        if start.empty {
            return Ok(Page {
                items: Vec::new(),
                next: Token::at(offset, fingerprint).encode(),
                prev,
                total,
            });
        }
        let end = offset.saturating_add(size).min(total);
        let next = if end < total {
            let mut token = Token::at(end, fingerprint);
            token.empty = self.empty_pages;
            token.encode()
        } else {
            String::new()
        };
        let items = items
            .into_iter()
            .skip(offset as usize)
            .take((end - offset) as usize)
            .collect();
        Ok(Page {
            items,
            next,
            prev,
            total,
        })
    }
}

fn bad_token() -> Status {
    Status::new(
        Code::InvalidArgument,
        "page_token was not issued for this list",
    )
    .field_violation(
        "page_token",
        "not a token of this list with these filters",
        "page_token",
    )
}

/// The content of a page token. It encodes to 14 characters; the API allows 32.
#[derive(Clone, Copy)]
struct Token {
    offset: u32,
    empty: bool,
    fingerprint: u32,
}

const VERSION: u8 = 1;

impl Token {
    fn at(offset: u32, fingerprint: u32) -> Self {
        Token {
            offset,
            empty: false,
            fingerprint,
        }
    }

    fn encode(self) -> String {
        let mut bytes = vec![VERSION, u8::from(self.empty)];
        bytes.extend(self.offset.to_be_bytes());
        bytes.extend(self.fingerprint.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; 10] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let [VERSION, empty @ (0 | 1), a, b, c, d, e, f, g, h] = bytes else {
            return None;
        };
        Some(Token {
            offset: u32::from_be_bytes([a, b, c, d]),
            empty: empty == 1,
            fingerprint: u32::from_be_bytes([e, f, g, h]),
        })
    }
}

/// FNV-1a: tokens must be the same in every run, which the standard hasher does not guarantee.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn walk(paging: Paging, size: u32) -> Vec<Vec<u32>> {
        let mut pages = Vec::new();
        let mut token = String::new();
        loop {
            let page = paging
                .cut("list", (0..7).collect::<Vec<u32>>(), size, &token)
                .unwrap();
            assert_eq!(page.total, 7);
            pages.push(page.items);
            if page.next.is_empty() {
                return pages;
            }
            assert!(page.next.len() <= 32);
            token = page.next;
        }
    }

    #[test]
    fn pages_cover_the_list_once() {
        let paging = Paging {
            default_size: 3,
            empty_pages: false,
        };
        assert_eq!(walk(paging, 0), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(walk(paging, 7).len(), 1);
    }

    #[test]
    fn empty_pages_are_inserted_between_full_ones() {
        let paging = Paging {
            default_size: 4,
            empty_pages: true,
        };
        assert_eq!(walk(paging, 0), [vec![0, 1, 2, 3], vec![], vec![4, 5, 6]]);
    }

    #[test]
    fn a_token_of_another_list_or_an_invalid_token_is_rejected() {
        let paging = Paging {
            default_size: 2,
            empty_pages: false,
        };
        let page = paging.cut("one", vec![1, 2, 3], 0, "").unwrap();
        for token in [page.next.as_str(), "x", "AAAAAAAAAAAAAA", "é"] {
            let error = paging.cut("two", vec![1, 2, 3], 0, token).err().unwrap();
            assert_eq!(error.code(), Code::InvalidArgument, "{token}");
        }
    }

    #[test]
    fn the_previous_token_leads_back() {
        let paging = Paging {
            default_size: 2,
            empty_pages: false,
        };
        let first = paging.cut("l", vec![1, 2, 3], 0, "").unwrap();
        assert_eq!(first.prev, "");
        let second = paging.cut("l", vec![1, 2, 3], 0, &first.next).unwrap();
        let back = paging.cut("l", vec![1, 2, 3], 0, &second.prev).unwrap();
        assert_eq!(back.items, [1, 2]);
    }
}
