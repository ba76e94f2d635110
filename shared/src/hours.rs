//! Days and hours in the community's zone: local dates, and the weekly windows in which a pass holds.

use jiff::{civil::Date, tz::TimeZone};

use crate::{feed::row::WeeklyWindow, time::UnixMs};

/// A community's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The bundled zone database has no such zone.
#[derive(Debug, thiserror::Error)]
#[error("no time zone is named {0:?}")]
pub struct UnknownZone(pub String);

/// A place in the community's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The date.
    pub date: Date,
    /// Minutes after midnight.
    pub minute: u16,
}

/// How a moment stands to weekly windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// Inside one that began on this date: the day before where it goes past midnight.
    Within(Date),
    /// A window begins today, but it is not open.
    WrongHour,
    /// No window begins today.
    WrongDay,
}

impl Zone {
    /// The zone of an IANA name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// Date and minute of an instant. Instants beyond the year 9999 are taken as its end.
    pub fn local(&self, at: UnixMs) -> LocalTime {
        let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or(if at.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        let local = self.0.to_datetime(instant);
        let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
        LocalTime { date: local.date(), minute: minute.unsigned_abs() }
    }
}

impl WeeklyWindow {
    fn begins_on(self, date: Date) -> bool {
        self.weekdays >> date.weekday().to_monday_zero_offset() & 1 == 1
    }

    fn crosses_midnight(self) -> bool {
        self.to <= self.from
    }

    /// The date on which the window that is open at `local` began.
    fn began(self, local: LocalTime) -> Option<Date> {
        let yesterday = local.date.yesterday().ok();
        if self.begins_on(local.date)
            && local.minute >= self.from
            && (self.crosses_midnight() || local.minute < self.to)
        {
            return Some(local.date);
        }
        yesterday.filter(|day| self.crosses_midnight() && local.minute < self.to && self.begins_on(*day))
    }
}

/// How `local` stands to `windows`; without any, every moment is within the day it lies in.
pub fn hours(windows: &[WeeklyWindow], local: LocalTime) -> Hours {
    if windows.is_empty() {
        return Hours::Within(local.date);
    }
    if let Some(date) = windows.iter().find_map(|window| window.began(local)) {
        return Hours::Within(date);
    }
    if windows.iter().any(|window| window.begins_on(local.date)) { Hours::WrongHour } else { Hours::WrongDay }
}

/// The dates whose codes a holder may bring at `at`, likeliest first: the day the open window began, the
/// day itself where none is open, the day before as well where a window went past midnight, and the
/// neighbour where the clock is not sure which day it is.
pub fn code_dates(windows: &[WeeklyWindow], zone: &Zone, at: UnixMs, uncertainty_ms: i64) -> Vec<Date> {
    let past_midnight = windows.iter().any(|window| window.crosses_midnight());
    let mut dates = Vec::new();
    for moment in [at, at.plus(-uncertainty_ms), at.plus(uncertainty_ms)] {
        let local = zone.local(moment);
        match hours(windows, local) {
            Hours::Within(date) => dates.push(date),
            Hours::WrongHour | Hours::WrongDay => {
                dates.push(local.date);
                dates.extend(local.date.yesterday().ok().filter(|_| past_midnight));
            }
        }
    }
    let mut seen = Vec::new();
    dates.retain(|date| {
        let new = !seen.contains(date);
        seen.push(*date);
        new
    });
    dates
}

/// A date as days since 1970-01-01.
pub fn day_number(date: Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

/// The date of a number of days since 1970-01-01; absent beyond the years -9999 to 9999.
pub fn date_of_day(days: i32) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::time::{HOUR, MINUTE};

    const MONDAY: Date = date(2026, 11, 23);

    fn local(date: Date, hour: u16, minute: u16) -> LocalTime {
        LocalTime { date, minute: hour * 60 + minute }
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_it_began() {
        let night = [WeeklyWindow { weekdays: 1, from: 22 * 60, to: 6 * 60 }];
        let tuesday = MONDAY.tomorrow().unwrap();
        assert_eq!(hours(&night, local(MONDAY, 21, 59)), Hours::WrongHour);
        assert_eq!(hours(&night, local(MONDAY, 22, 0)), Hours::Within(MONDAY));
        assert_eq!(hours(&night, local(tuesday, 5, 59)), Hours::Within(MONDAY));
        assert_eq!(hours(&night, local(tuesday, 6, 0)), Hours::WrongDay);
        assert_eq!(hours(&night, local(MONDAY, 3, 0)), Hours::WrongHour);
    }

    #[test]
    fn a_window_by_day_ends_before_its_last_minute() {
        let day = [WeeklyWindow { weekdays: 0b10_0001, from: 8 * 60, to: 18 * 60 }];
        assert_eq!(hours(&day, local(MONDAY, 8, 0)), Hours::Within(MONDAY));
        assert_eq!(hours(&day, local(MONDAY, 18, 0)), Hours::WrongHour);
        assert_eq!(hours(&day, local(MONDAY.tomorrow().unwrap(), 9, 0)), Hours::WrongDay);
        assert_eq!(hours(&[], local(MONDAY, 3, 0)), Hours::Within(MONDAY));
    }

    #[test]
    fn codes_are_those_of_the_local_day_and_of_both_days_around_an_unsure_midnight() {
        let zone = Zone::named("Asia/Kolkata").unwrap();
        let midnight: jiff::Timestamp = "2026-11-23T00:00:00+05:30".parse().unwrap();
        let midnight = UnixMs(midnight.as_millisecond());
        let sunday = MONDAY.yesterday().unwrap();
        assert_eq!(code_dates(&[], &zone, midnight.plus(-1), 0), [sunday]);
        assert_eq!(code_dates(&[], &zone, midnight, 0), [MONDAY]);
        assert_eq!(code_dates(&[], &zone, midnight.plus(MINUTE), 2 * MINUTE), [MONDAY, sunday]);
        let night = [WeeklyWindow { weekdays: 127, from: 22 * 60, to: 6 * 60 }];
        assert_eq!(code_dates(&night, &zone, midnight.plus(2 * HOUR), 0), [sunday]);
        assert_eq!(code_dates(&night, &zone, midnight.plus(7 * HOUR), 0), [MONDAY, sunday]);
    }

    #[test]
    fn zones_come_from_the_bundled_database() {
        assert!(Zone::named("Asia/Kolkata").is_ok());
        assert!(Zone::named("Asia/Nowhere").is_err());
    }

    proptest! {
        #[test]
        fn days_have_numbers(days in -1_000_000i32..1_000_000) {
            prop_assert_eq!(day_number(date_of_day(days).unwrap()), days);
        }

        #[test]
        fn no_instant_panics(at: i64, uncertainty in 0..i64::MAX) {
            let zone = Zone::named("America/New_York").unwrap();
            prop_assert!(!code_dates(&[], &zone, UnixMs(at), uncertainty).is_empty());
        }
    }
}
