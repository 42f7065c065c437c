//! What no fact models.

use diesel_autogen_schema::{Object, ObjectKind, Text};

use super::catalogue::{Catalogue, Record};
use diesel_autogen_progress::quoted;

/// Views, triggers, routines and events, in an order that does not depend on when they were made.
pub(super) fn objects(catalogue: &Catalogue) -> Vec<Object> {
    let views = catalogue.views.iter().map(|it| {
        let sql = format!("CREATE VIEW {} AS {}", quoted(it.text(0)), local(catalogue, it.text(1)));
        object(ObjectKind::View, it, it.text(0), sql)
    });
    let triggers = catalogue.triggers.iter().map(|it| {
        let (name, table) = (quoted(it.text(0)), quoted(it.text(1)));
        let (moment, event, body) = (it.text(2), it.text(3), it.text(4));
        let sql = format!("CREATE TRIGGER {name} {moment} {event} ON {table} FOR EACH ROW {body}");
        object(ObjectKind::Trigger, it, it.text(1), sql)
    });
    let routines = catalogue.routines.iter().map(|it| routine(catalogue, it));
    let events = catalogue.events.iter().map(|it| {
        let sql = format!("CREATE EVENT {} {}", quoted(it.text(0)), it.text(1));
        object(ObjectKind::Event, it, it.text(0), sql)
    });
    views.chain(triggers).chain(routines).chain(events).collect()
}

fn routine(catalogue: &Catalogue, it: &Record) -> Object {
    let (name, kind) = (it.text(0), it.text(1));
    let of = |parameter: &&Record| parameter.text(0) == name && parameter.text(1) == kind;
    let parameters: Vec<String> = catalogue
        .parameters
        .iter()
        .filter(of)
        .map(|it| {
            let mode = it.known(2).filter(|_| kind == "PROCEDURE");
            let mode = mode.map(|mode| format!("{mode} ")).unwrap_or_default();
            format!("{mode}{} {}", quoted(it.text(3)), it.text(4))
        })
        .collect();
    let returns = match kind {
        "FUNCTION" => format!(" RETURNS {}", it.text(2)),
        _ => String::new(),
    };
    let sql = format!(
        "CREATE {kind} {}({}){returns} {}",
        quoted(name),
        parameters.join(", "),
        it.text(3)
    );
    let kind = match kind {
        "FUNCTION" => ObjectKind::Function,
        _ => ObjectKind::Procedure,
    };
    object(kind, it, name, sql)
}

fn object(kind: ObjectKind, it: &Record, table: &str, sql: String) -> Object {
    let own = |text: &str| Text::from(text.to_owned());
    Object { kind, name: own(it.text(0)), table: own(table), sql: sql.into() }
}

/// A query without the name of the database, which a copy does not have.
fn local(catalogue: &Catalogue, sql: &str) -> String {
    sql.replace(&format!("{}.", quoted(&catalogue.database)), "")
}
