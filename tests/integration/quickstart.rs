//! The example that the README starts with, run as a user runs it.

use std::path::PathBuf;
use std::process::Command;

/// The example's binary: cargo builds examples before it runs tests, into the folder beside ours.
fn example() -> PathBuf {
    let mut path = std::env::current_exe().expect("this test's path");
    path.pop();
    path.pop();
    path.join("examples")
        .join(format!("quickstart{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn the_quickstart_goes_the_whole_way_on_the_emulator() {
    let output = Command::new(example())
        .env_remove("SCALEKIT_ENV_URL")
        .output()
        .expect("the example runs: `cargo test` builds it");
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    for step in [
        "1. created",
        "2. The user opens",
        "3. The user consented",
        "4. Verified",
        "5. ",
        "6. gmail_fetch_mails ran as execution",
        "7. GET /gmail/v1/users/me/profile through the proxy: 200",
    ] {
        assert!(printed.contains(step), "{step:?} is missing in:\n{printed}");
    }
}
