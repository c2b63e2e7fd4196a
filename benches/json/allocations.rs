//! How often the ways to read and write tool results allocate. Apart from the times, which counting
//! would distort.

#[path = "ways.rs"]
mod ways;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use ways::{Inputs, WAYS};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let inputs = Inputs::new();
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
