//! Multipart forms for proxied requests.

use std::fmt;

use bytes::Bytes;
use futures_core::Stream;

use crate::transport::{BodyPart, BodyStream, RequestBody};
use crate::{Error, header};

/// A `multipart/form-data` body: text fields and files.
///
/// ```
/// use scalekit::actions::Multipart;
///
/// let form = Multipart::new()
///     .text("title", "Report")
///     .file("attachment", "report.csv", "text/csv", "a,b\n1,2\n");
/// # let _ = form;
/// ```
#[derive(Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: String,
    file: Option<File>,
    content: BodyPart,
}

#[derive(Clone)]
struct File {
    name: String,
    content_type: String,
}

impl Multipart {
    /// Creates an empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let content = BodyPart::Bytes(value.into().into());
        self.parts.push(Part {
            name: name.into(),
            file: None,
            content,
        });
        self
    }

    /// Adds a file with its name and content type.
    pub fn file(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let content = BodyPart::Bytes(content.into());
        self.part(name.into(), file_name.into(), content_type.into(), content)
    }

    /// Adds a file that is streamed. A request with it is never retried, and a clone of this form
    /// cannot be sent again.
    pub fn file_stream<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        let content = BodyPart::Stream(BodyStream::new(content, None));
        self.part(name.into(), file_name.into(), content_type.into(), content)
    }

    /// Adds a file of a known length in bytes that is streamed: like
    /// [`file_stream`](Self::file_stream), with a `content-length` for the request. The call fails
    /// if the stream yields more or fewer bytes.
    pub fn file_stream_with_length<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        length: u64,
    ) -> Self {
        let content = BodyPart::Stream(BodyStream::new(content, Some(length)));
        self.part(name.into(), file_name.into(), content_type.into(), content)
    }

    fn part(
        mut self,
        name: String,
        file_name: String,
        content_type: String,
        content: BodyPart,
    ) -> Self {
        let file = File {
            name: file_name,
            content_type,
        };
        self.parts.push(Part {
            name,
            file: Some(file),
            content,
        });
        self
    }

    /// The `content-type` header and the body.
    pub(super) fn encode(&self) -> Result<(String, RequestBody), Error> {
        let boundary = self.boundary();
        let mut parts = Vec::new();
        for part in &self.parts {
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                escape(&part.name)
            );
            if let Some(file) = &part.file {
                if header::exact(&file.content_type).is_none() {
                    let what = format!("has a file whose media type {}", header::RULE);
                    return Err(Error::invalid_input("form", what));
                }
                head.push_str(&format!(
                    "; filename=\"{}\"\r\nContent-Type: {}",
                    escape(&file.name),
                    file.content_type
                ));
            }
            head.push_str("\r\n\r\n");
            parts.push(BodyPart::Bytes(head.into()));
            parts.push(part.content.clone());
            parts.push(BodyPart::Bytes(Bytes::from_static(b"\r\n")));
        }
        parts.push(BodyPart::Bytes(format!("--{boundary}--\r\n").into()));
        Ok((
            format!("multipart/form-data; boundary={boundary}"),
            RequestBody::new(parts),
        ))
    }

    /// A boundary that no part contains. It is random and long enough not to occur in a stream.
    fn boundary(&self) -> String {
        loop {
            let boundary = format!("scalekit-{:032x}", fastrand::u128(..));
            let taken = |part: &Part| match &part.content {
                BodyPart::Stream(_) => false,
                BodyPart::Bytes(content) => content
                    .windows(boundary.len())
                    .any(|window| window == boundary.as_bytes()),
            };
            if !self.parts.iter().any(taken) {
                return boundary;
            }
        }
    }
}

/// Escapes a name as browsers do (WHATWG HTML, multipart/form-data encoding).
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Multipart {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        fields
            .into_iter()
            .fold(Self::new(), |form, (name, value)| form.text(name, value))
    }
}

impl<N: Into<String>, V: Into<String>, const L: usize> From<[(N, V); L]> for Multipart {
    fn from(fields: [(N, V); L]) -> Self {
        fields.into_iter().collect()
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(form: &Multipart) -> (String, Vec<u8>) {
        let (content_type, body) = form.encode().expect("encodes");
        (content_type, body.whole().expect("no stream"))
    }

    #[test]
    fn fields_and_files_are_written_as_browsers_do() {
        let form = Multipart::from([("a", "1")]).file("f", "x\".csv", "text/csv", "1,2");
        let (content_type, body) = encoded(&form);
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .expect("boundary");
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%22.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n1,2\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8_lossy(&body), expected);
    }

    #[test]
    fn nothing_can_be_smuggled_into_a_part_s_head() {
        let form = Multipart::new().text("a\"\r\nX: y", "1");
        let (_, body) = encoded(&form);
        assert!(String::from_utf8_lossy(&body).contains("name=\"a%22%0D%0AX: y\"\r\n\r\n1"));
        assert!(
            Multipart::new()
                .file("f", "f", "text/csv\r\nX: y", "")
                .encode()
                .is_err()
        );
    }
}
