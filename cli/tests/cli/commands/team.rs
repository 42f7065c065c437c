//! Two branches of one package that each generated a migration.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::shop::Shop;

/// A package in which two branches were brought together by version control.
pub(crate) struct Team {
    pub(crate) shop: Shop,
    /// Directory of what both began with.
    pub(crate) base: String,
    /// Directory of the older branch's revision.
    pub(crate) left: String,
    /// Directory of the younger branch's revision.
    pub(crate) right: String,
    left_snapshot: String,
}

/// What a branch generated.
pub(crate) struct Branch<'a> {
    pub(crate) message: &'a str,
    pub(crate) models: &'a str,
    pub(crate) flags: &'a [&'a str],
}

impl Team {
    /// Branches that changed the models of `shop`, which has one revision, to these; the models
    /// are those of both in the end. The snapshot has conflict markers.
    pub(crate) fn new(shop: Shop, left: (&str, &str), right: (&str, &str), both: &str) -> Team {
        let allow = ["--allow-loss", "users", "--allow-loss", "users.email"];
        let allowing = |(message, models)| Branch { message, models, flags: &allow };
        Team::of(shop, &allowing(left), &allowing(right), both)
    }

    /// As [`Team::new`].
    pub(crate) fn of(shop: Shop, left: &Branch<'_>, right: &Branch<'_>, both: &str) -> Team {
        let base = shop.revisions().last().unwrap().clone();
        let before = shop.read("migrations/schema.toml");
        let generate = |Branch { message, models, flags }: &Branch<'_>| {
            shop.models(models);
            shop.ok(&[&["generate", "-m", message][..], flags].concat());
            shop.revisions().last().unwrap().clone()
        };
        next_second();
        let left = generate(left);
        let left_snapshot = shop.read("migrations/schema.toml");
        let away = shop.path().join("left");
        let place = shop.path().join("migrations").join(&left);
        fs::rename(&place, &away).unwrap();
        shop.write("migrations/schema.toml", &before);
        next_second();
        let right = generate(right);
        fs::rename(&away, &place).unwrap();
        shop.models(both);
        let team = Team { shop, base, left, right, left_snapshot };
        let right_snapshot = team.shop.read("migrations/schema.toml");
        team.shop.write("migrations/schema.toml", &team.conflict(&right_snapshot));
        team
    }

    /// The snapshot as version control leaves it: the line of heads, and the end of the file.
    fn conflict(&self, right: &str) -> String {
        let common = self.left_snapshot.lines().zip(right.lines()).take_while(|(a, b)| a == b);
        let count = common.count();
        let rest = |text: &str| -> String {
            text.lines().skip(count).map(|line| format!("{line}\n")).collect()
        };
        let start: String = right.lines().take(count).map(|line| format!("{line}\n")).collect();
        let (ours, theirs) = (rest(&self.left_snapshot), rest(right));
        format!("{start}<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> feature\n")
    }
}

/// The version of a directory.
pub(crate) fn version(directory: &str) -> String {
    directory.split('_').next().unwrap().replace('-', "")
}

pub(crate) fn next_second() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    sleep(Duration::from_secs(1) - Duration::from_nanos(now.subsec_nanos().into()));
}
