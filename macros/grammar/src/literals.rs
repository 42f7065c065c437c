//! Whether a literal that stands for a value of a column is one.

use diesel_autogen_schema::{MyType, SqlType, Width};

/// Why a whole number is no value of the type, as a sentence without its subject.
pub(crate) fn number(text: &str, ty: &SqlType) -> Option<String> {
    let digits = text.replace(['_', ' '], "");
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        // Sixteen digits may set the sign as well: what they say is SQLite's business.
        Some(hex) => i128::from_str_radix(hex, 16).ok(),
        None => digits.parse::<i128>().ok(),
    };
    let value = sign * value.unwrap_or(i128::MAX);
    let (least, most) = match ty {
        SqlType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => (i32::MIN.into(), i32::MAX.into()),
        SqlType::BigInt => (i64::MIN.into(), i64::MAX.into()),
        SqlType::My(MyType::TinyInt) => (i8::MIN.into(), i8::MAX.into()),
        SqlType::My(MyType::Unsigned(width)) => (0, most(*width)),
        SqlType::Bool => (0, 1),
        _ => return None,
    };
    if (least..=most).contains(&value) {
        return None;
    }
    Some(match ty {
        SqlType::Bool => "a truth value is 0 or 1, or `TRUE` or `FALSE`".to_owned(),
        _ => format!("{} goes from {least} to {most}", ty.diesel_name()),
    })
}

/// The greatest number without a sign.
fn most(width: Width) -> i128 {
    match width {
        Width::Tiny => u8::MAX.into(),
        Width::Small => u16::MAX.into(),
        Width::Normal => u32::MAX.into(),
        Width::Big => u64::MAX.into(),
    }
}

/// Why a text, without its quotes, is no value of the type.
pub(crate) fn text(value: &str, ty: &SqlType) -> Option<String> {
    let (fits, wanted) = match ty {
        SqlType::Text { max_length: Some(most) } | SqlType::My(MyType::Char { length: most }) => {
            let long = value.chars().count();
            let fits = u32::try_from(long).is_ok_and(|long| long <= *most);
            return (!fits).then(|| format!("its {long} characters are more than {most}"));
        }
        SqlType::Date => (is_date(value), "a date is `'2026-11-22'`, and today `CURRENT_DATE`"),
        SqlType::Time { .. } => (is_time(value), "a time is `'13:45:00'`, and now `CURRENT_TIME`"),
        SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::My(MyType::Datetime { .. }) => (
            is_moment(value),
            "a point in time is `'2026-11-22 13:45:00'`, and now `CURRENT_TIMESTAMP`",
        ),
        _ => return None,
    };
    (!fits).then(|| wanted.to_owned())
}

/// Why the word for a point in time gives no value that Diesel reads as this type.
pub(crate) fn moment(word: &str, ty: &SqlType) -> Option<String> {
    let right = match ty {
        SqlType::Date => "CURRENT_DATE",
        SqlType::Time { .. } => "CURRENT_TIME",
        SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::My(MyType::Datetime { .. }) => "CURRENT_TIMESTAMP",
        _ => return None,
    };
    (!word.eq_ignore_ascii_case(right))
        .then(|| format!("Diesel reads that as no {ty}: write `{right}`", ty = ty.diesel_name()))
}

/// `2026-11-22`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let within =
        |text: &str, most: u32| number_of(text, 2).is_some_and(|it| (1..=most).contains(&it));
    number_of(year, 4).is_some() && within(month, 12) && within(day, 31)
}

/// `13:45`, `13:45:00`, with a fraction and an offset if need be.
fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let text = match text.rsplit_once(['+', '-']) {
        Some((text, offset)) if is_clock(offset) => text,
        Some(_) => return false,
        None => text,
    };
    match text.split_once('.') {
        Some((clock, fraction)) => {
            is_clock(clock) && !fraction.is_empty() && fraction.chars().all(|c| c.is_ascii_digit())
        }
        None => is_clock(text),
    }
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let within = |text: &str, most: u32| number_of(text, 2).is_some_and(|it| it <= most);
    match parts[..] {
        [hours, minutes] => within(hours, 23) && within(minutes, 59),
        [hours, minutes, seconds] => {
            within(hours, 23) && within(minutes, 59) && within(seconds, 60)
        }
        _ => false,
    }
}

/// A date and a time, or a Julian day.
fn is_moment(text: &str) -> bool {
    text.parse::<f64>().is_ok()
        || text.split_once([' ', 'T']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

fn number_of(text: &str, digits: usize) -> Option<u32> {
    let plain = text.len() == digits && text.chars().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_range_of_their_rust_type() {
        assert_eq!(number("32767", &SqlType::SmallInt), None);
        assert_eq!(number("-32768", &SqlType::SmallInt), None);
        assert_eq!(
            number("32768", &SqlType::SmallInt).as_deref(),
            Some("SmallInt goes from -32768 to 32767")
        );
        assert!(number("2147483648", &SqlType::Integer).is_some());
        assert_eq!(number("0x7fffffff", &SqlType::Integer), None);
        assert_eq!(number("- 5", &SqlType::Integer), None);
        assert_eq!(number("9223372036854775807", &SqlType::BigInt), None);
        assert!(number("9223372036854775808", &SqlType::BigInt).is_some());
        assert_eq!(number("1", &SqlType::Bool), None);
        assert!(number("2", &SqlType::Bool).is_some());
        assert_eq!(number("99999999999999999999", &SqlType::Double), None);
    }

    #[test]
    fn texts_are_dates_only_where_diesel_reads_them() {
        let wrong = |value: &str, ty: SqlType| text(value, &ty).is_some();
        assert!(!wrong("2026-02-28", SqlType::Date));
        for value in ["now", "2026-13-01", "2026-1-1", "22.11.2026", "2026-11-22 10:00"] {
            assert!(wrong(value, SqlType::Date), "{value}");
        }
        for value in ["10:00", "10:00:59", "10:00:00.123", "10:00Z", "10:00:00.5+02:00"] {
            assert!(!wrong(value, SqlType::TIME), "{value}");
        }
        assert!(wrong("25:00", SqlType::TIME) && wrong("10", SqlType::TIME));
        for value in ["2026-11-22 10:00:00", "2026-11-22T10:00:00.5Z", "2460000.5"] {
            assert!(!wrong(value, SqlType::TIMESTAMP), "{value}");
        }
        assert!(wrong("2026-11-22", SqlType::TIMESTAMP) && wrong("now", SqlType::TIMESTAMP));
        assert!(!wrong("anything", SqlType::Text { max_length: None }));
        assert!(!wrong("größe", SqlType::Text { max_length: Some(5) }));
        assert!(wrong("größer", SqlType::Text { max_length: Some(5) }));
    }

    #[test]
    fn a_point_in_time_is_of_its_columns_kind() {
        assert_eq!(moment("current_date", &SqlType::Date), None);
        assert!(moment("CURRENT_TIMESTAMP", &SqlType::Date).is_some());
        assert!(moment("CURRENT_DATE", &SqlType::TIMESTAMP).is_some());
        assert_eq!(moment("CURRENT_DATE", &SqlType::Text { max_length: None }), None);
    }
}
