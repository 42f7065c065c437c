//! Which tables come first.

use diesel_autogen_schema::{ForeignKey, Place, Table};

/// The tables in an order in which each stands behind those that its foreign keys name, by name
/// where that leaves a choice. A ring is entered at its first name.
pub fn parents_first<'t>(tables: &[&'t Table]) -> Vec<&'t Table> {
    let mut left: Vec<&Table> = tables.to_vec();
    left.sort_by(|a, b| a.place().cmp(&b.place()));
    let mut done = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| {
            let parents = table.foreign_keys.iter().map(ForeignKey::target);
            parents
                .filter(|parent| *parent != table.place())
                .any(|parent| left.iter().any(|other| same(other.place(), parent)))
        };
        let at = left.iter().position(|table| !waits(table)).unwrap_or_else(|| ring(&left));
        done.push(left.remove(at));
    }
    done
}

/// Whether both are one place, also to an engine to which letter case makes no difference.
fn same(a: Place<'_>, b: Place<'_>) -> bool {
    a.schema == b.schema && a.name.eq_ignore_ascii_case(b.name)
}

/// The first table that is on a ring, not merely behind one.
fn ring(left: &[&Table]) -> usize {
    let reaches_itself = |start: usize| {
        let mut seen = vec![false; left.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            for key in left[at].foreign_keys.iter() {
                let parent = left.iter().position(|other| same(other.place(), key.target()));
                match parent {
                    Some(parent) if parent == start && parent != at => return true,
                    Some(parent) if !seen[parent] => {
                        seen[parent] = true;
                        open.push(parent);
                    }
                    Some(_) | None => {}
                }
            }
        }
        false
    };
    (0..left.len()).find(|at| reaches_itself(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_schema::{Action, Deferrable, Extras};

    fn table(name: &'static str, parents: &[&'static str]) -> Table {
        let key = |parent: &&'static str| ForeignKey {
            name: "".into(),
            columns: vec!["x".into()].into(),
            schema: None,
            table: (*parent).into(),
            references: vec!["id".into()].into(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            deferrable: Deferrable::No,
            extras: Extras::NONE,
        };
        Table { foreign_keys: parents.iter().map(key).collect(), ..Table::new(name.into()) }
    }

    fn ordered(tables: &[Table]) -> Vec<&str> {
        let tables: Vec<&Table> = tables.iter().collect();
        parents_first(&tables).into_iter().map(|table| table.name.as_ref()).collect()
    }

    #[test]
    fn parents_stand_before_children() {
        let tables = [table("a", &["c"]), table("b", &["a", "b"]), table("c", &["gone"])];
        assert_eq!(ordered(&tables), ["c", "a", "b"]);
    }

    #[test]
    fn rings_are_entered_at_their_first_name() {
        let tables = [table("a", &["x"]), table("x", &["y"]), table("y", &["x"])];
        assert_eq!(ordered(&tables), ["x", "a", "y"]);
        assert_eq!(ordered(&[table("y", &["x"]), table("x", &["y"])]), ["x", "y"]);
    }
}
