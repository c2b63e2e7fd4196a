//! Multipart forms for proxied requests.

use std::fmt;

use bytes::Bytes;

use crate::Error;

/// A `multipart/form-data` body: text fields and files.
///
/// ```
/// use scalekit::actions::Form;
///
/// let form = Form::new()
///     .text("title", "Report")
///     .file("attachment", "report.csv", "text/csv", "a,b\n1,2\n");
/// # let _ = form;
/// ```
#[derive(Clone, Default)]
pub struct Form {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: String,
    file: Option<File>,
    content: Bytes,
}

#[derive(Clone)]
struct File {
    name: String,
    content_type: String,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let content = Bytes::from(value.into());
        self.parts.push(Part {
            name: name.into(),
            file: None,
            content,
        });
        self
    }

    /// Adds a file with its name and media type.
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let file = File {
            name: file_name.into(),
            content_type: content_type.into(),
        };
        self.parts.push(Part {
            name: name.into(),
            file: Some(file),
            content: content.into(),
        });
        self
    }

    /// The `content-type` header and the body.
    pub(super) fn encode(&self) -> Result<(String, Bytes), Error> {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for part in &self.parts {
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                escape(&part.name)
            );
            if let Some(file) = &part.file {
                if file
                    .content_type
                    .chars()
                    .any(|c| c.is_control() || !c.is_ascii())
                {
                    let what = "has a media type with characters that a header cannot hold";
                    return Err(Error::invalid_input("form", what));
                }
                head.push_str(&format!(
                    "; filename=\"{}\"\r\nContent-Type: {}",
                    escape(&file.name),
                    file.content_type
                ));
            }
            head.push_str("\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&part.content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok((
            format!("multipart/form-data; boundary={boundary}"),
            body.into(),
        ))
    }

    /// A boundary that no part contains.
    fn boundary(&self) -> String {
        loop {
            let boundary = format!("scalekit-{:032x}", fastrand::u128(..));
            let taken = |part: &Part| {
                part.content
                    .windows(boundary.len())
                    .any(|window| window == boundary.as_bytes())
            };
            if !self.parts.iter().any(taken) {
                return boundary;
            }
        }
    }
}

/// Names as browsers write them (WHATWG HTML, multipart/form-data encoding).
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        fields
            .into_iter()
            .fold(Self::new(), |form, (name, value)| form.text(name, value))
    }
}

impl<N: Into<String>, V: Into<String>, const L: usize> From<[(N, V); L]> for Form {
    fn from(fields: [(N, V); L]) -> Self {
        fields.into_iter().collect()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_files_are_written_as_browsers_do() {
        let form = Form::from([("a", "1")]).file("f", "x\".csv", "text/csv", "1,2");
        let (content_type, body) = form.encode().expect("encodes");
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .expect("boundary");
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%22.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n1,2\r\n--{boundary}--\r\n"
        );
        assert_eq!(body, expected);
    }

    #[test]
    fn nothing_can_be_smuggled_into_a_part_s_head() {
        let form = Form::new().text("a\"\r\nX: y", "1");
        let (_, body) = form.encode().expect("encodes");
        assert!(String::from_utf8_lossy(&body).contains("name=\"a%22%0D%0AX: y\"\r\n\r\n1"));
        assert!(
            Form::new()
                .file("f", "f", "text/csv\r\nX: y", "")
                .encode()
                .is_err()
        );
    }
}
