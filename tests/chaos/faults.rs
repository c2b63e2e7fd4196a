//! Which faults are injected, and how often: about one call in twenty meets one.

use std::time::Duration;

use scalekit_emulator::{Code, Fault, FaultPlan, Status};

use crate::workload::{DEADLINE, MAX_RESPONSE_BYTES};

/// `RST_STREAM` codes of RFC 9113, section 7.
const INTERNAL_ERROR: u32 = 0x2;
const REFUSED_STREAM: u32 = 0x7;
const ENHANCE_YOUR_CALM: u32 = 0xb;

pub fn plan(seed: u64) -> FaultPlan {
    let unavailable = || Fault::status(Status::bare(Code::Unavailable, "restarting"));
    let often = [
        unavailable(),
        unavailable().after_executing(),
        Fault::http(502),
        Fault::http(502).after_executing(),
        Fault::http(503),
        Fault::http(503).after_executing(),
        Fault::http(429),
        Fault::http(429).after_executing(),
        // Rejections that are not Scalekit's, and one that is.
        Fault::http(401),
        Fault::http(403),
        Fault::http(404),
        Fault::status(Status::bare(Code::Unauthenticated, "expired")),
        Fault::status(Status::new(Code::Internal, "a bug")).after_executing(),
        Fault::close(),
        Fault::close().after_executing(),
        Fault::reset(INTERNAL_ERROR),
        Fault::reset(ENHANCE_YOUR_CALM).after_executing(),
        Fault::reset(REFUSED_STREAM),
        Fault::go_away(),
        Fault::half_body(),
        Fault::malformed(),
        Fault::content_type("text/html"),
        Fault::delay(Duration::from_millis(30)),
    ];
    let mut plan = FaultPlan::new().seed(seed);
    for fault in often {
        plan = plan.fault("*", fault.probability(0.0025));
    }
    // A provider's rejection looks like Scalekit's. So does a gateway's, which may also send it
    // after the tool was executed.
    let provider = Status::new(
        Code::Unauthenticated,
        "the provider rejected the credentials",
    )
    .tool_error(
        "exec_1",
        "INVALID_GRANT",
        "the provider rejected the credentials",
    );
    for refusal in [Fault::status(provider), Fault::http(401).after_executing()] {
        plan = plan.fault("ExecuteTool", refusal.probability(0.0025));
    }
    // These cost every call of a connection or client about a second.
    plan.fault(
        "*",
        Fault::oversized(2 * MAX_RESPONSE_BYTES).probability(0.000_5),
    )
    .fault("*", Fault::delay(DEADLINE * 2).probability(0.000_3))
    .fault("*", Fault::black_hole().probability(0.000_05))
    .fault("*", Fault::revoke_tokens().probability(0.000_2))
    .fault("/oauth/token", Fault::http(503).probability(0.2))
    .fault("/oauth/token", Fault::close().probability(0.1))
    .fault("/oauth/token", Fault::half_body().probability(0.05))
    .fault("/oauth/token", Fault::malformed().probability(0.05))
    .fault(
        "/oauth/token",
        Fault::delay(Duration::from_millis(300)).probability(0.2),
    )
    .fault(
        "/oauth/token",
        Fault::expire_early(Duration::from_secs(1)).probability(0.2),
    )
}

/// Every kind in the plan, by the emulator's names.
pub const KINDS: [&str; 13] = [
    "black_hole",
    "close",
    "content_type",
    "delay",
    "expire_early",
    "go_away",
    "half_body",
    "http",
    "malformed",
    "oversized",
    "reset",
    "revoke_tokens",
    "status",
];
