//! Measures the time to read and write tool results, compared with serde_json and prost's tree.

use criterion::Criterion;
use scalekit_benches::ways::{Inputs, WAYS};

fn main() {
    let inputs = Inputs::example();
    let (text, encoded) = inputs.sizes();
    println!("a result of {text} bytes of JSON, {encoded} bytes encoded");
    let mut criterion = Criterion::default().configure_from_args();
    for (group, name, way) in WAYS {
        let name = format!("{group}/{name}");
        criterion.bench_function(&name, |bencher| bencher.iter(|| way(&inputs)));
    }
    criterion.final_summary();
}
