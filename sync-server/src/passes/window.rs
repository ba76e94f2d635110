//! Weekly hours, between the API's words and the gate's numbers.

use gatehouse::{api::passes::Window, feed::row::WeeklyWindow};

const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// Why a window will not do.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No such weekday, or none at all.
    #[error("weekdays are MON, TUE, WED, THU, FRI, SAT, SUN, at least one")]
    Weekday,
    /// Not a time of day.
    #[error("hours are like 07:30")]
    Hour,
}

/// Reads a window.
pub fn read(window: &Window) -> Result<WeeklyWindow, WindowError> {
    let mut weekdays = 0u8;
    for day in &window.weekdays {
        let bit = DAYS.iter().position(|known| known == day).ok_or(WindowError::Weekday)?;
        weekdays |= 1 << bit;
    }
    if weekdays == 0 {
        return Err(WindowError::Weekday);
    }
    Ok(WeeklyWindow { weekdays, from: minute(&window.from)?, to: minute(&window.to)? })
}

/// Shows a window.
pub fn show(window: &WeeklyWindow) -> Window {
    let weekdays = (0..7).filter(|bit| window.weekdays >> bit & 1 == 1).map(|bit| DAYS[bit].to_owned());
    Window { weekdays: weekdays.collect(), from: hour(window.from), to: hour(window.to) }
}

fn minute(text: &str) -> Result<u16, WindowError> {
    let (hours, minutes) = text.split_once(':').ok_or(WindowError::Hour)?;
    let number = |text: &str, below: u16| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|number| digits && *number < below).ok_or(WindowError::Hour)
    };
    Ok(number(hours, 24)? * 60 + number(minutes, 60)?)
}

fn hour(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[&str], from: &str, to: &str) -> Window {
        let weekdays = days.iter().map(|day| (*day).to_owned()).collect();
        Window { weekdays, from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn a_window_is_shown_as_it_was_given() {
        let given = window(&["MON", "SUN"], "22:00", "06:30");
        let read = read(&given).unwrap();
        assert_eq!(read, WeeklyWindow { weekdays: 0b100_0001, from: 1320, to: 390 });
        assert_eq!(show(&read), given);
    }

    #[test]
    fn what_is_no_day_or_hour_is_refused() {
        for wrong in [
            window(&[], "07:00", "08:00"),
            window(&["MONDAY"], "07:00", "08:00"),
            window(&["MON"], "7:00", "08:00"),
            window(&["MON"], "24:00", "08:00"),
            window(&["MON"], "07:60", "08:00"),
            window(&["MON"], "07", "08:00"),
        ] {
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
    }
}
