//! What a key of an index can be about.

use diesel_autogen_schema::facts::mysql::{Kept, MOST_KEY_BYTES, charset_of};
use diesel_autogen_schema::{Extra, Storage, names};
use proc_macro2::Span;

use super::super::ColumnItem;
use super::super::attributes::ColumnAttrs;
use super::super::build::Builder;
use super::super::keys::{IndexAttrs, Key};
use super::super::on_struct::ModelAttrs;

/// A mistake at its token.
type Mistake = (Span, String);

/// A column of a key.
struct Part<'a> {
    column: &'a ColumnItem,
    kept: Kept,
    /// How much of it the key takes.
    prefix: Option<u32>,
    span: Span,
}

/// A key: of an index, of a uniqueness rule, or the primary one.
struct Whole<'a> {
    parts: Vec<Part<'a>>,
    /// How the index is kept, when that is said.
    method: Option<(&'a str, Span)>,
    /// Whether it may take the beginning of a column alone.
    cuts: bool,
    span: Span,
}

impl Builder {
    /// That the servers can keep the keys of the table. Of a type that only another item knows
    /// nothing is said, and neither of Diesel's own table, which is not made for a model.
    pub(in super::super) fn keys_fit(&mut self, own: &[ColumnAttrs], attrs: &ModelAttrs) {
        if self.item.facts.name == names::BOOKKEEPING {
            return;
        }
        let columns = &self.item.columns;
        let by_sql_name =
            |name: &str| columns.iter().find(|it| it.facts.name == name).map(|it| part(it, &[]));
        let primary = Whole {
            parts: self.item.facts.primary_key.iter().filter_map(|it| by_sql_name(it)).collect(),
            method: None,
            cuts: false,
            span: self.item.ident.span(),
        };
        let mut wholes = vec![primary];
        for (column, attrs) in columns.iter().zip(own) {
            for (given, cuts) in [(&attrs.index, true), (&attrs.unique, false)] {
                let Some(given) = given.as_ref().filter(|it| !it.value.wrong) else { continue };
                let extras = given.value.key.as_ref().map_or(&[][..], |(_, extras)| extras);
                let parts = vec![Part { span: given.span, ..part(column, extras) }];
                wholes.push(Whole { cuts, ..whole(parts, &given.value, given.span) });
            }
        }
        for (list, cuts) in [(&attrs.indexes, true), (&attrs.uniques, false)] {
            for given in list.iter().filter(|it| !it.value.wrong) {
                let named = |key: &Key| {
                    let column = columns.iter().find(|it| it.name == key.name)?;
                    Some(Part { span: key.span, ..part(column, &key.extras) })
                };
                let parts = given.value.columns.iter().filter_map(named).collect();
                wholes.push(Whole { cuts, ..whole(parts, &given.value, given.span) });
            }
        }
        let table = self.table_collation();
        let found: Vec<Mistake> = wholes.iter().flat_map(|it| mistakes(it, &table)).collect();
        for (span, message) in found {
            self.errors.at(span, message);
        }
    }
}

fn part<'a>(column: &'a ColumnItem, extras: &[Extra]) -> Part<'a> {
    let kept = match column.ty.named() {
        None => Kept::of(&column.facts.sql_type),
        Some(_) => Kept::Other,
    };
    let prefix = extras.iter().find_map(|extra| match extra {
        Extra::Prefix(length) => u32::try_from(*length).ok(),
        _ => None,
    });
    Part { column, kept, prefix, span: column.span }
}

fn whole<'a>(parts: Vec<Part<'a>>, given: &'a IndexAttrs, span: Span) -> Whole<'a> {
    let method = given.using.as_ref().map(|using| (using.value.as_str(), using.span));
    Whole { parts, method, cuts: true, span }
}

fn mistakes(of: &Whole<'_>, table: &str) -> Vec<Mistake> {
    match of.method {
        Some(("fulltext", _)) => of_words(of, table),
        Some(("spatial", _)) => of.parts.iter().filter_map(of_shape).collect(),
        Some(("hash", span)) => {
            let message = "InnoDB keeps every index sorted: leave `using = hash` out";
            let mut found = sorted(of, table);
            found.push((span, message.to_owned()));
            found
        }
        Some(_) | None => sorted(of, table),
    }
}

/// What is wrong with the columns of an ordinary index.
fn sorted(of: &Whole<'_>, table: &str) -> Vec<Mistake> {
    let mut found: Vec<Mistake> =
        of.parts.iter().filter_map(|part| of_value(part, of.cuts)).collect();
    let charset = |part: &Part<'_>| charset_of(collation(part, table)).to_owned();
    let bytes = of.parts.iter().map(|it| it.kept.key_bytes(it.prefix, &charset(it)));
    let bytes = bytes.fold(0, u32::saturating_add);
    if found.is_empty() && bytes > MOST_KEY_BYTES {
        let way_out = match of.cuts {
            true => "index the beginning of a text, `a(100)`, or give it a smaller `max_length`",
            false => "give a text a smaller `max_length`",
        };
        let message = format!(
            "this key has up to {bytes} bytes, and a key of the servers has at most \
             {MOST_KEY_BYTES}: {way_out}"
        );
        found.push((of.span, message));
    }
    found
}

/// What is wrong with a column of an ordinary index.
fn of_value(part: &Part<'_>, cuts: bool) -> Option<Mistake> {
    let name = &part.column.name;
    let most = part.kept.most();
    let message = match (part.kept, part.prefix) {
        (Kept::Shape, _) => {
            format!("`{name}` is where something lies, which is indexed by `using = spatial`")
        }
        (Kept::Json, _) => {
            format!("`{name}` is JSON, of which no key is made: index a generated column")
        }
        (Kept::Other, _) => return None,
        (kept, Some(_)) if !kept.has_beginning() => {
            let ty = part.column.facts.sql_type.diesel_name();
            format!("only of a text or of bytes a key takes the beginning, and `{name}` is {ty}")
        }
        (_, Some(prefix)) if most.is_some_and(|most| prefix >= most) => {
            let most = most.unwrap_or_default();
            format!("`{name}` has at most {most}, of which {prefix} are no beginning")
        }
        (Kept::LongText | Kept::LongBytes, None) => {
            let what = if part.kept == Kept::LongText { "a text" } else { "bytes" };
            let way_out = match cuts {
                true => {
                    format!("give it a `max_length`, or index its beginning as `{name}(50)`")
                }
                false => "give it a `max_length`".to_owned(),
            };
            format!("`{name}` is {what} of any length, of which no key is made: {way_out}")
        }
        (_, _) => return None,
    };
    Some((part.span, message))
}

/// What is wrong with an index of words.
fn of_words(of: &Whole<'_>, table: &str) -> Vec<Mistake> {
    let mut found = Vec::new();
    for part in &of.parts {
        let name = &part.column.name;
        let generated = part.column.facts.generated.as_ref();
        let is_virtual = generated.is_some_and(|it| it.storage == Storage::Virtual);
        let is_text = match part.kept {
            Kept::Whole(_) | Kept::Bytes(_) | Kept::LongBytes | Kept::Shape => false,
            Kept::Characters(_) | Kept::LongText | Kept::Json | Kept::Other => true,
        };
        let wrong = match (is_text, part.prefix, is_virtual) {
            (false, ..) => format!("is about texts, and `{name}` is none"),
            (true, Some(_), _) => format!("takes whole texts: write `{name}` alone"),
            (true, None, true) => format!("is about what is there: make `{name}` `stored`"),
            (true, None, false) => continue,
        };
        found.push((part.span, format!("an index kept by `fulltext` {wrong}")));
    }
    let mut texts = of.parts.iter().filter(|it| it.column.ty.named().is_none());
    if let Some(first) = texts.next()
        && let Some(other) = texts.find(|it| collation(it, table) != collation(first, table))
    {
        let (a, b) = (collation(first, table), collation(other, table));
        let message = format!(
            "an index kept by `fulltext` is about texts of one collation: `{}` has {a}, and `{}` {b}",
            first.column.name, other.column.name
        );
        found.push((other.span, message));
    }
    found
}

/// What is wrong with the column of an index of shapes.
fn of_shape(part: &Part<'_>) -> Option<Mistake> {
    let name = &part.column.name;
    let is_shape = matches!(part.kept, Kept::Shape | Kept::Other);
    let wrong = if !is_shape {
        let ty = part.column.facts.sql_type.diesel_name();
        format!("is about where things lie, and `{name}` is {ty}")
    } else if part.column.facts.nullable {
        format!("takes no NULL: `{name}` cannot be an `Option`")
    } else if part.prefix.is_some() {
        format!("takes whole shapes: write `{name}` alone")
    } else {
        return None;
    };
    Some((part.span, format!("an index kept by `spatial` {wrong}")))
}

fn collation<'a>(part: &Part<'a>, table: &'a str) -> &'a str {
    part.column.facts.collation.as_deref().unwrap_or(table)
}
