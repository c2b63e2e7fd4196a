//! Reads a few fields of a JSON object.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// Reads the fields with these names. A duplicate of one of them is an error. Other fields are skipped,
/// whatever their nesting.
pub(super) fn read_fields<const N: usize>(
    body: &[u8],
    names: [&'static str; N],
) -> Result<[Option<Value>; N], String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let fields = json.deserialize_map(Selected(names));
    fields
        .and_then(|fields| json.end().map(|()| fields))
        .map_err(|error| describe(&error))
}

struct Selected<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Selected<N> {
    type Value = [Option<Value>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = [const { None }; N];
        while let Some(name) = map.next_key::<String>()? {
            match self.0.iter().position(|selected| *selected == name) {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(at) if fields[at].is_some() => {
                    return Err(A::Error::duplicate_field(self.0[at]));
                }
                Some(at) => fields[at] = Some(map.next_value()?),
            }
        }
        Ok(fields)
    }
}

/// Describes the error of JSON that is not an object. The text of serde_json's error can quote values.
pub(super) fn describe(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    // No other error starts with this text.
    match error.to_string().starts_with("recursion limit exceeded") {
        true => format!("nests deeper than 127 levels (JSON, line {line} column {column})"),
        false => format!("is not an object (JSON, line {line} column {column})"),
    }
}
