use super::*;

/// Looked at where remarks are read: see `lint::allows`.
pub(crate) const RULE: Rule = Rule {
    code: "unused-allow",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a remark that allows what is not found",
    lock: "",
    damage: "It stays when the statement changes, and allows then what nobody looked at.",
    safe: "Remove it.",
    bad: &[
        Example::postgres("-- autogen: allow(drops-table) it is empty\nSELECT 1;"),
        Example::sqlite("-- autogen: allow(drops-table) it is empty\nSELECT 1;"),
        Example::mysql("-- autogen: allow(drops-table) it is empty\nSELECT 1;"),
    ],
    good: &[Example::postgres("-- autogen: allow(drops-table) it is empty\nDROP TABLE a;")],
    look: Look::Whole(|_| Vec::new()),
};
