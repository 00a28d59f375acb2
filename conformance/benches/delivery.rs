//! What is delivered, encoding by encoding: `cargo xtask bench delivery`.
//!
//! Each line: `bench NAME ours=… peer=- ratio=- (unit)`, records per second of processor time. The peers are asked to write
//! the same records (`python/bench_delivery.py`), which are left in the folder that `C3MS_DELIVERY` names.
#![expect(clippy::unwrap_used, reason = "a benchmark that stops has failed")]

use std::{fs, hint::black_box, path::PathBuf, time::Duration};

use c3ms_core::delivery::{Encoding, encode};
use conformance::delivery::{datasets, season};
use cpu_time::ProcessTime;

/// So many performances.
const COUNT: u32 = 2_000;
/// So often each is written; the best counts.
const ROUNDS: usize = 10;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return; // `cargo test --benches` only wants to know that it compiles.
    }
    let store = season(COUNT as usize);
    let (datasets, context) = datasets(&store);
    let dataset = datasets.dataset("performance").unwrap();
    let folder = std::env::var_os("C3MS_DELIVERY").map(PathBuf::from);
    // Names after `--` choose: `cargo bench --package conformance --bench delivery -- csv`.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_asked =
        |encoding: &Encoding| named.is_empty() || named.iter().any(|name| name == encoding.extension());
    let fitting = Encoding::ALL.into_iter().filter(|encoding| encoding.fits(dataset, &datasets));
    for encoding in fitting.filter(is_asked) {
        let mut least = Duration::MAX;
        for _ in 0..ROUNDS {
            let begun = ProcessTime::now();
            black_box(encode(encoding, dataset, &datasets, &context).unwrap());
            least = least.min(begun.elapsed());
        }
        let written = encode(encoding, dataset, &datasets, &context).unwrap();
        let rate = f64::from(COUNT) / least.as_secs_f64();
        let (name, size) = (encoding.label().to_lowercase(), written.len() / COUNT as usize);
        println!(
            "bench deliver-{name} ours={rate:.0} peer=- ratio=- (records of {size} bytes per CPU-second)"
        );
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(format!("performance.{}", encoding.extension())), written).unwrap();
        }
    }
}
