//! What becomes of values of the types that only MySQL and MariaDB have, and where they are
//! stricter than others.

use diesel_autogen_schema::{MyType, Size, SqlType, Width};

use super::conversion::{Conversion, fits};

/// What the servers make of the values, unless it is what every engine makes of them.
pub(super) fn special(before: &SqlType, after: &SqlType) -> Option<Conversion> {
    use Conversion::{Narrowing, Same, Widening};
    if before.same_facts(after) {
        return Some(Same);
    }
    if let (Some(a), Some(b)) = (range(before), range(after)) {
        let wide = b.0 <= a.0 && a.1 <= b.1;
        return Some(if wide { Widening } else { Narrowing("numbers may be larger") });
    }
    if let (Some(a), Some(b)) = (characters(before), characters(after)) {
        return Some(match (a <= b, is_padded(before) && !is_padded(after)) {
            (_, true) => Narrowing("spaces at the end are lost"),
            (true, false) => Widening,
            (false, false) => Narrowing("texts may be longer"),
        });
    }
    if let (Some(a), Some(b)) = (bytes(before), bytes(after)) {
        let padded = matches!(after, SqlType::My(MyType::Binary { .. }));
        return Some(match (a <= b, padded) {
            (true, false) => Widening,
            (true, true) => Narrowing("shorter values are filled up"),
            (false, _) => Narrowing("values may be longer"),
        });
    }
    moments(before, after).or_else(|| texts(before, after)).or_else(|| match range(before) {
        Some(range) => Some(from_integer(range, after)),
        None => (is_special(before) || is_special(after)).then_some(Conversion::Cross),
    })
}

/// Dates and times.
fn moments(before: &SqlType, after: &SqlType) -> Option<Conversion> {
    use Conversion::{Narrowing, Widening};
    const ZONE: &str = "times are taken to be in the zone of the session";
    Some(match (before, after) {
        (SqlType::Timestamp { .. }, SqlType::My(MyType::Datetime { .. }))
        | (SqlType::My(MyType::Datetime { .. }), SqlType::Timestamp { .. })
        | (SqlType::Date, SqlType::Timestamp { .. }) => Narrowing(ZONE),
        (
            SqlType::My(MyType::Datetime { precision: a }),
            SqlType::My(MyType::Datetime { precision: b }),
        )
        | (SqlType::Timestamp { precision: a }, SqlType::Timestamp { precision: b })
        | (SqlType::Time { precision: a }, SqlType::Time { precision: b }) => {
            if a.unwrap_or(0) <= b.unwrap_or(0) {
                Widening
            } else {
                Narrowing("fractions of seconds may be lost")
            }
        }
        (SqlType::Date, SqlType::My(MyType::Datetime { .. })) => Widening,
        (SqlType::My(MyType::Datetime { .. }) | SqlType::Timestamp { .. }, SqlType::Date) => {
            Narrowing("the time of day is lost")
        }
        (
            SqlType::My(MyType::Datetime { .. })
            | SqlType::Timestamp { .. }
            | SqlType::Date
            | SqlType::Time { .. },
            _,
        ) if characters(after).is_some_and(|length| length >= LONGEST_MOMENT) => Widening,
        (_, _) => return None,
    })
}

/// What is told by texts.
fn texts(before: &SqlType, after: &SqlType) -> Option<Conversion> {
    use Conversion::{Narrowing, Widening};
    Some(match (before, after) {
        (SqlType::Json, _) if characters(after).is_some() => {
            let long = characters(after) >= Some(LONG_TEXT);
            if long { Widening } else { Narrowing("texts may be longer") }
        }
        (_, SqlType::Json) if characters(before).is_some() => Narrowing("other texts are no JSON"),
        (SqlType::Enum(of), _) if characters(after).is_some() => {
            let longest = of.labels.iter().map(|label| label.name.chars().count() as u64).max();
            if longest <= characters(after) { Widening } else { Narrowing("labels may be longer") }
        }
        (_, SqlType::Enum(_)) if characters(before).is_some() => {
            Narrowing("other texts are no label")
        }
        (_, _) => return None,
    })
}

/// `-838:59:59.000000` and `2026-11-22 12:00:00.000000`.
const LONGEST_MOMENT: u64 = 26;

const TEXT: u64 = u16::MAX as u64;
const LONG_TEXT: u64 = u32::MAX as u64;

/// Least and greatest number of an integer type. A truth value is one or none.
fn range(of: &SqlType) -> Option<(i128, i128)> {
    let unsigned = |bits: u32| (0, (1_i128 << bits) - 1);
    Some(match of {
        SqlType::Bool => (0, 1),
        SqlType::My(MyType::TinyInt) => (i8::MIN.into(), i8::MAX.into()),
        SqlType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => (i32::MIN.into(), i32::MAX.into()),
        SqlType::BigInt => (i64::MIN.into(), i64::MAX.into()),
        SqlType::My(MyType::Unsigned(Width::Tiny)) => unsigned(8),
        SqlType::My(MyType::Unsigned(Width::Small)) => unsigned(16),
        SqlType::My(MyType::Unsigned(Width::Normal)) => unsigned(32),
        SqlType::My(MyType::Unsigned(Width::Big)) => unsigned(64),
        _ => return None,
    })
}

fn from_integer((least, most): (i128, i128), after: &SqlType) -> Conversion {
    use Conversion::{Cross, Narrowing, Widening};
    let digits = least.to_string().len().max(most.to_string().len()) as u64;
    if let Some(length) = characters(after) {
        let fits = digits <= length;
        return if fits { Widening } else { Narrowing("numbers may be longer") };
    }
    let exact = |bits: u32| -(1_i128 << bits) <= least && most <= (1_i128 << bits);
    match after {
        SqlType::Float if exact(24) => Widening,
        SqlType::Double if exact(53) => Widening,
        SqlType::Float | SqlType::Double => Narrowing("digits may be lost"),
        SqlType::Numeric { precision, scale } => {
            let digits = most.to_string().len() as u32;
            let room = precision.map(|it| it.saturating_sub(scale.unwrap_or(0)));
            if fits(Some(digits), room) { Widening } else { Narrowing("digits may be lost") }
        }
        _ => Cross,
    }
}

/// Most characters that fit; of the long ones, most bytes.
fn characters(of: &SqlType) -> Option<u64> {
    Some(match of {
        SqlType::Text { max_length: Some(length) } => (*length).into(),
        SqlType::Text { max_length: None } => TEXT,
        SqlType::My(MyType::Char { length }) => (*length).into(),
        SqlType::My(MyType::Text(size)) => sized(*size),
        _ => return None,
    })
}

fn bytes(of: &SqlType) -> Option<u64> {
    Some(match of {
        SqlType::Binary => TEXT,
        SqlType::My(MyType::Binary { length } | MyType::Varbinary { length }) => (*length).into(),
        SqlType::My(MyType::Blob(size)) => sized(*size),
        _ => return None,
    })
}

const fn sized(size: Size) -> u64 {
    match size {
        Size::Tiny => u8::MAX as u64,
        Size::Medium => (1 << 24) - 1,
        Size::Long => LONG_TEXT,
    }
}

fn is_padded(of: &SqlType) -> bool {
    matches!(of, SqlType::My(MyType::Char { .. }))
}

fn is_special(of: &SqlType) -> bool {
    matches!(of, SqlType::My(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fit_or_may_not() {
        let my = SqlType::My;
        let unsigned = |width| my(MyType::Unsigned(width));
        let text = |length| SqlType::Text { max_length: length };
        let moment = |precision| my(MyType::Datetime { precision });
        let money = SqlType::Numeric { precision: Some(12), scale: Some(2) };
        let wide = [
            (unsigned(Width::Tiny), SqlType::SmallInt),
            (unsigned(Width::Normal), SqlType::BigInt),
            (SqlType::Bool, my(MyType::TinyInt)),
            (text(Some(10)), text(None)),
            (text(None), my(MyType::Text(Size::Long))),
            (my(MyType::TinyInt), text(Some(4))),
            (unsigned(Width::Small), SqlType::Float),
            (unsigned(Width::Small), money.clone()),
            (SqlType::Date, moment(None)),
            (moment(None), moment(Some(6))),
            (moment(Some(6)), text(Some(26))),
            (my(MyType::Varbinary { length: 3 }), SqlType::Binary),
        ];
        for (before, after) in wide {
            let found = special(&before, &after);
            assert_eq!(found, Some(Conversion::Widening), "{before:?} to {after:?}");
        }
        let narrow = [
            (SqlType::Integer, unsigned(Width::Big)),
            (unsigned(Width::Big), SqlType::BigInt),
            (my(MyType::Text(Size::Long)), text(None)),
            (text(None), text(Some(10))),
            (my(MyType::Char { length: 2 }), text(Some(2))),
            (moment(Some(6)), moment(None)),
            (moment(None), SqlType::TIMESTAMP),
            (SqlType::Integer, SqlType::Float),
            (SqlType::BigInt, money),
            (SqlType::Binary, my(MyType::Binary { length: 16 })),
            (SqlType::Json, text(None)),
        ];
        for (before, after) in narrow {
            let found = special(&before, &after);
            assert!(matches!(found, Some(Conversion::Narrowing(_))), "{before:?} to {after:?}");
        }
        assert_eq!(special(&SqlType::Date, &my(MyType::TinyInt)), Some(Conversion::Cross));
    }
}
