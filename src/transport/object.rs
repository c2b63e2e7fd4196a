//! JSON objects of which a few fields are wanted.

use std::fmt;

use serde_core::Deserializer as _;
use serde_core::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The fields with these names, each of which may be there once. What else there is is passed over,
/// however deep it nests.
pub(super) fn fields<const N: usize>(
    body: &[u8],
    names: [&'static str; N],
) -> Result<[Option<Value>; N], String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let fields = json.deserialize_map(Wanted(names));
    fields
        .and_then(|fields| json.end().map(|()| fields))
        .map_err(|error| reason(&error))
}

struct Wanted<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Wanted<N> {
    type Value = [Option<Value>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = [const { None }; N];
        while let Some(name) = map.next_key::<String>()? {
            match self.0.iter().position(|wanted| *wanted == name) {
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

/// What is wrong with JSON that should be an object. The text of serde's error can quote it.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    // No other error starts like this.
    match error.to_string().starts_with("recursion limit exceeded") {
        true => format!("nests deeper than 127 levels (JSON, line {line} column {column})"),
        false => format!("is not an object (JSON, line {line} column {column})"),
    }
}
