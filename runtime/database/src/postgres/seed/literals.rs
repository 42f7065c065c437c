//! Values of the server's own types, as SQL.

use crate::Value;

/// Values of a type by its name in the catalogue; `modifier` is its length or precision, -1 when
/// there is none. Of a type that is not known here, whatever it might read.
pub(super) fn of(name: &str, modifier: i64) -> Vec<String> {
    let list: &[&str] = match name {
        "int2" => &["7", "-32768", "32767", "0"],
        "int4" => &["42", "-2147483648", "2147483647", "0"],
        "int8" => &["42", "-9223372036854775808", "9223372036854775807", "9007199254740993", "0"],
        "float4" => &["1.5", "-0.1", "1e30", "NaN", "0"],
        "float8" => &["1.5", "-0.1", "1.7976931348623157e308", "-Infinity", "0"],
        "numeric" => return numerics(modifier),
        "bool" => &["t", "f"],
        "text" | "citext" | "name" => return texts(None),
        "varchar" | "bpchar" => return texts(usize::try_from(modifier - 4).ok()),
        "char" => &["a", "Z", "", "'"],
        "bytea" => &["\\x00ff275c", "\\x", "\\x6162"],
        "uuid" => &[
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        "json" => &["{\"b\": 1,  \"a\": [1, \"ü\"], \"b\": 2}", "[]", "null", "\"it's\"", "{}"],
        "jsonb" => &["{\"a\": [1, \"ü\"]}", "[]", "null", "\"it's\"", "{}"],
        "inet" => &["192.168.0.1", "10.1.2.3/8", "::1", "2001:db8::1/32"],
        "cidr" => &["10.0.0.0/8", "2001:db8::/32", "192.168.1.0/24"],
        "macaddr" => &["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"],
        "macaddr8" => &["08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"],
        "money" => &["1234.56", "-5.01", "0"],
        "oid" => &["1", "4294967295", "0"],
        "pg_lsn" => &["16/B374D848", "0/0", "FFFFFFFF/FFFFFFFF"],
        "bit" | "varbit" => return bits(name, modifier),
        "tsvector" => &["'cat':2 'fat':1", "'it''s':1A", ""],
        "tsquery" => &["'fat' & 'rat'", "'a' | !'b'"],
        _ => return times(name).unwrap_or(STRANGE).iter().map(|text| literal(text)).collect(),
    };
    list.iter().map(|text| literal(text)).collect()
}

/// What a type of an extension's may read.
const STRANGE: &[&str] = &[
    "a",
    "a.b",
    "1",
    "{}",
    "[1, 2]",
    "(1,2)",
    "(3.5,-4)",
    "a=>1",
    "<a>ü</a>",
    "((0,0),(1,1))",
    "POINT(1 2)",
    "1.0.0",
    "978-0-13-601970-1",
    "A1",
    "{1,2,3}",
    "$.a",
    "1:2:3",
    "",
];

fn times(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "date" => &["2024-02-29", "infinity", "0044-03-15 BC", "9999-12-31", "1970-01-01"],
        "time" => &["12:34:56.789012", "00:00:00", "24:00:00", "23:59:59.999999"],
        "timetz" => &["12:34:56.789012+02", "00:00:00-07", "23:59:59.999999+00"],
        "timestamp" => &[
            "2024-02-29 12:34:56.123456",
            "infinity",
            "0044-03-15 00:00:00 BC",
            "9999-12-31 23:59:59.999999",
            "1970-01-01 00:00:00",
        ],
        "timestamptz" => &[
            "2024-02-29 12:34:56.123456+00",
            "infinity",
            "0044-03-15 00:00:00+00 BC",
            "9999-12-31 23:59:59.999999+14",
            "1970-01-01 00:00:00-07",
        ],
        "interval" => &["1 year 2 mons 3 days 04:05:06.789", "-1 day", "00:00:00", "1000 years"],
        _ => return None,
    })
}

/// More of a type by its name.
pub(super) fn more(name: &str, modifier: i64) -> Vec<String> {
    let length =
        usize::try_from(modifier - 4).ok().filter(|_| matches!(name, "varchar" | "bpchar"));
    let text = |number: u32| match name {
        "int2" | "int4" | "int8" | "float4" | "float8" | "numeric" | "money" | "oid" => {
            number.to_string()
        }
        "bytea" => format!("\\x0{number}"),
        "date" => format!("2{number}-01-01"),
        "time" => format!("01:02:03.{number}"),
        "timetz" => format!("01:02:03.{number}+00"),
        "timestamp" => format!("2{number}-01-01 00:00:00"),
        "timestamptz" => format!("2{number}-01-01 00:00:00+00"),
        "interval" => format!("{number} days"),
        "uuid" => format!("00000000-0000-0000-0000-000000000{number}"),
        "json" | "jsonb" => number.to_string(),
        "inet" => format!("10.0.0.{number}"),
        "cidr" => format!("10.0.{number}.0/24"),
        "macaddr" => format!("08:00:2b:01:0{}:{}", number / 100, number % 100 + 10),
        "macaddr8" => format!("08:00:2b:01:02:03:0{}:{}", number / 100, number % 100 + 10),
        "pg_lsn" => format!("0/{number}"),
        "char" => char::from_u32(number - 4).map(String::from).unwrap_or_default(),
        "bit" => format!("{:0width$b}", number, width = usize::try_from(modifier).unwrap_or(1)),
        "varbit" => format!("{number:b}"),
        _ => {
            let text = format!("u{number}");
            let skip = length.map_or(0, |most| text.len().saturating_sub(most));
            text[skip..].to_owned()
        }
    };
    (101..121).map(|number| literal(&text(number))).collect()
}

/// A key far from those that the database makes up first, by how its type is written.
pub(super) fn far(sql: &str) -> &'static str {
    match sql {
        "smallint" => "32000",
        "integer" => "2147480000",
        _ => "9007199254740993",
    }
}

/// Ranges of a type whose bounds are these values.
pub(super) fn ranges(over: &str, values: &[String], sql: &str) -> Vec<String> {
    let fixed: &[&str] = match over {
        "int4" | "int8" | "numeric" => &["[1,10)", "empty", "(,0)", "[1000000,)"],
        "date" => &["[2024-02-29,2024-03-01)", "empty", "(,0044-03-15 BC)", "[3000-01-01,)"],
        "timestamp" => &["[2024-02-29 12:34:56.5,2024-03-01 00:00:00)", "empty", "(,1970-01-01]"],
        "timestamptz" => &["[2024-02-29 12:00:00+00,2024-03-01 00:00:00+00)", "empty", "(,)"],
        _ => &["empty", "(,)"],
    };
    let fixed = fixed.iter().map(|text| format!("CAST({} AS {sql})", literal(text)));
    let single = values.iter().map(|value| format!("{sql}({value}, {value}, '[]')"));
    fixed.chain(single).collect()
}

/// Arrays of these values.
pub(super) fn arrays(values: &[String], sql: &str) -> Vec<String> {
    let listed = |values: &[&String]| {
        let values: Vec<&str> = values.iter().map(|it| it.as_str()).collect();
        format!("CAST(ARRAY[{}] AS {sql})", values.join(", "))
    };
    let mut found: Vec<String> =
        values.windows(2).map(|pair| listed(&[&pair[0], &pair[1]])).collect();
    found.insert(found.len().min(1), "'{}'".to_owned());
    if let Some(first) = values.first() {
        found.insert(found.len().min(2), listed(&[first, &"NULL".to_owned()]));
        found.extend(values.iter().map(|value| listed(&[value])));
    }
    found
}

fn literal(text: &str) -> String {
    Value::Text(text.to_owned()).to_string()
}

fn numerics(modifier: i64) -> Vec<String> {
    let plain = ["12.5", "-1", "0.1", "123456789012345678901234567890.123456789", "NaN", "0"];
    let Ok(packed) = u32::try_from(modifier - 4) else { return plain.map(literal).to_vec() };
    // The scale has eleven bits, the last of them its sign.
    let (precision, scale) = (packed >> 16, packed & 0x7ff);
    let mut found = plain.map(literal).to_vec();
    if let Some(whole) = precision.checked_sub(scale).filter(|_| scale < 1024) {
        let digits = |count: u32| "9".repeat(usize::try_from(count).unwrap_or(0));
        let whole = if whole == 0 { "0".to_owned() } else { digits(whole) };
        let largest = if scale == 0 { whole } else { format!("{whole}.{}", digits(scale)) };
        found.insert(1, literal(&format!("-{largest}")));
        found.insert(2, literal(&largest));
    }
    found
}

fn texts(most: Option<usize>) -> Vec<String> {
    let fits = |text: &str| text.chars().take(most.unwrap_or(usize::MAX)).collect::<String>();
    let texts =
        ["plain", "it's \"quoted\" \\so", "Ünï ☃ 名前", "line\nbreak -- no; comment", "", "42"];
    texts.iter().map(|text| literal(&fits(text))).collect()
}

fn bits(name: &str, modifier: i64) -> Vec<String> {
    let most = usize::try_from(modifier).unwrap_or(8);
    let long = "10".repeat(most.div_ceil(2)).chars().take(most).collect::<String>();
    let zero = "0".repeat(if name == "bit" { most } else { 1 });
    vec![literal(&long), literal(&zero)]
}
