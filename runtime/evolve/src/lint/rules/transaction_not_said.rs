use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "transaction-not-said",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "metadata.toml does not say whether there is a transaction",
    lock: "",
    damage: "Diesel takes a metadata.toml without `run_in_transaction` for `false`, and a \
           migration without the file for `true`: a file that was added for something else \
           takes the transaction away.",
    safe: "`run_in_transaction = true` in metadata.toml.",
    bad: &[
        Example::postgres("SELECT 1;").metadata("[other]"),
        Example::sqlite("SELECT 1;").metadata(""),
        Example::mysql("SELECT 1;").metadata("# none"),
    ],
    good: &[
        Example::postgres("SELECT 1;").metadata("run_in_transaction = true"),
        Example::postgres("SELECT 1;"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let metadata = whole.subject.revision.as_ref().and_then(|it| it.metadata);
    let is_said = |text: &str| {
        let top = text.lines().map(str::trim_start).take_while(|line| !line.starts_with('['));
        top.into_iter().any(|line| line.starts_with("run_in_transaction"))
    };
    let text = "without run_in_transaction Diesel opens no transaction";
    let found = Found::new("", text).safe("run_in_transaction = true").at(Spot::Metadata);
    metadata.filter(|text| !is_said(text)).map(|_| found).into_iter().collect()
}
