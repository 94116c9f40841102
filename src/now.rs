//! The local time, for names and lists. A clock set beyond the calendar's range is not an error.

use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

pub fn now() -> Zoned {
    local(SystemTime::now())
}

/// The nearest time that the calendar has, which goes from the year -9999 to 9999.
fn local(time: SystemTime) -> Zoned {
    let nearest = match time < SystemTime::UNIX_EPOCH {
        true => Timestamp::MIN,
        false => Timestamp::MAX,
    };
    Timestamp::try_from(time)
        .unwrap_or(nearest)
        .to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_beyond_the_calendar_gives_its_last_day() {
        let year = |n: u64| Duration::from_secs(n * 365 * 24 * 3600);
        for years in [8030, 8100, 100_000] {
            let far = local(SystemTime::UNIX_EPOCH + year(years));
            assert!((9990..=9999).contains(&far.year()), "{years}: {far}");
            assert!(far.strftime("%Y-%m-%d-%H%M%S").to_string().starts_with("999"));
        }
        let long_ago = local(SystemTime::UNIX_EPOCH - year(60));
        assert!((1909..=1911).contains(&long_ago.year()), "{long_ago}");
        assert!(local(SystemTime::UNIX_EPOCH - year(100_000)).year() < -9000);
    }
}
