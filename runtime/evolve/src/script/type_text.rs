/// A type as SQL spells it, taken apart: `VARCHAR(20)`, `numeric(12,2)[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeText {
    /// The one name of all its synonyms, in lower case: `integer` for `INT4`.
    pub base: String,
    /// What stands in parentheses, when it is numbers.
    pub digits: Vec<u32>,
    /// What stands in parentheses, when it is texts: the labels of an enum of MySQL.
    pub labels: Vec<String>,
    /// Whether it is an array.
    pub array: bool,
    /// Whether negative numbers are left out.
    pub unsigned: bool,
}

/// Spellings of one type; the first is kept.
const SYNONYMS: [&[&str]; 12] = [
    &["smallint", "int2"],
    &["integer", "int", "int4", "mediumint"],
    &["bigint", "int8"],
    &["real", "float4"],
    &["double precision", "float8", "double"],
    &["numeric", "decimal", "dec"],
    &["boolean", "bool"],
    &["varchar", "character varying", "nvarchar"],
    &["char", "character", "bpchar", "nchar"],
    &["timestamp", "timestamp without time zone"],
    &["timestamptz", "timestamp with time zone"],
    &["time", "time without time zone"],
];

/// What a counting column is beneath.
const COUNTED: [(&str, &str); 6] = [
    ("smallserial", "smallint"),
    ("serial2", "smallint"),
    ("serial", "integer"),
    ("serial4", "integer"),
    ("bigserial", "bigint"),
    ("serial8", "bigint"),
];

impl TypeText {
    /// The parts of a type.
    pub fn new(text: &str) -> TypeText {
        let text = text.trim();
        let array = text.ends_with(']');
        let text = if array { text.split('[').next().unwrap_or(text) } else { text };
        let (before, inside, after) = match (text.find('('), text.rfind(')')) {
            (Some(from), Some(to)) if from < to => {
                (&text[..from], &text[from + 1..to], &text[to + 1..])
            }
            (Some(_), _) | (None, _) => (text, "", ""),
        };
        let name = format!("{} {}", before.trim(), after.trim()).to_lowercase();
        let unsigned = name.contains("unsigned");
        let words = name.split_whitespace();
        let words: Vec<&str> =
            words.filter(|word| !["unsigned", "zerofill", "signed"].contains(word)).collect();
        let name = words.join(" ");
        let is_labelled = inside.contains('\'');
        let digits = inside.split(',').filter_map(|part| part.trim().parse().ok());
        TypeText {
            base: canonical(&name),
            digits: if is_labelled { Vec::new() } else { digits.collect() },
            labels: if is_labelled { labels(inside) } else { Vec::new() },
            array,
            unsigned,
        }
    }

    /// Whether the word is a type that every database has.
    pub fn is_builtin(word: &str) -> bool {
        const OTHERS: [&str; 6] = ["text", "bit", "varbit", "interval", "timestamp", "time"];
        OTHERS.contains(&word) || SYNONYMS.iter().flat_map(|all| all.iter()).any(|it| *it == word)
    }

    /// Bits of a whole number.
    pub fn bits(&self) -> Option<u32> {
        match self.base.as_str() {
            "tinyint" => Some(8),
            "smallint" => Some(16),
            "integer" => Some(32),
            "bigint" => Some(64),
            _ => None,
        }
    }

    /// Characters that fit, of a text with a limit.
    pub fn limit(&self) -> Option<u32> {
        let is_text = ["varchar", "char"].contains(&self.base.as_str());
        self.digits.first().copied().filter(|_| is_text)
    }

    /// Whether PostgreSQL lets rows be as they are when a column of this type becomes one of that.
    pub fn stays_on_disk(&self, to: &TypeText) -> bool {
        if self.array || to.array {
            return self == to;
        }
        let more = |at: usize| match (self.digits.get(at), to.digits.get(at)) {
            (_, None) => true,
            (Some(from), Some(to)) => from <= to,
            (None, Some(_)) => false,
        };
        match (self.base.as_str(), to.base.as_str()) {
            ("varchar", "varchar" | "text") | ("text", "text" | "varchar") => more(0),
            ("numeric", "numeric") => {
                more(0) && (to.digits.is_empty() || self.digits.get(1) == to.digits.get(1))
            }
            ("varbit" | "bit varying", "varbit" | "bit varying") => more(0),
            ("timestamp" | "timestamptz" | "time" | "interval", other) if other == self.base => {
                more(0)
            }
            ("cidr", "inet") | ("text" | "varchar", "citext") | ("citext", "text" | "varchar") => {
                to.digits.is_empty()
            }
            _ => self == to,
        }
    }

    /// Why values that were there may not fit the new type whole; `None` when they do or when that
    /// is not known.
    pub fn narrows_to(&self, to: &TypeText) -> Option<String> {
        if let (Some(from), Some(into)) = (self.bits(), to.bits()) {
            return (into < from)
                .then(|| format!("numbers of {from} bits do not all fit into {into}"));
        }
        let texts = ["varchar", "char", "text", "mediumtext", "longtext", "citext"];
        let is_text = |it: &TypeText| texts.contains(&it.base.as_str());
        if is_text(self) && is_text(to) {
            let limit = to.limit()?;
            return match self.limit() {
                Some(from) if from <= limit => None,
                Some(_) | None => Some(format!("texts longer than {limit} do not fit")),
            };
        }
        if self.base == to.base && to.digits.len() >= self.digits.len() && !self.digits.is_empty() {
            let shrinks = self.digits.iter().zip(&to.digits).any(|(from, to)| to < from);
            return shrinks.then(|| "fewer digits are kept".to_owned());
        }
        let rank = |it: &TypeText| {
            ["date", "timestamp", "timestamptz"].iter().position(|base| *base == it.base)
        };
        let is_whole = to.bits().is_some();
        match self.base.as_str() {
            "double precision" if to.base == "real" => Some("digits are lost".to_owned()),
            "numeric" | "real" | "double precision" if is_whole => {
                Some("what is behind the point is lost".to_owned())
            }
            "timestamp" | "timestamptz" if rank(to) == Some(0) => {
                Some("the time is lost".to_owned())
            }
            _ => None,
        }
    }
}

/// The labels of `'a','b''c'`. One that is written in bytes, `X'61'`, is taken as they are.
fn labels(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut label: Option<String> = None;
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut label, letter) {
            (None, '\'') => label = Some(String::new()),
            (None, _) => {}
            (Some(text), '\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            (Some(_), '\'') => found.extend(label.take()),
            (Some(text), letter) => text.push(letter),
        }
    }
    found
}

fn canonical(name: &str) -> String {
    let counted = COUNTED.iter().find(|(word, _)| *word == name).map(|(_, of)| *of);
    let name = counted.unwrap_or(name);
    let one = SYNONYMS.iter().find(|all| all.contains(&name)).map(|all| all[0]);
    one.unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stays(from: &str, to: &str) -> bool {
        TypeText::new(from).stays_on_disk(&TypeText::new(to))
    }

    #[test]
    fn synonyms_are_one() {
        assert_eq!(TypeText::new("INT4"), TypeText::new("integer"));
        assert_eq!(TypeText::new("CHARACTER VARYING(20)"), TypeText::new("varchar(20)"));
        assert_eq!(TypeText::new("TIMESTAMP(3) WITH TIME ZONE"), TypeText::new("timestamptz(3)"));
        assert_eq!(TypeText::new("BIGSERIAL").base, "bigint");
        assert!(TypeText::new("INT(10) UNSIGNED").unsigned);
        assert_eq!(TypeText::new("ENUM('a','b')").labels, ["a", "b"]);
        assert_eq!(TypeText::new("ENUM('a,b', 'it''s', '[)')").labels, ["a,b", "it's", "[)"]);
    }

    #[test]
    fn what_postgres_need_not_write_anew() {
        assert!(stays("varchar(10)", "varchar(20)") && stays("varchar(10)", "text"));
        assert!(stays("text", "varchar") && !stays("text", "varchar(9)"));
        assert!(stays("numeric(8,2)", "numeric(10,2)") && !stays("numeric(8,2)", "numeric(10,3)"));
        assert!(stays("numeric(8,2)", "numeric") && stays("timestamp(3)", "timestamp(6)"));
        assert!(!stays("integer", "bigint") && !stays("char(3)", "char(4)"));
        assert!(!stays("json", "jsonb") && !stays("integer[]", "bigint[]"));
    }

    #[test]
    fn what_may_not_fit() {
        let narrows = |from, to| TypeText::new(from).narrows_to(&TypeText::new(to)).is_some();
        assert!(narrows("bigint", "integer") && !narrows("integer", "bigint"));
        assert!(narrows("text", "varchar(9)") && !narrows("varchar(9)", "text"));
        assert!(narrows("numeric(8,2)", "numeric(8,1)") && narrows("numeric", "integer"));
        assert!(narrows("timestamptz", "date") && !narrows("date", "timestamp"));
        assert!(!narrows("numeric(8,2)", "numeric"));
    }
}
