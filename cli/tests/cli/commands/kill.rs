//! What a command that was killed leaves behind.

use std::fs;

use super::shop::{Shop, USER_WITH_BIO};

#[test]
fn the_next_command_finishes_what_has_a_journal() {
    let shop = Shop::with_users();
    let before = shop.files();
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add user bio"]);
    let after = shop.files();
    // Back to the moment after the journal was put in place.
    let migrations = shop.path().join("migrations");
    let second = shop.revisions()[1].clone();
    fs::rename(migrations.join(&second), migrations.join(".diesel_autogen-revision")).unwrap();
    fs::rename(migrations.join("schema.toml"), migrations.join(".diesel_autogen-0")).unwrap();
    for (path, text) in &before {
        fs::write(path, text).unwrap();
    }
    let journal = format!(".diesel_autogen-revision\t{second}\n.diesel_autogen-0\tschema.toml\n");
    fs::write(migrations.join(".diesel_autogen-journal"), journal).unwrap();

    let run = shop.ok(&["check"]);
    assert!(run.err.contains(&format!("finished `{second}`")), "{}", run.err);
    assert_eq!(shop.files(), after);
    assert_eq!(shop.ok(&["check"]).err, "");
}

#[test]
fn the_next_command_sweeps_up_what_has_none() {
    let shop = Shop::with_users();
    let before = shop.files();
    shop.write("migrations/.diesel_autogen-revision/up.sql", "SELECT 1;");
    shop.write("migrations/.diesel_autogen-0", "half a snap");
    let run = shop.ok(&["heads"]);
    assert!(run.err.contains("had begun to write"), "{}", run.err);
    assert_eq!(shop.files(), before);
}

#[test]
fn commands_at_the_same_time_write_one_revision() {
    let shop = Shop::with_users();
    shop.models(USER_WITH_BIO);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| shop.ok(&["generate", "-m", "add user bio"]));
        }
    });
    assert_eq!(shop.revisions().len(), 2);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
}
