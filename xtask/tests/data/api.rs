//! What `cargo xtask api` lists of this crate is in `api.txt`.
use std::{collections::BTreeMap, fmt::Display, future::Future};

pub mod shapes {
    pub struct Unit;
    pub struct Pair(pub u8, u8);
    #[derive(Clone, PartialEq)]
    pub struct Open<'a, T: 'a = u8, const N: usize = 2>
    where
        T: Copy,
    {
        pub list: [T; N],
        pub text: &'a str,
        hidden: u8,
    }
    impl<T: Copy, const N: usize> Open<'_, T, N> {
        pub const SIZE: usize = N;
        pub fn first(&self) -> Option<&T> {
            self.list.first()
        }
        fn private(&self) {}
    }
    #[non_exhaustive]
    pub enum Shape {
        Empty,
        Circle(f64),
        Box { width: u32, height: u32 },
    }
    #[doc(hidden)]
    pub struct Hidden;
    struct Private;
    impl Private {
        pub fn unreachable(&self) {}
    }
    impl Clone for Private {
        fn clone(&self) -> Self {
            Private
        }
    }
}
mod inner {
    pub struct Moved;
    pub fn star() {}
    pub trait Sealed {}
    impl Sealed for Moved {}
}
pub use inner::Moved as Renamed;
pub mod all {
    pub use crate::inner::*;
}
pub mod raw {
    pub struct Generated;
}
pub mod raw_rest {
    pub struct Generated;
}

pub trait Source<T>: Send + Sync {
    type Item: Display + ?Sized;
    const LIMIT: u32 = 1;
    fn next(&mut self, at: T) -> Box<Self::Item>;
}
impl<T: Into<String> + Send + Sync> Source<T> for Vec<T> {
    type Item = str;
    fn next(&mut self, at: T) -> Box<str> {
        at.into().into()
    }
}
impl Renamed {
    pub const fn new() -> Self {
        Renamed
    }
    pub async fn wait(self, millis: u64) -> Result<(), std::io::Error> {
        drop(millis);
        Ok(())
    }
    pub fn run<'a, F, R>(&'a mut self, each: F) -> impl Future<Output = R> + use<'a, F, R>
    where
        F: for<'b> Fn(&'b str) -> R + 'static,
    {
        async move { each("") }
    }
    pub fn with(&self, name: impl Into<String>, dynamic: &mut (dyn Display + Send)) -> (u8,) {
        let _ = (name.into(), dynamic.to_string());
        (0,)
    }
    #[deprecated]
    pub fn old(self: Box<Self>, call: fn(u8) -> bool, raw: *const [u8]) -> bool {
        raw.is_null() || call(0)
    }
}
impl std::future::IntoFuture for Renamed {
    type Output = ();
    type IntoFuture = std::future::Ready<()>;
    fn into_future(self) -> Self::IntoFuture {
        std::future::ready(())
    }
}
impl From<Renamed> for String {
    fn from(_: Renamed) -> String {
        String::new()
    }
}
pub type Table<V> = BTreeMap<String, Vec<V>>;
pub const LIMIT: usize = 3;
pub static NAME: &str = "n";
pub fn item<S: Source<u8>>(source: &S) -> Option<<S as Source<u8>>::Item>
where
    S::Item: Sized,
{
    let _ = source;
    None
}
macro_rules! not_exported {
    () => {};
}
#[macro_export]
macro_rules! exported {
    () => {};
}
not_exported!();
