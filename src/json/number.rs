//! Doubles, which are all that the wire has, and the integers among them.

/// The largest integer below which every integer is exactly a double.
pub(super) const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The integer that a double from the wire stands for; `None` for fractions, what is too large to
/// be told from its neighbours, negative zero, which no integer is, NaN and the infinities.
#[inline]
pub(super) fn integer(number: f64) -> Option<i64> {
    // The cast saturates, and NaN becomes 0: neither compares equal below.
    let integer = number as i64;
    let same = integer as f64 == number && number.abs() <= MAX_EXACT;
    (same && (integer != 0 || number.is_sign_positive())).then_some(integer)
}

/// The double that is exactly this integer, if there is one.
#[inline]
pub(super) fn exact(magnitude: u128, is_negative: bool) -> Option<f64> {
    let double = match u64::try_from(magnitude) {
        Ok(small) if small <= MAX_EXACT as u64 => small as f64,
        _ => {
            // A double has 53 bits for the digits, wherever they begin.
            let digits = 128 - magnitude.leading_zeros() - magnitude.trailing_zeros();
            (digits <= 53).then_some(magnitude as f64)?
        }
    };
    Some(if is_negative { -double } else { double })
}

/// What the text of a number in JSON stands for.
pub(super) enum Parsed {
    Double(f64),
    /// An integer that no double is.
    Inexact,
    /// More than the largest double.
    TooLarge,
    NotANumber,
}

/// Reads a number as JSON writes it. Fractions become the double next to them, as in any reader of
/// JSON; integers only what they are.
pub(super) fn parse(text: &str) -> Parsed {
    // What else Rust takes for a double: `inf`, `nan`.
    let is_json = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    let Some(double) = text.parse::<f64>().ok().filter(|_| is_json) else {
        return Parsed::NotANumber;
    };
    let is_integer = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-'));
    match double.is_finite() {
        false => Parsed::TooLarge,
        // Formatting gives every digit of the double.
        true if is_integer && format!("{double:.0}") != text => Parsed::Inexact,
        true => Parsed::Double(double),
    }
}
