//! Unknown values keep their number or name.

use serde_json::{from_value, json, to_value};

use crate::{AccountStatus, ConnectionType};

#[test]
fn a_known_value_has_one_form() {
    let active = AccountStatus::Active;
    for other in [
        AccountStatus::from(1),
        "ACTIVE".parse().expect("a value"),
        "active".parse().expect("a value"),
        from_value(json!("ACTIVE")).expect("a value"),
        from_value(json!(1)).expect("a value"),
    ] {
        assert_eq!(other, active);
    }
    assert_eq!((active.name(), active.number()), (Some("ACTIVE"), Some(1)));
    assert_eq!(to_value(active).expect("a name"), json!("ACTIVE"));
    assert_eq!(format!("{active:>8}"), "  ACTIVE");
}

#[test]
fn an_unknown_value_keeps_what_was_sent() {
    let number = AccountStatus::from(77);
    assert_eq!((number.name(), number.number()), (None, Some(77)));
    assert_eq!(number.to_string(), "77");
    assert_eq!(to_value(number).expect("a number"), json!(77));
    assert_eq!(
        from_value::<AccountStatus>(json!(77)).expect("a value"),
        number
    );

    let name: ConnectionType = "Telepathy".parse().expect("a value");
    assert_eq!((name.name(), name.number()), (Some("Telepathy"), None));
    assert_eq!(name.to_string(), "Telepathy");
    assert_eq!(to_value(name).expect("a name"), json!("Telepathy"));
    assert_eq!(
        from_value::<ConnectionType>(json!("Telepathy")).expect("a value"),
        name
    );
    assert_ne!(name, "Telekinesis".parse().expect("a value"));
    assert_eq!(name, ConnectionType::from(super::number_of("Telepathy")));
    for wrong in [
        json!(1.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(null),
        json!({}),
    ] {
        assert!(
            from_value::<AccountStatus>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn names_that_are_no_names_are_not_kept() {
    let long: AccountStatus = "x".repeat(129).parse().expect("a value");
    assert_eq!((long.name(), long.number()), (None, None));
    assert_eq!(long.to_string(), "UNKNOWN");
}
