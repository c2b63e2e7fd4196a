//! Reads or writes a result `TIMES` times in one of the ways of `ways`, for valgrind to count.
//!
//! usage: codec "GROUP/NAME" TIMES

use scalekit_benches::ways::{Inputs, WAYS};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, times] = &*arguments else {
        return Err("usage: codec \"GROUP/NAME\" TIMES".into());
    };
    let mut ways = WAYS.iter();
    let way = ways.find_map(|(group, way, run)| (format!("{group}/{way}") == *name).then_some(run));
    let way = way.ok_or_else(|| format!("no way is called {name:?}"))?;
    let inputs = Inputs::example();
    for _ in 0..times.parse::<usize>()? {
        way(&inputs);
    }
    Ok(())
}
