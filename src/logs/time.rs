//! Times as people write them: `10m`, `2h`, `2026-11-21T20:00`, `now`.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Reads a moment, in milliseconds since 1970: `now`, how long ago (`30s`, `10m`, `2h`, `1d`, `1w`, `1h30m`, also with ` ago`),
/// a time of today (`20:15`), a day, or a date and time, which without `Z` or an offset is meant in `zone`.
///
/// # Errors
/// When it is none of these; says what is expected.
pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<i64, String> {
    let text = text.trim();
    let wrong = || {
        format!(
            "`{text}` is no time: write 30s, 10m, 2h or 1d for so long ago, 20:15, 2026-11-21, 2026-11-21T20:15:00Z, or now"
        )
    };
    if text.eq_ignore_ascii_case("now") {
        return Ok(now.as_millisecond());
    }
    if let Some(ago) = millis_ago(text) {
        return now.as_millisecond().checked_sub(ago).ok_or_else(wrong);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_millisecond());
    }
    if let Ok(moment) = text.parse::<Zoned>() {
        return Ok(moment.timestamp().as_millisecond());
    }
    let civil = match text.parse::<jiff::civil::Time>() {
        Ok(time) if text.contains(':') && !text.contains('-') => Ok(DateTime::from_parts(
            now.to_zoned(zone.clone()).date(),
            time,
        )),
        _ => text
            .parse::<DateTime>()
            .or_else(|_| text.parse::<Date>().map(DateTime::from)),
    };
    let moment = civil
        .and_then(|civil| civil.to_zoned(zone.clone()))
        .map_err(|_| wrong())?;
    Ok(moment.timestamp().as_millisecond())
}

/// `1h30m` in milliseconds.
fn millis_ago(text: &str) -> Option<i64> {
    let text = text.strip_suffix(" ago").unwrap_or(text).trim();
    let mut total: i64 = 0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        let behind = rest[digits..].trim_start();
        let end = behind
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(behind.len());
        let unit = match &behind[..end] {
            "ms" => 1,
            "s" | "sec" | "second" | "seconds" => 1000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            "w" | "week" | "weeks" => 604_800_000,
            _ => return None,
        };
        total = total.checked_add(count.checked_mul(unit)?)?;
        rest = behind[end..].trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        let now: Timestamp = "2026-11-21T20:30:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let at = |text: &str| {
            let millis = parse(text, now, &zone).unwrap();
            Timestamp::from_millisecond(millis).unwrap().to_string()
        };
        for (text, expected) in [
            ("now", "2026-11-21T20:30:00Z"),
            ("10m", "2026-11-21T20:20:00Z"),
            ("90s", "2026-11-21T20:28:30Z"),
            ("1h30m", "2026-11-21T19:00:00Z"),
            ("2 hours ago", "2026-11-21T18:30:00Z"),
            ("1d", "2026-11-20T20:30:00Z"),
            ("1w", "2026-11-14T20:30:00Z"),
            ("20:15", "2026-11-21T19:15:00Z"),
            ("2026-11-20", "2026-11-19T23:00:00Z"),
            ("2026-11-20T10:00", "2026-11-20T09:00:00Z"),
            ("2026-11-20 10:00:30", "2026-11-20T09:00:30Z"),
            ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
            ("2026-11-20T10:00:00.5+02:00", "2026-11-20T08:00:00.5Z"),
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let zone = TimeZone::UTC;
        for text in [
            "",
            "10",
            "m",
            "10x",
            "-5m",
            "yesterday",
            "2026-13-01",
            "25:00",
            "99999999999999999999d",
            "999999999999999d",
            "10m 5",
        ] {
            let read = parse(text, Timestamp::UNIX_EPOCH, &zone);
            assert!(read.is_err(), "{text}: {read:?}");
        }
    }
}
