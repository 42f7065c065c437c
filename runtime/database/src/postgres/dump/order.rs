//! One order where the server keeps things in the order in which they were said, although that
//! means nothing.

use crate::Dump;

/// The dump of these statements.
pub(super) fn dump(statements: Vec<String>) -> Dump {
    let mut all: Vec<String> = statements.iter().map(|it| ordered(it)).collect();
    all.sort();
    Dump::of(all)
}

/// The statement with its storage parameters, and the columns of statistics, in one order.
pub(super) fn ordered(statement: &str) -> String {
    let line = |line: &str| {
        let line = inside(line, "WITH (", ")");
        if line.starts_with("CREATE STATISTICS ") { inside(&line, " ON ", " FROM ") } else { line }
    };
    // Bodies of functions and views stay as they are.
    let settings = ["CREATE TABLE ", "CREATE UNLOGGED ", "CREATE INDEX ", "CREATE UNIQUE INDEX "];
    let others = ["ALTER TABLE ", "CREATE STATISTICS "];
    if !settings.iter().chain(&others).any(|start| statement.starts_with(start)) {
        return statement.to_owned();
    }
    statement.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The line with the list between two marks sorted, when there is nothing but names and numbers.
fn inside(line: &str, from: &str, to: &str) -> String {
    let sorted = || {
        let start = line.find(from)? + from.len();
        let end = start + line[start..].find(to)?;
        let list = &line[start..end];
        let plain = |c: char| c.is_alphanumeric() || "_.,=' ".contains(c);
        let mut parts: Vec<&str> = list.split(", ").collect();
        parts.sort_unstable();
        list.chars()
            .all(plain)
            .then(|| format!("{}{}{}", &line[..start], parts.join(", "), &line[end..]))
    };
    sorted().unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::dump;
    use crate::postgres::dump::tool::statements;

    #[test]
    fn a_dump_is_the_same_whatever_the_order() {
        let one = "--\n-- PostgreSQL database dump\n--\n\\restrict abc\nSET a = 1;\n\n--\n-- Name: t\n--\n\n\
                   CREATE TABLE public.t (\n    a integer,\n    b text DEFAULT 'x,\ny'::text,\n    \
                   CONSTRAINT c CHECK ((a > 1))\n);\n\nCREATE INDEX i ON public.t USING btree (a);\n\\unrestrict abc\n";
        let other = "CREATE INDEX i ON public.t USING btree (a);\nCREATE TABLE public.t (\n    \
                     b text DEFAULT 'x,\ny'::text,\n    a integer,\n    CONSTRAINT c CHECK ((a > 1))\n);\n";
        let of = |text: &str| dump(statements(text));
        assert_eq!(of(one), of(other));
        assert_eq!(statements(one).len(), 2);
        assert_ne!(of(one), of(&other.replace("a > 1", "a > 2")));
    }

    #[test]
    fn a_condition_of_several_lines_stays_together() {
        let case = "CONSTRAINT b CHECK (\nCASE\n    WHEN (a > 1) THEN true\n    ELSE (a < 0)\nEND)";
        let table = format!("CREATE TABLE t (\n    z int,\n    {case},\n    a int\n);\n");
        assert_eq!(
            statements(&table),
            [format!("CREATE TABLE t (\n    {case},\n    a int,\n    z int\n)")]
        );
    }

    #[test]
    fn what_is_in_any_order_is_in_one() {
        let of = |text: &str| dump(vec![text.to_owned()]).to_string();
        for (one, other) in [
            (
                "CREATE TABLE t (\n    a int\n)\nWITH (b='2', a='1')",
                "CREATE TABLE t (\n    a int\n)\nWITH (a='1', b='2')",
            ),
            (
                "CREATE INDEX i ON t USING gin (a) WITH (y='o', x=on) WHERE b",
                "CREATE INDEX i ON t USING gin (a) WITH (x=on, y='o') WHERE b",
            ),
            ("CREATE STATISTICS s ON b, a FROM t", "CREATE STATISTICS s ON a, b FROM t"),
        ] {
            assert_eq!(of(one), of(other));
        }
        let body = "CREATE FUNCTION f() AS 'WITH (b, a)'";
        assert_eq!(of(body), format!("{body};\n"));
    }
}
