//! What invocations cost, by AWS's list prices.

/// The region whose list prices these are; others differ by some per cent.
pub const REGION: &str = "us-east-1";
/// When they were looked up.
pub const DATE: &str = "2026-11-21";

/// US dollars for one request. Source: <https://aws.amazon.com/lambda/pricing/>, "Requests": $0.20 for a million.
const REQUEST: f64 = 0.20 / 1_000_000.0;
/// US dollars for a GB-second on x86_64, in the first tier. Source: the same page.
const X86: f64 = 0.000_016_666_7;
/// US dollars for a GB-second on arm64, in the first tier. Source: the same page.
const ARM: f64 = 0.000_013_333_4;

/// What a function is made of, as far as it has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its memory in MB (of 1,048,576 bytes).
    pub memory: u32,
    /// Whether it runs on arm64.
    pub arm: bool,
}

/// US dollars for so many invocations that took so many milliseconds together. Free tier, discounts, provisioned concurrency,
/// ephemeral storage beyond 512 MB and the time of starts are not counted.
pub fn dollars(size: Size, invocations: f64, millis: f64) -> f64 {
    let price = match size.arm {
        true => ARM,
        false => X86,
    };
    invocations * REQUEST + gb_seconds(size, millis) * price
}

/// GB-seconds of so many milliseconds.
pub fn gb_seconds(size: Size, millis: f64) -> f64 {
    f64::from(size.memory) / 1024.0 * millis / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the pricing page: 3 million requests of 120 ms with 1536 MB on x86 are 540,000 GB-seconds.
    #[test]
    fn prices_are_those_of_the_list() {
        let size = Size {
            memory: 1536,
            arm: false,
        };
        assert!((gb_seconds(size, 3_000_000.0 * 120.0) - 540_000.0).abs() < 0.001);
        let found = dollars(size, 3_000_000.0, 3_000_000.0 * 120.0);
        assert!((found - (0.6 + 9.000_018)).abs() < 0.001, "{found}");
        let arm = Size { arm: true, ..size };
        assert!(dollars(arm, 0.0, 1e6) < dollars(size, 0.0, 1e6));
    }
}
