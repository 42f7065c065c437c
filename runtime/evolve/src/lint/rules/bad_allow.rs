use super::*;

/// Looked at where remarks are read: see `lint::allows`.
pub(crate) const RULE: Rule = Rule {
    code: "bad-allow",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a remark that should allow something and does not",
    lock: "",
    damage: "Whoever wrote it thinks that it is allowed; whoever reads it does not learn why.",
    safe: "`-- autogen: allow(code) reason`, with a code that there is and a reason.",
    bad: &[
        Example::postgres("-- autogen: allow(drops-tabel) it is empty\nDROP TABLE a;"),
        Example::sqlite("-- autogen: allow(drops-table)\nDROP TABLE a;"),
        Example::mysql("-- autogen: allow(drops-table)\nDROP TABLE a;"),
    ],
    good: &[Example::postgres("-- autogen: allow(drops-table) it is empty\nDROP TABLE a;")],
    look: Look::Whole(|_| Vec::new()),
};
