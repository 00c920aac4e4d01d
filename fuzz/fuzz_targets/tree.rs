//! Templates with values of wrong types, missing keys and parts of other templates.

#![no_main]

use std::sync::LazyLock;

use hoist_fuzz::mutation;
use hoist_fuzz::run::{Format, run};
use hoist_fuzz::seed::Seeds;

static SEEDS: LazyLock<Seeds> = LazyLock::new(Seeds::read);

// Reading the seeds is no part of the first run.
libfuzzer_sys::fuzz_target!(init: { LazyLock::force(&SEEDS); }, |bytes: &[u8]| {
    if let Some(tree) = mutation::tree(bytes, &SEEDS) {
        let text = tree.to_string();
        // `PRINT=1 cargo fuzz run tree FILE` shows the template of a finding.
        if std::env::var_os("PRINT").is_some() {
            println!("{text}");
        }
        run(&text, Format::Json);
    }
});
