//! Counts the allocations of each way to read and write tool results. Separate from the times, which
//! counting would distort.

use std::alloc::System;

use scalekit_benches::ways::{Inputs, WAYS};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let inputs = Inputs::example();
    for (group, name, way) in WAYS {
        let region = Region::new(ALLOCATOR);
        way(&inputs);
        let change = region.change();
        println!(
            "{group}/{name}: {} allocations, {} grown, {} bytes",
            change.allocations, change.reallocations, change.bytes_allocated
        );
    }
}
