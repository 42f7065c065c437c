//! Migrations that hold, and migrations that must be refused, by hand.

mod holds;
mod refused;
mod rows;

use std::cell::RefCell;

use diesel_autogen_database::testing::prove_in_place;
use diesel_autogen_database::{Proof, ProofFailure, Report, Scratch, Script, WayBack, postgres};
use diesel_autogen_schema::{Expr, Live, Schema, Table, Text, diff};

use super::server;

thread_local! {
    /// One database does for all migrations of a test.
    static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) };
}

/// A migration, and the changed tables before and after it as SQL.
#[derive(Clone, Copy)]
struct Story<'a> {
    /// What the history holds besides: before the tables are made, and after.
    first: &'a str,
    then: &'a str,
    before: &'a str,
    after: &'a str,
    up: &'a str,
    down: &'a str,
    /// `old -> new` places and `table.old -> new` column names (tables as they are after).
    renames: &'a [(&'a str, &'a str)],
    /// `table.column` and what converts it.
    using: &'a [(&'a str, &'a str)],
    in_transaction: bool,
    certain: bool,
    way_back: WayBack,
}

const STORY: Story<'_> = Story {
    first: "",
    then: "",
    before: "",
    after: "",
    up: "",
    down: "",
    renames: &[],
    using: &[],
    in_transaction: true,
    certain: true,
    way_back: WayBack::Certain,
};

/// Takes everything away that a script made.
const CLEAN: &str = "RESET ALL; DISCARD TEMP; DO $$ DECLARE it text; BEGIN
        FOR it IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        LOOP EXECUTE format('DROP SCHEMA %I CASCADE', it); END LOOP; END $$; CREATE SCHEMA public;";

impl Story<'_> {
    /// What the tables are, once the server has read them.
    fn facts(&self, scratch: &mut Scratch, sql: &str) -> Live {
        let sql = format!("SELECT 1; {};{sql}", self.first);
        scratch.execute(&sql, true).unwrap_or_else(|error| panic!("{error}"));
        let live = scratch.live().unwrap();
        scratch.execute(CLEAN, true).unwrap();
        live
    }

    /// What comes of it, if there is a server.
    fn tried(&self) -> Option<Result<Report, ProofFailure>> {
        SCRATCH.with_borrow_mut(|scratch| {
            if scratch.is_none() {
                *scratch = Some(server()?.scratch().expect("a scratch database"));
            }
            let scratch = scratch.as_mut()?;
            scratch.execute(CLEAN, true).unwrap();
            Some(self.prove(scratch))
        })
    }

    fn prove(&self, scratch: &mut Scratch) -> Result<Report, ProofFailure> {
        let besides = self.facts(scratch, "").schema;
        let own = |schema: Schema| {
            let tables = schema.tables.iter().filter(|it| besides.at(it.place()).is_none());
            Schema { tables: tables.cloned().collect(), ..schema }
        };
        let before = own(self.facts(scratch, self.before).schema);
        let mut after = own(self.facts(scratch, self.after).schema);
        self.hint(&mut after);
        let history = format!("SELECT 1; {};{};{}", self.first, self.before, self.then);
        scratch.execute(&history, true).unwrap_or_else(|error| panic!("{error}"));
        let live = scratch.live().unwrap();
        let changes = diff(&before, &after).unwrap();
        let create = |tables: &[Table]| {
            let old = tables.iter().all(|table| before.tables.contains(table));
            Ok(if old { part(self.before, tables) } else { part(self.after, tables) })
        };
        let mut again = |scratch: &mut postgres::Scratch| {
            scratch.execute(CLEAN, true)?;
            scratch.execute(&history, true)
        };
        let mut proof = Proof {
            history: scratch,
            live: &live,
            up: &[Script { sql: self.up, in_transaction: self.in_transaction }],
            at_once: None,
            phased: false,
            down: &[Script { sql: self.down, in_transaction: self.in_transaction }],
            changes: &changes,
            hints: true,
            certain: self.certain,
            way_back: self.way_back,
            create: &create,
            by_dump: true,
        };
        prove_in_place(&mut proof, &mut again)
    }

    fn hint(&self, after: &mut Schema) {
        for table in after.tables.to_mut() {
            let place = table.place().to_string();
            for (from, to) in self.renames {
                if place == *to {
                    table.renamed_from = Some(Text::from((*from).to_owned()));
                }
                for column in table.columns.to_mut() {
                    if let Some(from) = from.strip_prefix(&format!("{place}."))
                        && column.name == *to
                    {
                        column.renamed_from = Some(from.to_owned().into());
                    }
                }
            }
            for column in table.columns.to_mut() {
                let named = format!("{place}.{}", column.name);
                let using = self.using.iter().find(|(column, _)| *column == named);
                column.using = using.map(|(_, using)| Expr::from((*using).to_owned()));
            }
        }
    }

    fn holds(&self) -> Report {
        let Some(result) = self.tried() else { return Report::default() };
        result.unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// The message of the failure; it must hold each of these texts.
    #[track_caller]
    fn fails(&self, texts: &[&str]) {
        let Some(result) = self.tried() else { return };
        let message = match result {
            Ok(report) => panic!("the proof holds: {report:?}"),
            Err(failure) => failure.to_string(),
        };
        for text in texts {
            assert!(message.contains(text), "no `{text}` in\n{message}");
        }
    }

    /// A report with rows in this table, if there is a server.
    fn holds_with(&self, table: &str, least: usize) {
        let report = self.holds();
        assert!(
            report == Report::default() || report.seeded.rows[table] >= least,
            "{table}: {report:?}"
        );
    }
}

/// The statements of a script that are about these tables, the first table that one names being
/// what it is about.
fn part(sql: &str, tables: &[Table]) -> String {
    let names: Vec<String> = sql
        .split("CREATE TABLE ")
        .skip(1)
        .map(|rest| rest.split(' ').next().unwrap().replace('"', ""))
        .collect();
    let is_part = |statement: &&str| {
        let words: Vec<&str> =
            statement.split(|it: char| !it.is_alphanumeric() && it != '_' && it != '.').collect();
        let of = |word: &str| {
            let of = |name: &&String| *name == word || word.starts_with(&format!("{name}."));
            names.iter().find(of)
        };
        match words.iter().find_map(|word| of(word)) {
            Some(name) => tables.iter().any(|table| table.place().to_string() == *name),
            None => {
                !words.contains(&"TYPE")
                    || tables.iter().any(|table| {
                        let mut enums =
                            table.columns.iter().filter_map(|it| it.sql_type.enumeration());
                        enums.any(|of| words.contains(&&*of.name))
                    })
            }
        }
    };
    sql.split_inclusive(';').filter(is_part).collect()
}

const SHOP: &str = "
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, email varchar(120) NOT NULL UNIQUE);
CREATE TABLE orders (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    total numeric(8,2) NOT NULL CHECK (total >= 0), state state NOT NULL DEFAULT 'new', note text);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
COMMENT ON COLUMN orders.note IS 'it''s';
";

/// What somebody made by hand beside the models.
const BY_HAND: &str = "
CREATE TABLE log (what text);
CREATE INDEX by_hand ON customers (lower(email)) WHERE email <> '';
CREATE VIEW rich AS SELECT c.email, o.total FROM customers c JOIN orders o ON customer_id = c.id WHERE total > 100;
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id || ';'); RETURN NEW; END $$;
CREATE TRIGGER told AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION told();
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE numbers START 7;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON customers USING (email = current_user);
INSERT INTO customers (email) VALUES ('old@example.org'); INSERT INTO log VALUES ('a word');
";

/// The shop with another text in place of one.
fn shop(from: &str, to: &str) -> String {
    assert!(SHOP.contains(from), "{from}");
    SHOP.replace(from, to)
}
