//! Parses Python `bytes` literals, so that no code of the published package has to run.

use std::str::Chars;

use anyhow::{Context, Result, bail, ensure};

/// The value of the literal that `source` starts with, as the protobuf compiler writes it: one literal in
/// single quotes, and then the closing parenthesis of the call around it.
///
/// Stricter than Python, so that damage is not hidden.
pub fn bytes(source: &str) -> Result<Vec<u8>> {
    let literal = source.strip_prefix("b'");
    let mut chars = literal.context("expected a bytes literal")?.chars();
    let mut value = Vec::new();
    loop {
        let byte = match next(&mut chars)? {
            b'\'' => break,
            b'\n' | b'\r' => bail!("line end inside a bytes literal"),
            b'\\' => escape(&mut chars)?,
            plain => plain,
        };
        value.push(byte);
    }
    ensure!(
        chars.next() == Some(')'),
        "expected one bytes literal in single quotes"
    );
    Ok(value)
}

fn next(chars: &mut Chars<'_>) -> Result<u8> {
    let c = chars
        .next()
        .context("the file ends inside a bytes literal")?;
    u8::try_from(c)
        .ok()
        .filter(u8::is_ascii)
        .with_context(|| format!("{c:?} in a bytes literal is not ASCII"))
}

fn escape(chars: &mut Chars<'_>) -> Result<u8> {
    Ok(match next(chars)? {
        quoted @ (b'\\' | b'\'' | b'"') => quoted,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'x' => {
            let digits = [next(chars)?, next(chars)?].map(char::from);
            let digits = String::from_iter(digits);
            u8::from_str_radix(&digits, 16)
                .with_context(|| format!("{digits:?} is not a hexadecimal byte"))?
        }
        first @ b'0'..=b'7' => {
            let mut value = u32::from(first - b'0');
            // At most three digits.
            for _ in 0..2 {
                let digit = chars.clone().next().and_then(|c| c.to_digit(8));
                let Some(digit) = digit else { break };
                chars.next();
                value = value * 8 + digit;
            }
            u8::try_from(value).context("an octal escape is larger than a byte")?
        }
        other => bail!("unknown escape \\{}", other.escape_ascii()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::bytes;

    #[test]
    fn reads_every_escape_that_a_compiler_writes() {
        for (source, value) in [
            (r#"b'\\ \' \" \t\n\r')"#, &b"\\ ' \" \t\n\r"[..]),
            (
                r"b'\x00\xfF\0\12\101\3777\1234\18')",
                b"\x00\xff\0\nA\xff7S4\x018",
            ),
            ("b'say \"x\"')", b"say \"x\""),
            ("b'')", b""),
        ] {
            assert_eq!(bytes(source).unwrap(), value, "{source}");
        }
    }

    #[test]
    fn refuses_what_no_compiler_writes() {
        for (source, reason) in [
            ("b'abc", "ends inside"),
            ("b'ab\\", "ends inside"),
            ("b'\\x4", "ends inside"),
            ("", "expected a bytes literal"),
            ("'a')", "expected a bytes literal"),
            ("b'a'", "expected one bytes literal"),
            ("b'a', x)", "expected one bytes literal"),
            ("b'a' b'b')", "expected one bytes literal"),
            ("b'''a''')", "expected one bytes literal"),
            ("b'\\q')", "unknown escape"),
            ("b'\\x4g')", "not a hexadecimal byte"),
            ("b'\\400')", "larger than a byte"),
            ("b'a\nb')", "line end"),
            ("b'\u{e9}')", "not ASCII"),
        ] {
            let error = bytes(source).unwrap_err().to_string();
            assert!(error.contains(reason), "{source}: {error}");
        }
    }
}
