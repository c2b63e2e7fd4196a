//! Enums of the API that keep the values that this version of the crate does not know.

use std::sync::{Mutex, PoisonError};

/// The first of the numbers that stand for names. The numbers of the API start at 0.
const FIRST_NAMED: i32 = i32::MIN;

/// How many unknown names are kept. The service has a few dozen enum values, so that a newer version
/// cannot have more than this.
const MAX_NAMES: usize = 1_000;

/// Stands for further names.
const UNNAMED: i32 = -1;

/// An enum value that this version of the crate does not know: its number, which gRPC sends, or its
/// name, which JSON has.
///
/// It cannot be created for a known value, so that two values are equal only if they are the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(i32);

impl UnknownValue {
    pub(crate) fn from_number(number: i32) -> Self {
        Self(number)
    }

    pub(crate) fn from_name(name: &str) -> Self {
        Self(number_of(name))
    }

    /// The name, if the server sent the name.
    pub fn name(self) -> Option<&'static str> {
        name_of(self.0)
    }

    /// The number, if the server sent the number.
    pub fn number(self) -> Option<i32> {
        (self.0 != UNNAMED && self.name().is_none()).then_some(self.0)
    }
}

impl std::fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.name(), self.number()) {
            (Some(name), _) => f.pad(name),
            (None, Some(number)) => number.fmt(f),
            (None, None) => f.pad("UNKNOWN"),
        }
    }
}

impl std::fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// The unknown names that were received. Messages hold numbers, so that a name from JSON gets a number
/// of its own: its index here.
static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The number that stands for a name in the messages of this process.
pub(crate) fn number_of(name: &str) -> i32 {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = names.iter().position(|known| *known == name);
    let place = place.or_else(|| {
        // Kept until the process ends. Their number is bounded.
        (names.len() < MAX_NAMES && name.len() <= 128).then(|| {
            names.push(Box::leak(name.into()));
            names.len() - 1
        })
    });
    let offset = place.and_then(|place| i32::try_from(place).ok());
    offset.map_or(UNNAMED, |offset| FIRST_NAMED + offset)
}

/// The name that a number stands for.
pub(crate) fn name_of(number: i32) -> Option<&'static str> {
    let place = usize::try_from(number.checked_sub(FIRST_NAMED)?).ok()?;
    let names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.get(place).copied()
}

/// Declares an open enum.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $number:literal => $text:literal, )+ }
    ) => {
        $(#[$meta])*
        ///
        /// It is parsed from, and serialized as, the name in the API's description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
            /// A value that this version of the crate does not know.
            Other($crate::UnknownValue),
        }

        impl $name {
            /// The name in the API's description; `None` if only the number is known.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $( Self::$variant => Some($text), )+
                    Self::Other(unknown) => unknown.name(),
                }
            }

            /// The number in the API's description; `None` if only the name is known.
            pub fn number(self) -> Option<i32> {
                match self {
                    $( Self::$variant => Some($number), )+
                    Self::Other(unknown) => unknown.number(),
                }
            }

            fn from_name(name: &str) -> Self {
                match name {
                    $( name if name.eq_ignore_ascii_case($text) => Self::$variant, )+
                    _ => Self::Other($crate::UnknownValue::from_name(name)),
                }
            }
        }

        impl From<i32> for $name {
            fn from(number: i32) -> Self {
                match number {
                    $( $number => Self::$variant, )+
                    // The number of a name that another enum may know.
                    other => match $crate::model::open_enum::name_of(other) {
                        Some(name) => Self::from_name(name),
                        None => Self::Other($crate::UnknownValue::from_number(other)),
                    },
                }
            }
        }

        /// The value that means "not specified".
        impl Default for $name {
            fn default() -> Self {
                Self::from(0)
            }
        }

        /// Parses a name in upper or lower case. An unknown name becomes [`Other`](Self::Other).
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Ok(Self::from_name(name))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$variant => f.pad($text), )+
                    Self::Other(unknown) => unknown.fmt(f),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match (self.name(), self.number()) {
                    (Some(name), _) => serializer.serialize_str(name),
                    (None, Some(number)) => serializer.serialize_i32(number),
                    (None, None) => serializer.collect_str(self),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::model::open_enum::Value(
                    Self::from_name,
                    Self::from,
                ))
            }
        }
    };
}
pub(crate) use open_enum;

/// Reads an enum value by its name or its number.
pub(crate) struct Value<T>(pub fn(&str) -> T, pub fn(i32) -> T);

impl<T> serde::de::Visitor<'_> for Value<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name or the number of an enum value")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<T, E> {
        Ok(self.0(name))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<T, E> {
        let unexpected = serde::de::Unexpected::Signed(number);
        let number =
            i32::try_from(number).map_err(|_| E::invalid_value(unexpected, &"an enum value"))?;
        Ok(self.1(number))
    }
}

#[cfg(test)]
mod tests;
