//! Parts of calls and times, as they are given on the command line.

use std::time::Duration;

/// `10%` or `10`: more than nothing, less than all.
pub(super) fn part(text: &str) -> Result<f64, String> {
    let percent = percent(text)?;
    match percent > 0.0 && percent < 100.0 {
        true => Ok(percent),
        false => Err("more than 0% and less than 100% is expected".into()),
    }
}

pub(super) fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end();
    match number.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a percentage like `10%` is expected".into()),
    }
}

/// `90s`, `5m`, `1h`; up to a day.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time like `90s`, `5m` or `1h`, up to a day, is expected".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let seconds = count.checked_mul(factor).ok_or_else(wrong)?;
    match (1..=86_400).contains(&seconds) {
        true => Ok(Duration::from_secs(seconds)),
        false => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_calls_and_times_are_read_and_what_is_none_is_refused() {
        assert_eq!(part("10%"), Ok(10.0));
        assert_eq!(part("0.5"), Ok(0.5));
        for bad in ["0%", "100%", "-1%", "ten", "NaN", "inf", ""] {
            assert!(part(bad).is_err(), "{bad}");
        }
        assert_eq!(percent("0%"), Ok(0.0));
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for bad in [
            "",
            "5",
            "m",
            "5 minutes",
            "0s",
            "25h",
            "99999999999999999999h",
            "5€",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
