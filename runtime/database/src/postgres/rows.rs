//! The rows of a query that only its author knows the shape of.

use diesel::deserialize::{self, QueryableByName};
use diesel::pg::{Pg, PgConnection};
use diesel::row::{Field, NamedRow, Row};
use diesel::{RunQueryDsl, sql_query};

use super::connection::told;
use super::standing::Standing;
use crate::Value;

const BOOL: u32 = 16;
const INTEGERS: [u32; 4] = [20, 21, 23, 26];
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
/// `text`, `name`, `varchar`, `bpchar`, `"char"`, `unknown`.
const TEXTS: [u32; 6] = [25, 19, 1043, 1042, 18, 705];

/// The rows of a query. Whole numbers and finite floating point numbers are numbers, everything
/// else is text as the server writes it: `true`, `2024-01-01`, `{1,2}`, `\x00ff`.
pub(crate) fn rows(conn: &mut PgConnection, sql: &str) -> Result<Vec<Vec<Value>>, String> {
    let found = sql_query(sql).load(conn).map_err(|error| told(&error))?;
    values(conn, sql, found)
}

/// The same of a query that is asked again and again.
pub(crate) fn standing(conn: &mut PgConnection, sql: &str) -> Result<Vec<Vec<Value>>, String> {
    let found = Standing(sql).load(conn).map_err(|error| told(&error))?;
    values(conn, sql, found)
}

fn values(
    conn: &mut PgConnection,
    sql: &str,
    found: Vec<Binary>,
) -> Result<Vec<Vec<Value>>, String> {
    let width = found.first().map_or(0, |row| row.0.len());
    // A NULL does not tell its type, and needs none.
    let types: Vec<Option<u32>> = (0..width)
        .map(|at| found.iter().find_map(|row| row.0[at].as_ref().map(|(oid, _)| *oid)))
        .collect();
    if types.iter().flatten().all(|oid| is_plain(*oid)) {
        let value = |field: Option<(u32, Vec<u8>)>| match field {
            Some((oid, bytes)) => decode(oid, &bytes),
            None => Value::Null,
        };
        return Ok(found.into_iter().map(|row| row.0.into_iter().map(value).collect()).collect());
    }
    // Diesel asks for the binary form, which only the server can turn into text for every type.
    let asked = sql.trim().trim_end_matches(';');
    let texts: Vec<Binary> =
        sql_query(format!("SELECT ROW(asked.*)::text FROM (\n{asked}\n) AS asked"))
            .load(conn)
            .map_err(|error| told(&error))?;
    Ok(texts
        .into_iter()
        .map(|row| {
            let text = row.0.into_iter().flatten().next().map_or(Vec::new(), |(_, text)| text);
            let fields = composite(&String::from_utf8_lossy(&text));
            fields.into_iter().zip(&types).map(|(field, oid)| read(*oid, field)).collect()
        })
        .collect())
}

fn is_plain(oid: u32) -> bool {
    oid == BOOL || oid == FLOAT4 || oid == FLOAT8 || INTEGERS.contains(&oid) || TEXTS.contains(&oid)
}

/// A value of one of the plain types in its binary form.
fn decode(oid: u32, bytes: &[u8]) -> Value {
    match (oid, bytes) {
        (BOOL, [byte]) => Value::Text((*byte != 0).to_string()),
        (FLOAT4, &[a, b, c, d]) => real(f64::from(f32::from_be_bytes([a, b, c, d]))),
        (FLOAT8, &[a, b, c, d, e, f, g, h]) => real(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
        // An identifier of an object has no sign.
        (26, &[a, b, c, d]) => Value::Integer(i64::from(u32::from_be_bytes([a, b, c, d]))),
        (21, &[a, b]) => Value::Integer(i64::from(i16::from_be_bytes([a, b]))),
        (23, &[a, b, c, d]) => Value::Integer(i64::from(i32::from_be_bytes([a, b, c, d]))),
        (20, &[a, b, c, d, e, f, g, h]) => {
            Value::Integer(i64::from_be_bytes([a, b, c, d, e, f, g, h]))
        }
        (_, text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
    }
}

/// A number; what is none is text, which is equal to itself and reads back as what it was.
fn real(number: f64) -> Value {
    if number.is_finite() {
        return Value::Real(number);
    }
    let text = match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    };
    Value::Text(text.to_owned())
}

/// A value as the server writes it.
fn read(oid: Option<u32>, text: Option<String>) -> Value {
    let Some(text) = text else { return Value::Null };
    match oid {
        Some(BOOL) => Value::Text((text == "t").to_string()),
        Some(oid) if INTEGERS.contains(&oid) => {
            text.parse().map_or(Value::Text(text), Value::Integer)
        }
        Some(FLOAT4) => text.parse::<f32>().map_or(Value::Text(text), |it| real(f64::from(it))),
        Some(FLOAT8) => text.parse().map_or(Value::Text(text), real),
        Some(_) | None => Value::Text(text),
    }
}

/// The fields of a row as the server writes it: `(1,"a ""b""",)`.
fn composite(text: &str) -> Vec<Option<String>> {
    let inner = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(text);
    let mut fields = Vec::new();
    let mut field: Option<String> = None;
    let mut quoted = false;
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.get_or_insert_default().push('"');
            }
            '"' => {
                quoted = !quoted;
                field.get_or_insert_default();
            }
            '\\' => field.get_or_insert_default().extend(letters.next()),
            ',' if !quoted => fields.push(field.take()),
            _ => field.get_or_insert_default().push(letter),
        }
    }
    fields.push(field);
    fields
}

/// A row of any shape: the type and the bytes of each field.
struct Binary(Vec<Option<(u32, Vec<u8>)>>);

impl QueryableByName<Pg> for Binary {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Binary> {
        let field = |at: usize| {
            let field = Row::get(row, at)?;
            let value = field.value()?;
            Some((value.get_oid().get(), value.as_bytes().to_vec()))
        };
        Ok(Binary((0..Row::field_count(row)).map(field).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::composite;

    #[test]
    fn a_row_is_read_as_the_server_writes_it() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            composite(r#"(1,"a ""b"" \\ c",,"")"#),
            [some("1"), some(r#"a "b" \ c"#), None, some("")]
        );
        assert_eq!(composite("()"), [None]);
        assert_eq!(composite(r#"("{""x,y"",z}",(a)"#), [some(r#"{"x,y",z}"#), some("(a")]);
    }
}
