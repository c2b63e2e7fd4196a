//! `benches/ratios.svg`: how much processor time the others need per call, in multiples of ours.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::Results;
use super::worker::{Contender, Sdk, WORKS};

const BAR: f64 = 16.0;
const GAP: f64 = 22.0;
const LEFT: f64 = 190.0;
const WIDTH: f64 = 720.0;

pub fn draw(results: &Results) -> Result<String> {
    let mut bars = Vec::new();
    for work in WORKS {
        for (other, ours) in [
            (
                Contender::plain(Sdk::Tonic),
                Contender::plain(Sdk::Scalekit),
            ),
            (Contender::plain(Sdk::Node), Contender::plain(Sdk::Scalekit)),
            (
                Contender::secured(Sdk::Python),
                Contender::secured(Sdk::Scalekit),
            ),
        ] {
            let cost = |who| results.cost(who, work).context("a measurement is missing");
            bars.push((work, other, cost(other)?.cpu_ms / cost(ours)?.cpu_ms));
        }
    }
    let most = bars.iter().map(|(.., ratio)| *ratio).fold(1.0, f64::max);
    let scale = (WIDTH - LEFT - 60.0) / most.ln_1p();
    let height = 60.0 + bars.len() as f64 * GAP;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"24\" font-size=\"15\">CPU per call, in multiples of this crate's (log \
         scale)</text>"
    )?;
    for (number, (work, other, ratio)) in bars.iter().enumerate() {
        let y = 44.0 + number as f64 * GAP;
        let color = match other.sdk {
            Sdk::Tonic | Sdk::Scalekit => "#888888",
            Sdk::Node => "#3c873a",
            Sdk::Python => "#3572a5",
        };
        writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{work}: {other}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{color}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.0}\">{ratio:.1}</text>",
            LEFT - 8.0,
            y + 13.0,
            ratio.ln_1p() * scale,
            LEFT + ratio.ln_1p() * scale + 6.0,
            y + 13.0,
        )?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}
