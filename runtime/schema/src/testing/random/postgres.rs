//! Pairs for PostgreSQL, made of those for SQLite: the same tables and edits, dressed in what only
//! PostgreSQL has. What a thing becomes depends on its name and on what it was alone, so that what
//! an edit left alone stays the same.

use super::Pair;
use super::expression::quoted;
use crate::facts::{
    Action, Check, Column, Deferrable, Enum, Excluded, Exclusion, Expr, Extra, Extras, ForeignKey,
    Generated, Identity, Index, IndexKey, List, Order, OwnPlace, PUBLIC, PgType, RangeOf, Schema,
    SqlType, Storage, Table, Text, Unique,
};

/// The pair as PostgreSQL can have it.
pub fn dressed(pair: &Pair) -> Pair {
    let Pair { before, after } = pair;
    Pair { before: schema(before, None), after: schema(after, Some(before)) }
}

/// A small number that stands for a text.
fn number(text: &str) -> u32 {
    text.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

/// One in so many texts.
fn rarely(text: &str, what: &str, one_in: u32) -> bool {
    number(&format!("{what} {text}")).is_multiple_of(one_in)
}

/// A name that PostgreSQL keeps as it is.
fn name(of: &str) -> Text {
    of.chars().take(40).collect::<String>().into()
}

fn place(of: &str) -> OwnPlace {
    let schema = rarely(of, "schema", 4).then(|| Text::from("the Other"));
    OwnPlace { schema, name: name(of) }
}

fn schema(of: &Schema, before: Option<&Schema>) -> Schema {
    let tables = of.tables.iter().map(|it| table(it, of, before)).collect();
    Schema { tables, ..Schema::EMPTY }
}

fn table(of: &Table, all: &Schema, before: Option<&Schema>) -> Table {
    let at = place(&of.name);
    let mut table = Table::new(at.name.clone()).moved_to(&at);
    let origin = before.and_then(|before| {
        let from = of.renamed_from.as_deref();
        from.and_then(|from| before.table(from)).or_else(|| before.table(&of.name))
    });
    table.renamed_from = of.renamed_from.as_ref().map(|from| {
        let from = place(from);
        format!("{}.{}", from.schema.as_deref().unwrap_or(PUBLIC), from.name).into()
    });
    table.comment.clone_from(&of.comment);
    table.columns = of.columns.iter().map(|it| column(it, of, origin.unwrap_or(of))).collect();
    let list = |own: &List<Text>| -> List<Text> { own.iter().map(|it| name(it)).collect() };
    table.primary_key = list(&of.primary_key);
    let rule = |kind: &str, own: &str| -> Text {
        format!("{kind} {:x}", number(&format!("{} {own}", of.name))).into()
    };
    let has_enum = |columns: &List<Text>| {
        let mut columns = columns.iter().filter_map(|it| of.column(it));
        columns.any(|it| matches!(it.sql_type, SqlType::Enum(_)))
    };
    table.uniques = of
        .uniques
        .iter()
        .map(|it| unique(it, rule("u", &it.name), list(&it.columns), is_referenced(of, it, all)))
        .collect();
    table.indexes = of.indexes.iter().map(|it| index(it, rule("i", &it.name), of)).collect();
    table.checks = of
        .checks
        .iter()
        .map(|it| Check {
            name: rule("c", &it.name),
            expr: condition(&it.expr, of),
            extras: remark(&it.name),
        })
        .collect();
    table.exclusions = exclusions(&table);
    table.foreign_keys = of
        .foreign_keys
        .iter()
        .filter(|it| !has_enum(&it.columns))
        .map(|it| foreign_key(it, rule("f", &it.name), of, &list))
        .collect();
    if rarely(&of.name, "fillfactor", 5) {
        table.extras = vec![Extra::With("fillfactor".into(), "70".into())].into();
    }
    table
}

fn is_referenced(of: &Table, unique: &Unique, all: &Schema) -> bool {
    let mut keys = all.tables.iter().flat_map(|table| table.foreign_keys.iter());
    keys.any(|key| {
        key.table == of.name && key.references.iter().all(|it| unique.columns.contains(it))
    })
}

fn sql_type(of: &SqlType, spot: &str) -> SqlType {
    match of {
        SqlType::TimestamptzSqlite => SqlType::Pg(PgType::Timestamptz { precision: None }),
        // Documents as text are equal to nothing, so they can be no key.
        SqlType::Json => SqlType::Jsonb,
        SqlType::Enum(of) => {
            let place = place(spot);
            let labels = of.labels.clone();
            let (name, comment) = (format!("{} {:x}", of.name, number(spot)).into(), None);
            SqlType::Enum(Enum { name, schema: place.schema, labels, comment })
        }
        SqlType::Custom(of) => SqlType::Pg(match &*of.name {
            "Uuid" => PgType::Uuid,
            "Point" => PgType::Array(crate::facts::Inner::Owned(Box::new(SqlType::Integer))),
            "Count" => PgType::Inet,
            "Citext" => PgType::Varchar,
            "Money" => PgType::Interval,
            _ => PgType::Range(RangeOf::Int4),
        }),
        other => other.clone(),
    }
}

fn default(of: &SqlType, was: &str) -> Option<Expr> {
    let list: &[&str] = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => &["7", "'-5'", "1 + 1"],
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => &["1.5", "'-2'", "2 * 3"],
        SqlType::Bool => &["true", "false"],
        SqlType::Text { .. } | SqlType::Pg(PgType::Varchar) => {
            &["'x;'", "''", "upper('abc')", "'''s'"]
        }
        SqlType::Binary => &["'\\x00ff'"],
        SqlType::Date => &["'2024-02-29'", "CURRENT_DATE"],
        SqlType::Time { .. } => &["'12:34:56'", "LOCALTIME"],
        SqlType::Timestamp { .. } => &["'2024-02-29 12:34:56'", "LOCALTIMESTAMP"],
        SqlType::Jsonb => &["'{\"a\": [1]}'", "'[]'"],
        SqlType::Pg(PgType::Timestamptz { .. }) => &["'2024-02-29 12:34:56+00'", "now()"],
        SqlType::Pg(PgType::Uuid) => &["gen_random_uuid()"],
        SqlType::Pg(PgType::Array(_)) => &["'{1,2}'", "'{}'"],
        SqlType::Pg(PgType::Inet) => &["'10.0.0.1'"],
        SqlType::Pg(PgType::Interval) => &["'1 day'"],
        SqlType::Pg(PgType::Range(_)) => &["'[1,5)'"],
        SqlType::Enum(of) => {
            let label = of.labels.first()?;
            return Some(Expr::from(format!("'{}'", label.name.replace('\'', "''"))));
        }
        SqlType::Json
        | SqlType::TimestamptzSqlite
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => &[],
    };
    let at = usize::try_from(number(was)).unwrap_or(0);
    (!list.is_empty()).then(|| Expr::from(list[at % list.len()]))
}

fn column(of: &Column, table: &Table, origin: &Table) -> Column {
    let was = of.renamed_from.as_deref().filter(|it| origin.column(it).is_some());
    let spot = format!("{}.{}", origin.name, was.unwrap_or(&of.name));
    let mut column = Column::new(name(&of.name), sql_type(&of.sql_type, &spot));
    column.nullable = of.nullable;
    column.comment.clone_from(&of.comment);
    column.renamed_from = of.renamed_from.as_deref().map(name);
    let value =
        |own: &Option<Expr>| own.as_ref().and_then(|own| default(&column.sql_type, own.as_str()));
    // A value made of other columns would have to be of their type.
    column.default = value(&of.default);
    column.backfill = value(&of.backfill);
    // What a clock says is nothing that could be compared.
    let is_clock = |value: &Expr| {
        ["CURRENT", "LOCAL", "now", "random"].iter().any(|it| value.as_str().contains(it))
    };
    column.using = value(&of.using).filter(|it| !is_clock(it));
    if let Some(generated) = &of.generated {
        let number = of.sql_type == SqlType::BigInt;
        column.sql_type = if number { SqlType::BigInt } else { SqlType::TEXT };
        (column.default, column.using) = (None, None);
        column.generated = Some(computed(&generated.expr, of, table));
        column.nullable = of.nullable;
    }
    column.identity = of.identity.map(|identity| match identity {
        Identity::Autoincrement => Identity::Always,
        Identity::ByDefault | Identity::Always | Identity::Serial
            if rarely(&of.name, "serial", 2) =>
        {
            Identity::Serial
        }
        Identity::ByDefault | Identity::Always | Identity::Serial => Identity::ByDefault,
    });
    if column.identity.is_some_and(|it| it != Identity::Serial) && rarely(&table.name, "start", 3) {
        column.extras = vec![Extra::Start(100), Extra::Increment(5)].into();
    }
    let is_text = matches!(of.sql_type, SqlType::Text { .. }) && of.generated.is_none();
    column.collation = of.collation.as_ref().filter(|_| is_text).map(|_| "C".into());
    column
}

/// The columns that an expression is about, as PostgreSQL knows them, in one order.
fn mentioned(expr: &Expr, table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|it| super::expression::mentions(expr, &it.name));
    let mut names: Vec<String> = columns.map(|it| quoted(&name(&it.name))).collect();
    names.sort();
    names
}

/// A condition that most rows fulfil, whatever the types.
fn condition(expr: &Expr, table: &Table) -> Expr {
    let parts = mentioned(expr, table);
    let each: Vec<String> =
        parts.iter().map(|it| format!("{it} IS NULL OR {it}::text <> 'ne''ver'")).collect();
    Expr::from(if each.is_empty() { "1 < 2".to_owned() } else { each.join(" OR ") })
}

fn computed(expr: &Expr, of: &Column, table: &Table) -> Generated {
    let mut plain = table.clone();
    plain.columns.to_mut().retain(|column| column.generated.is_none());
    let value = mentioned(expr, &plain).into_iter().next().unwrap_or_else(|| "1".to_owned());
    let is_number = of.sql_type == SqlType::BigInt;
    let (some, none) = if is_number { ("1", "2") } else { ("'some'", "'it''s none'") };
    let text = format!("CASE WHEN {value} IS NULL THEN {none} ELSE {some} END");
    Generated { expr: Expr::from(text), storage: Storage::Stored }
}

fn remark(name: &str) -> Extras {
    match rarely(name, "remark", 4) {
        true => vec![Extra::Comment("it's \"so\"".into())].into(),
        false => Extras::NONE,
    }
}

fn unique(of: &Unique, name: Text, columns: List<Text>, is_referenced: bool) -> Unique {
    let mut extras = remark(&of.name);
    if rarely(&of.name, "nulls", 3) {
        extras = extras.and(Extra::NullsNotDistinct);
    }
    if !is_referenced && rarely(&of.name, "deferrable", 3) {
        extras = extras.and(Extra::Deferrable(Deferrable::InitiallyDeferred));
    }
    Unique { name, columns, extras }
}

fn index(of: &Index, name_of_it: Text, table: &Table) -> Index {
    let key = |key: &IndexKey| {
        let mut made = if key.is_column {
            IndexKey::column(name(&key.expr.0))
        } else {
            let parts = mentioned(&key.expr, table);
            let tests: Vec<String> = parts.iter().map(|it| format!("{it} IS NULL")).collect();
            let text = if tests.is_empty() { "(1 < 2)".to_owned() } else { tests.join(" OR ") };
            IndexKey::expression(Expr::from(text))
        };
        made.order = key.order;
        if rarely(&of.name, "nulls", 3) {
            made.extras = vec![match key.order {
                Order::Asc => Extra::NullsFirst,
                Order::Desc => Extra::NullsLast,
            }]
            .into();
        }
        made
    };
    let keys: Vec<IndexKey> = of.keys.iter().map(key).collect();
    let mut extras = remark(&of.name);
    let alone = matches!(&of.keys[..], [key] if key.is_column && key.order == Order::Asc);
    if alone && !of.unique && !rarely(&of.name, "nulls", 3) && rarely(&of.name, "hash", 3) {
        extras = extras.and(Extra::Method("hash".into()));
    } else if rarely(&of.name, "include", 3)
        && let Some(key) = table.primary_key.first()
        && !of.keys.iter().any(|it| it.is_column && it.expr.as_str() == &**key)
    {
        extras = extras.and(Extra::Include(vec![name(key)].into()));
    }
    if rarely(&of.name, "fillfactor", 4) {
        extras = extras.and(Extra::With("fillfactor".into(), "80".into()));
    }
    let predicate = of.predicate.as_ref().map(|expr| {
        let parts = mentioned(expr, table);
        Expr::from(match parts.first() {
            Some(part) => format!("{part} IS NOT NULL"),
            None => "1 < 2".to_owned(),
        })
    });
    Index { name: name_of_it, keys: keys.into(), unique: of.unique, predicate, extras }
}

/// Ranges of a table do not overlap.
fn exclusions(table: &Table) -> List<Exclusion> {
    let ranges = table.columns.iter().filter(|column| {
        matches!(column.sql_type, SqlType::Pg(PgType::Range(_))) && column.generated.is_none()
    });
    let one = |column: &Column| Exclusion {
        name: format!("x {:x}", number(&format!("{} {}", table.name, column.name))).into(),
        elements: vec![Excluded {
            key: IndexKey::column(column.name.clone()),
            operator: "&&".into(),
        }]
        .into(),
        predicate: None,
        extras: vec![Extra::Method("gist".into())].into(),
    };
    ranges.filter(|it| rarely(&it.name, "exclusion", 2)).map(one).collect()
}

fn foreign_key(
    of: &ForeignKey,
    name_of_it: Text,
    table: &Table,
    list: &dyn Fn(&List<Text>) -> List<Text>,
) -> ForeignKey {
    let target = place(&of.table);
    let mut extras = remark(&of.name);
    if of.columns.len() > 1 && rarely(&of.name, "full", 2) {
        extras = extras.and(Extra::MatchFull);
    } else if of.columns.len() > 1 && of.on_delete == Action::SetNull {
        let nullable = of.columns.iter().find(|it| table.column(it).is_some_and(|it| it.nullable));
        if let Some(column) = nullable {
            extras = extras.and(Extra::SetColumns(vec![name(column)].into()));
        }
    }
    ForeignKey {
        name: name_of_it,
        columns: list(&of.columns),
        schema: target.schema,
        table: target.name,
        references: list(&of.references),
        on_delete: of.on_delete,
        on_update: of.on_update,
        deferrable: of.deferrable,
        extras,
    }
}
