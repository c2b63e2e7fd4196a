//! Conversion between integers and doubles, the only numbers of `google.protobuf.Value`.

/// 2^53. A double represents every integer up to this one exactly.
pub(super) const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The integer that a double represents. `None` for fractions, integers beyond 2^53, whose neighbours
/// can have the same double, negative zero, NaN and the infinities.
#[inline]
pub(super) fn integer(number: f64) -> Option<i64> {
    // The cast saturates, and NaN becomes 0: neither compares equal below.
    let integer = number as i64;
    let same = integer as f64 == number && number.abs() <= MAX_EXACT;
    (same && (integer != 0 || number.is_sign_positive())).then_some(integer)
}

/// The double that equals this integer, if there is one.
#[inline]
pub(super) fn exact(magnitude: u128, is_negative: bool) -> Option<f64> {
    let double = match u64::try_from(magnitude) {
        Ok(small) if small <= MAX_EXACT as u64 => small as f64,
        _ => {
            // A double has 53 significant bits.
            let digits = 128 - magnitude.leading_zeros() - magnitude.trailing_zeros();
            (digits <= 53).then_some(magnitude as f64)?
        }
    };
    Some(if is_negative { -double } else { double })
}

/// The result of parsing the text of a number.
pub(super) enum Parsed {
    Double(f64),
    /// An integer that a double cannot represent exactly.
    Inexact,
    /// Beyond the range of a double.
    TooLarge,
    NotANumber,
}

/// Parses the text of a JSON number. Fractions are rounded to the nearest double, integers are not.
pub(super) fn parse(text: &str) -> Parsed {
    // Rust also parses `inf` and `nan`.
    let is_json = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    let Some(double) = text.parse::<f64>().ok().filter(|_| is_json) else {
        return Parsed::NotANumber;
    };
    let is_integer = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-'));
    match double.is_finite() {
        false => Parsed::TooLarge,
        // Formatting prints every digit of the double.
        true if is_integer && format!("{double:.0}") != text => Parsed::Inexact,
        true => Parsed::Double(double),
    }
}
