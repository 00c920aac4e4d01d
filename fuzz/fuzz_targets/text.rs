//! Any text as YAML or JSON, from its bytes to the application.

#![no_main]

use hoist_fuzz::run::{Format, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Anything else is refused before it is read.
    if let Ok(text) = std::str::from_utf8(bytes) {
        match text.starts_with('{') {
            true => run(text, Format::Json),
            false => run(text, Format::Yaml),
        }
    }
});
