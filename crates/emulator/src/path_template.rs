//! Path templates of `google.api.http`: literals, `{variables}` and an optional `:verb` at the end.

use percent_encoding::percent_decode_str;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Variable(String),
}

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTemplate {
    segments: Vec<Segment>,
    verb: Option<String>,
}

impl PathTemplate {
    /// Parses `/a/{b}/c:verb`. Returns `None` for patterns within variables, which this API does
    /// not use.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let after_variables = path.rfind('}').map_or(0, |at| at + 1);
        let (path, verb) = match path[after_variables..].rfind(':') {
            Some(at) => {
                let at = after_variables + at;
                (&path[..at], Some(path[at + 1..].to_owned()))
            }
            None => (path, None),
        };
        let segments = path
            .split('/')
            .map(|segment| match segment.strip_prefix('{') {
                Some(rest) => {
                    let name = rest.strip_suffix('}')?;
                    (!name.contains(['=', '*'])).then(|| Segment::Variable(name.to_owned()))
                }
                None => Some(Segment::Literal(segment.to_owned())),
            })
            .collect::<Option<Vec<_>>>()?;
        Some(PathTemplate { segments, verb })
    }

    /// A sort key that puts the more specific template first.
    pub(crate) fn rank(&self) -> (bool, Vec<bool>) {
        (
            self.verb.is_none(),
            self.segments
                .iter()
                .map(|segment| matches!(segment, Segment::Variable(_)))
                .collect(),
        )
    }

    /// The decoded values of the variables, if `path` matches.
    pub(crate) fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let path = path.strip_prefix('/')?;
        let path = match &self.verb {
            Some(verb) => path.strip_suffix(verb.as_str())?.strip_suffix(':')?,
            None => path,
        };
        let mut found = Vec::new();
        let mut segments = self.segments.iter();
        for part in path.split('/') {
            let decoded = percent_decode_str(part).decode_utf8().ok()?;
            match segments.next()? {
                Segment::Literal(literal) if *literal == decoded => {}
                Segment::Variable(name) if !part.is_empty() => {
                    found.push((name.clone(), decoded.into_owned()));
                }
                _ => return None,
            }
        }
        segments.next().is_none().then_some(found)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::PathTemplate;

    fn template(path: &str) -> PathTemplate {
        PathTemplate::parse(path).unwrap()
    }

    #[test]
    fn a_variable_takes_one_decoded_segment() {
        let found = template("/a/{id}").matches("/a/x%2Fy").unwrap();
        assert_eq!(found, [("id".to_owned(), "x/y".to_owned())]);
        assert_eq!(template("/a/{id}").matches("/a/x/y"), None);
        assert_eq!(template("/a/{id}").matches("/a/"), None);
    }

    #[test]
    fn a_verb_is_part_of_the_match() {
        let disconnect = template("/a/{id}:disconnect");
        assert_eq!(
            disconnect.matches("/a/ca_1:disconnect").unwrap(),
            [("id".to_owned(), "ca_1".to_owned())]
        );
        assert_eq!(disconnect.matches("/a/ca_1"), None);
        assert!(template("/tools:search").matches("/tools:search").is_some());
        assert!(template("/tools").matches("/tools:search").is_none());
    }

    #[test]
    fn a_literal_ranks_before_a_variable_and_a_verb_before_none() {
        assert!(template("/a/this").rank() < template("/a/{id}").rank());
        assert!(template("/a/{id}:go").rank() < template("/a/{id}").rank());
        assert!(template("/a/-:go").rank() < template("/a/{id}:go").rank());
    }
}
