//! Stories whose change is made in phases, proved and applied on rows: some of every gate, and all
//! of them with `AUTOGEN_ONLINE=all`.

use crate::engine::Live;
use crate::laws::{
    Result, answers, built, expect, flags, package_of, prepare, same_text, survived,
};
use crate::online::is_asked;
use crate::story::Story;

/// What is proved by default, so that each kind of phase is seen.
const CHOSEN: &[(&str, &str)] = &[
    ("arrays", "elements_widened"),
    ("checks", "add_on_table"),
    ("columns", "add_with_backfill"),
    ("columns", "drop_reference"),
    ("computed", "from_a_new_column"),
    ("computed", "retyped"),
    ("conversions", "timestamp_gets_a_zone"),
    ("enums", "label_merged"),
    ("foreign_keys", "to_column_that_becomes_unique"),
    ("generated", "add_stored"),
    ("identities", "identity_widened_with_references"),
    ("identities", "serial_widened"),
    ("index_kinds", "include_added"),
    ("indexes", "becomes_unique"),
    ("indexes", "unique_expression_on_dropped_column"),
    ("keys", "wider_integer"),
    ("native_enums", "label_in_a_new_check"),
    ("native_enums", "label_renamed"),
    ("native_enums", "table_takes_the_name_of_a_type"),
    ("native_enums", "to_another_enum"),
    ("nullability", "require_with_backfill"),
    ("nullability", "required_while_others_refer_to_it"),
    ("ordering", "all_at_once"),
    ("ordering", "index_name_of_dropped_table"),
    ("primary_keys", "widened_under_a_reference"),
    ("references", "key_comes_back_behind_what_it_refers_to"),
    ("references", "to_a_new_rule_of_an_old_table"),
    ("references", "both_ends_to_uuid"),
    ("requirements", "backfilled"),
    ("rules", "exclusion_added"),
    ("tables", "rename_with_columns"),
    ("types", "i32_to_i64"),
    ("uniques", "names_swapped"),
];

/// Whether a story's change is made in phases here.
pub(crate) fn is_chosen(story: &Story) -> bool {
    let all = std::env::var("AUTOGEN_ONLINE").is_ok_and(|it| it == "all");
    let name = (story.topic.as_str(), story.name.as_str());
    is_asked(story) && (all || CHOSEN.contains(&name))
}

/// In phases a change comes to what it comes to in one, on a database with rows, and back.
pub(crate) fn check(story: &Story) -> Result {
    let package = package_of(story);
    let before = prepare(&package, story, &story.before)?;
    package.write("src/lib.rs", &story.after);
    let mut flags = flags(story);
    flags.push("--online".to_owned());
    expect(&package.generate("follow the story", &flags), 0)?;
    let own = package.revisions().len() - before.revisions.len();
    let mut live = Live::open(&package, "story");
    live.up(before.revisions.len())?;
    for sql in &story.expect.rows {
        live.execute(sql)?;
    }
    let (dump, rows) = (live.dump()?, live.rows()?);
    live.up(own)?;
    answers(&mut live, &story.expect.after_up, "after up")?;
    let after = live.dump()?;
    same_text(&after, &built(story)?, "up does not give what a fresh database has")?;
    if story.expect.down_fails.is_some() {
        return Ok(());
    }
    (0..own).try_for_each(|_| live.down())?;
    same_text(&live.dump()?, &dump, "down does not give the database back")?;
    survived(story, &rows, &live.rows()?)?;
    answers(&mut live, &story.expect.after_down, "after down")?;
    live.up(own)?;
    same_text(&live.dump()?, &after, "up again does not give the same database")
}
