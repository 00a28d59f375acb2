//! tmp
use c3ms_core::forms::{design, live_performance};
#[test]
fn show() {
    for format in live_performance().unwrap().formats {
        if format.cube == "performance" || format.cube == "venue" {
            println!("{}", design::explain(&format, "fr"));
        }
        if format.cube == "venue" {
            println!("{}", design::explain(&format, "en"));
        }
    }
    for format in live_performance().unwrap().formats {
        println!("== {}", format.cube);
        for w in design::lint(&format) {
            println!("{} {}", w.code.as_str(), w.message("fr"));
        }
    }
}
