//! Numbers and days of spreadsheets as texts.

use crate::base::Date;

/// A number as text, as people read it in the cell: `5`, not `5.0`.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    if value.fract() == 0.0 {
        // Exact for every whole number: "-0" has no sign.
        return format!("{:.0}", value + 0.0);
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return value.to_string() };
    match exponent.parse::<i32>() {
        Ok(power) if power < -4 => format!("{digits}e-{:02}", power.unsigned_abs()),
        _ => value.to_string(),
    }
}

/// How a number is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Number,
    /// A day, a day and a time, a time.
    Date,
    /// How long something takes.
    Duration,
}

/// What a number format makes of numbers: told by the letters outside quotes, brackets and escapes.
pub(super) fn format_of(code: &str) -> Format {
    let section = code.split(';').next().unwrap_or_default();
    let mut letters = section.chars();
    let mut date = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => while letters.next().is_some_and(|inside| inside != '"') {},
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|inside| *inside != ']').collect();
                let first = inside.chars().next().unwrap_or_default().to_ascii_lowercase();
                if !inside.is_empty()
                    && matches!(first, 'h' | 'm' | 's')
                    && inside.chars().all(|one| one.eq_ignore_ascii_case(&first))
                {
                    return Format::Duration;
                }
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => date = true,
            'G' | 'g' if section.eq_ignore_ascii_case("general") => return Format::Number,
            _ => {}
        }
    }
    if date { Format::Date } else { Format::Number }
}

/// What a number format that every spreadsheet knows by its number makes of numbers.
pub(super) const fn built_in(number: u16) -> Format {
    match number {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Format::Date,
        46 => Format::Duration,
        _ => Format::Number,
    }
}

/// The most a spreadsheet's day may be: the end of the year 9999.
const LAST: f64 = 2_958_466.0;

/// A number in its format as text: `2012-12-12 00:00:00`, `10:30:00`.
pub(super) fn dated(value: f64, format: Format, since_1904: bool) -> String {
    match format {
        Format::Date if (0.0..LAST).contains(&value) => {
            #[expect(clippy::cast_possible_truncation, reason = "a number of days below 2958466")]
            let (mut days, mut millis) =
                (value.trunc() as i64, (value.fract() * 86_400_000.0).round() as i64);
            if millis >= 86_400_000 {
                (days, millis) = (days + 1, millis - 86_400_000);
            }
            let seconds = millis / 1000;
            let mut time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            if millis % 1000 != 0 {
                time = format!("{time}.{:03}000", millis % 1000);
            }
            if days == 0 {
                return time;
            }
            // 1900 was no leap year, but the first spreadsheets thought so.
            let first = match (since_1904, days < 60) {
                (true, _) => -24_107,
                (false, true) => -25_568,
                (false, false) => -25_569,
            };
            let (year, month, day) = Date::from_days(first + days).parts();
            format!("{year:04}-{month:02}-{day:02} {time}")
        }
        Format::Duration if (0.0..LAST).contains(&value) => {
            #[expect(clippy::cast_possible_truncation, reason = "a number of seconds below 3e11")]
            let seconds = (value * 86_400.0).round() as i64;
            let days = seconds / 86_400;
            let time = format!("{}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
            match days {
                0 => time,
                1 => format!("1 day, {time}"),
                more => format!("{more} days, {time}"),
            }
        }
        Format::Date | Format::Duration | Format::Number => number(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: what Python's openpyxl 3.1 and xlrd 2.0 say of the same cells.
    #[test]
    fn numbers_and_days_read_as_in_the_cell() {
        assert_eq!([number(5.0), number(0.1), number(1e-7), number(-3.5)], ["5", "0.1", "1e-07", "-3.5"]);
        assert_eq!(dated(41255.0, Format::Date, false), "2012-12-12 00:00:00");
        assert_eq!(dated(0.4375, Format::Date, false), "10:30:00");
        assert_eq!(dated(39793.0, Format::Date, true), "2012-12-12 00:00:00");
        assert_eq!(dated(1.5, Format::Duration, false), "1 day, 12:00:00");
    }

    #[test]
    fn formats_are_told_by_their_letters() {
        let codes = ["General", "0.00", "yyyy\\-mm\\-dd", "[h]:mm:ss", "[Red]0.0", "#,##0 \"days\"", "h:mm"];
        let (n, d, l) = (Format::Number, Format::Date, Format::Duration);
        assert_eq!(codes.map(format_of), [n, n, d, l, n, n, d]);
    }
}
