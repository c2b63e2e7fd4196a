//! Parses Python `bytes` literals, so that no code of the published package has to run.

use std::iter::Peekable;
use std::str::CharIndices;

use anyhow::{Result, bail};

/// The value of the run of adjacent `bytes` literals that `source` starts with, up to the closing
/// parenthesis of the call around them.
///
/// Stricter than Python, so that damage is not hidden: an unknown escape, an unprefixed or triple-quoted
/// string, and a truncated file are errors.
pub fn bytes_argument(source: &str) -> Result<Vec<u8>> {
    let mut reader = Reader {
        chars: source.char_indices().peekable(),
    };
    let mut value = Vec::new();
    let mut literals = 0;
    loop {
        reader.skip_blank()?;
        match reader.next()? {
            'b' | 'B' => {
                reader.literal(&mut value)?;
                literals += 1;
            }
            ')' if literals > 0 => return Ok(value),
            other => bail!("expected a bytes literal, found {other:?}"),
        }
    }
}

struct Reader<'a> {
    chars: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<char> {
        match self.chars.next() {
            Some((_, c)) => Ok(c),
            None => bail!("the file ends inside a bytes literal"),
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|&(_, c)| c)
    }

    /// Skips what Python ignores in parentheses: white space, comments and escaped line ends.
    fn skip_blank(&mut self) -> Result<()> {
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' => drop(self.next()?),
                '#' => while self.chars.next_if(|&(_, c)| c != '\n').is_some() {},
                '\\' => {
                    self.next()?;
                    if self.line_end()?.is_none() {
                        bail!("stray backslash between bytes literals");
                    }
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// Consumes a line end of any platform.
    fn line_end(&mut self) -> Result<Option<()>> {
        if self.chars.next_if(|&(_, c)| c == '\r').is_some() {
            self.chars.next_if(|&(_, c)| c == '\n');
            return Ok(Some(()));
        }
        Ok(self.chars.next_if(|&(_, c)| c == '\n').map(drop))
    }

    fn literal(&mut self, value: &mut Vec<u8>) -> Result<()> {
        let quote = match self.next()? {
            quote @ ('\'' | '"') => quote,
            other => bail!("expected a quote after b, found {other:?}"),
        };
        let start = value.len();
        loop {
            match self.next()? {
                '\\' => self.escape(value)?,
                c if c == quote => break,
                '\n' | '\r' => bail!("line end inside a bytes literal"),
                c if c.is_ascii() => value.push(c as u8),
                c => bail!("{c:?} in a bytes literal is not ASCII"),
            }
        }
        if value.len() == start && self.peek() == Some(quote) {
            bail!("triple-quoted bytes literals are not supported");
        }
        Ok(())
    }

    fn escape(&mut self, value: &mut Vec<u8>) -> Result<()> {
        if self.line_end()?.is_some() {
            return Ok(());
        }
        let byte = match self.next()? {
            c @ ('\\' | '\'' | '"') => c as u8,
            'a' => 0x07,
            'b' => 0x08,
            't' => b'\t',
            'n' => b'\n',
            'v' => 0x0b,
            'f' => 0x0c,
            'r' => b'\r',
            'x' => (self.hex_digit()? << 4) | self.hex_digit()?,
            c @ '0'..='7' => self.octal(c)?,
            other => bail!("unknown escape \\{}", other.escape_default()),
        };
        value.push(byte);
        Ok(())
    }

    fn hex_digit(&mut self) -> Result<u8> {
        let c = self.next()?;
        match c.to_digit(16) {
            Some(digit) => Ok(digit as u8),
            None => bail!("{c:?} is not a hexadecimal digit"),
        }
    }

    fn octal(&mut self, first: char) -> Result<u8> {
        let mut value = first.to_digit(8).unwrap_or_default();
        for _ in 0..2 {
            let Some((_, c)) = self.chars.next_if(|(_, c)| c.is_digit(8)) else {
                break;
            };
            value = value * 8 + c.to_digit(8).unwrap_or_default();
        }
        match u8::try_from(value) {
            Ok(byte) => Ok(byte),
            Err(_) => bail!("octal escape \\{value:o} is larger than a byte"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::bytes_argument;

    fn value(source: &str) -> Vec<u8> {
        bytes_argument(source).unwrap_or_else(|error| panic!("{source}: {error}"))
    }

    fn error(source: &str) -> String {
        bytes_argument(source)
            .map(|v| panic!("{source}: {v:?}"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn reads_every_escape() {
        assert_eq!(
            value(r#"b'\\ \' \" \a\b\t\n\v\f\r')"#),
            b"\\ ' \" \x07\x08\t\n\x0b\x0c\r"
        );
        assert_eq!(value(r"b'\x00\xfF\0\12\101\3777')"), b"\x00\xff\0\nA\xff7");
        assert_eq!(value("b'a\\\nb\\\r\nc')"), b"abc");
    }

    #[test]
    fn octal_takes_at_most_three_digits_and_stops_at_eight() {
        assert_eq!(value(r"b'\1234\18')"), b"S4\x018");
    }

    #[test]
    fn either_quote_holds_the_other() {
        assert_eq!(value(r#"b'say "x"')"#), br#"say "x""#);
        assert_eq!(value(r#"b"it's")"#), b"it's");
        assert_eq!(value("b'')"), b"");
    }

    #[test]
    fn joins_adjacent_literals_over_blanks_comments_and_line_ends() {
        assert_eq!(value("b'a' B\"b\"\n  # b'no'\n \\\n b'c' )"), b"abc");
    }

    #[test]
    fn refuses_what_python_would_not_write() {
        for (source, reason) in [
            ("b'abc", "ends inside"),
            ("b'ab\\", "ends inside"),
            ("b'a'", "ends inside"),
            ("b'\\x4", "ends inside"),
            ("", "ends inside"),
            (")", "expected a bytes literal"),
            ("'a')", "expected a bytes literal"),
            ("b'a', x)", "expected a bytes literal"),
            ("br'a')", "expected a quote"),
            ("b'\\q')", "unknown escape"),
            ("b'\\x4g')", "not a hexadecimal digit"),
            ("b'\\400')", "larger than a byte"),
            ("b'a\nb')", "line end"),
            ("b'\u{e9}')", "not ASCII"),
            ("b'''a''')", "triple-quoted"),
            ("b'a' \\x b'b')", "stray backslash"),
        ] {
            assert!(
                error(source).contains(reason),
                "{source}: {}",
                error(source)
            );
        }
    }
}
