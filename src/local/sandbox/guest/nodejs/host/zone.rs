//! Time zones for the guest, which has none: from the database that Hoist carries.

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone};
use serde_json::json;

/// The farthest time that is looked up, in milliseconds from 1970: the year 9892. Beyond it nothing changes.
const FAR: f64 = 2.5e14;

/// What holds in the zone `name` at `time` (milliseconds since 1970): `{"name","offset","dst"}` as JSON, with the
/// name as the database writes it and the offset from UTC in seconds.
///
/// # Errors
/// When there is no such zone.
pub fn at(name: &str, time: f64) -> Result<String, String> {
    let unknown = || format!("there is no time zone {name}");
    let (canonical, zone) = match name.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "ETC/UTC" | "ETC/GMT" | "ETC/UCT" | "UCT" | "ZULU" | "ETC/ZULU" => {
            ("UTC".to_owned(), TimeZone::UTC)
        }
        _ => match offset(name) {
            Some(zone) => (name.to_owned(), zone),
            None => {
                let zone = TimeZone::get(name).map_err(|_| unknown())?;
                let canonical = zone.iana_name().ok_or_else(unknown)?.to_owned();
                (canonical, zone)
            }
        },
    };
    let time = time.clamp(-FAR, FAR);
    let time = Timestamp::from_millisecond(time as i64).map_err(|error| error.to_string())?;
    let found = zone.to_offset_info(time);
    Ok(json!({
        "name": canonical,
        "offset": found.offset().seconds(),
        "dst": found.dst() == Dst::Yes,
    })
    .to_string())
}

/// The zone of `+05:30`.
fn offset(name: &str) -> Option<TimeZone> {
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = name[1..].split_once(':').unwrap_or((&name[1..], "0"));
    let part = |text: &str, most: i32| {
        let number: i32 = text.parse().ok()?;
        (text.len() <= 2 && number <= most && !text.starts_with(['+', '-'])).then_some(number)
    };
    let seconds = part(hours, 23)? * 3600 + part(minutes, 59)? * 60;
    let offset = jiff::tz::Offset::from_seconds(sign * seconds).ok()?;
    Some(TimeZone::fixed(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_has_the_offset_of_its_time() {
        let summer = 1_720_530_306_789.0;
        let winter = 1_704_805_506_000.0;
        assert_eq!(
            at("europe/berlin", summer).unwrap(),
            r#"{"name":"Europe/Berlin","offset":7200,"dst":true}"#
        );
        assert_eq!(
            at("America/New_York", winter).unwrap(),
            r#"{"name":"America/New_York","offset":-18000,"dst":false}"#
        );
        assert_eq!(
            at("Etc/UTC", 0.0).unwrap(),
            r#"{"name":"UTC","offset":0,"dst":false}"#
        );
        assert_eq!(
            at("+05:30", 0.0).unwrap(),
            r#"{"name":"+05:30","offset":19800,"dst":false}"#
        );
    }

    #[test]
    fn what_is_no_zone_is_an_error() {
        for name in [
            "",
            "Mars/Olympus",
            "+25:00",
            "+1:2:3",
            "../etc/passwd",
            "+",
            "é",
        ] {
            assert!(at(name, 0.0).is_err(), "{name}");
        }
        assert!(at("UTC", f64::NAN).is_ok());
        assert!(at("Europe/Berlin", 1e300).is_ok());
    }
}
