//! One change as the revisions that make it, each tried where the one before it left off.

use std::borrow::Cow;

use chrono::Utc;
use diesel_autogen_database::{self as database, Proof, Script, WayBack};
use diesel_autogen_evolve::ownership::spelled;
use diesel_autogen_evolve::phases::{Asked, Stage, stages};
use diesel_autogen_evolve::revision::{Metadata, Phase, Title, checksum};
use diesel_autogen_evolve::{Plan, plan};
use diesel_autogen_schema::{Change, Live, Record, Schema, Text};

use super::draft::{changes, refused};
use crate::project::learn::{Replayed, Trial};
use crate::project::trial::{certain, create, extensions, way_back};
use crate::project::write::NewRevision;
use crate::project::{Project, nothing, stamp};
use crate::{Error, Exit};

/// Why a revision may have no statements.
const ADOPTED: &str = "the models own now what the database had already";

/// Why the way back of a revision may have none that has some on its way there.
const STAYS: &str = "what it did to rows stays";

/// A revision whose SQL does what it should.
pub(super) struct Proved {
    pub(super) dir_name: String,
    pub(super) title: Title,
    /// What it is to programs that run meanwhile, where somebody asked for that.
    pub(super) phase: Option<Phase>,
    /// What its SQL changes.
    pub(super) changes: Vec<Change>,
    /// What becomes the models', adopted things included.
    pub(super) recorded: Vec<Change>,
    /// What the models own before it.
    pub(super) before: Schema,
    pub(super) plan: Plan,
    pub(super) up_sql: String,
    pub(super) down_sql: String,
    /// What the proof found; `None` when there was no server to try it on.
    pub(super) proof: Option<database::Report>,
}

impl Proved {
    /// Its files.
    pub(super) fn files(
        &self,
        version: String,
        parents: Vec<String>,
        records: Vec<Record>,
    ) -> NewRevision {
        let metadata = Metadata {
            transaction: self.plan.transaction,
            version: Some(version),
            message: Some(self.title.message.clone()),
            parents: Some(parents),
            replaces: Vec::new(),
            by_hand: false,
            phase: self.phase,
            up_checksum: Some(checksum(&self.up_sql)),
            down_checksum: Some(checksum(&self.down_sql)),
            records: Some(records),
        };
        NewRevision {
            dir_name: self.dir_name.clone(),
            up_sql: self.up_sql.clone(),
            down_sql: self.down_sql.clone(),
            metadata: metadata.write(),
        }
    }

    fn up(&self) -> Script<'_> {
        Script { sql: &self.up_sql, in_transaction: self.plan.transaction }
    }

    fn down(&self) -> Script<'_> {
        Script { sql: &self.down_sql, in_transaction: self.plan.transaction }
    }
}

/// What is asked for.
pub(super) struct Line<'p> {
    pub(super) project: &'p Project,
    pub(super) title: &'p Title,
    pub(super) models: &'p Schema,
    pub(super) asked: Asked,
    /// All that the revisions change together.
    pub(super) changes: Vec<Change>,
}

/// What all of them are tried on together.
struct Whole {
    trial: Trial,
    live: Live,
}

impl Line<'_> {
    /// The revisions that lead from `from`, which is what the models own once they got what the
    /// database has already, to the models.
    pub(super) fn prove(
        &self,
        replayed: &mut Replayed,
        from: &Schema,
    ) -> Result<Vec<Proved>, Error> {
        let mut stages = stages(from, self.models, self.project.target().dialect, self.asked)
            .map_err(|errors| Error::all(Exit::Decision, errors))?;
        if stages.is_empty() {
            stages.push(Stage::at_once(from, self.models));
        }
        let several = stages.len() > 1;
        let everything = several.then(|| replayed.everything().into_owned());
        let whole = match &mut replayed.trial {
            Some(trial) if several => Some(Whole {
                trial: Trial { server: trial.server.clone(), scratch: trial.scratch.fork()? },
                live: replayed.live.clone(),
            }),
            Some(_) | None => None,
        };
        let mut all: Vec<Proved> = Vec::new();
        for stage in &stages {
            let proved = self.stage(stage, replayed, &all)?;
            self.take(stage, &proved, replayed, several)?;
            all.push(proved);
        }
        if let Some((whole, everything)) = whole.zip(everything) {
            let report = self.together(whole, &everything, &all, from)?;
            all.iter_mut().for_each(|it| it.proof = Some(report.clone()));
        }
        Ok(all)
    }

    /// One revision, tried where the one before it left off.
    fn stage(
        &self,
        stage: &Stage<'_>,
        replayed: &mut Replayed,
        earlier: &[Proved],
    ) -> Result<Proved, Error> {
        let target = self.project.target();
        let failed = |errors| Error::all(Exit::Decision, errors);
        let own = stage.changes().map_err(failed)?;
        let before = replayed.owned.clone();
        let recorded = changes(&before, &stage.after)?;
        let plan = stage.plan(&own, &target, &replayed.everything()).map_err(refused)?;
        let text = |sql: String, why| match sql.is_empty() {
            true => nothing(why, target.dialect),
            false => sql,
        };
        let (up, down) = (plan.up_sql(), plan.down_sql());
        let back = if up.is_empty() { ADOPTED } else { STAYS };
        let mut proved = Proved {
            dir_name: String::new(),
            title: self.title_of(stage)?,
            phase: stage.phase,
            changes: own,
            recorded,
            up_sql: text(up, ADOPTED),
            down_sql: text(down, back),
            before,
            plan,
            proof: None,
        };
        let stamp = self.stamp(replayed, earlier)?;
        proved.dir_name = format!("{stamp}_{}", proved.title.slug);
        let extensions = extensions(&replayed.owned, self.models);
        let live = &replayed.live;
        let tried = |trial: &mut Trial| {
            self.tried(
                trial,
                live,
                &extensions,
                Claim {
                    up: &[proved.up()],
                    at_once: None,
                    down: &[proved.down()],
                    changes: &proved.changes,
                    certain: certain(&proved.plan),
                    way_back: way_back(&proved.plan),
                },
            )
        };
        let proof = replayed.trial.as_mut().map(tried).transpose()?;
        proved.proof = proof;
        Ok(proved)
    }

    fn tried(
        &self,
        trial: &mut Trial,
        live: &Live,
        extensions: &[Text],
        claim: Claim<'_>,
    ) -> Result<database::Report, Error> {
        let target = self.project.target();
        let Claim { up, at_once, down, changes, certain, way_back } = claim;
        database::prove(&mut Proof {
            history: &mut trial.scratch,
            live,
            up,
            at_once,
            phased: self.asked.phased,
            down,
            changes,
            hints: true,
            certain,
            way_back,
            create: &|tables| create(tables, extensions, &target),
            by_dump: true,
        })
        .map_err(|failure| {
            Error::failure(format!(
                "the migration does not do what it should, so nothing was written: {failure}"
            ))
        })
    }

    /// All of them, one after the other, with rows that go through them.
    fn together(
        &self,
        mut whole: Whole,
        everything: &Live,
        all: &[Proved],
        from: &Schema,
    ) -> Result<database::Report, Error> {
        let target = self.project.target();
        let at_once = plan(&self.changes, &target, everything).map_err(refused)?;
        let at_once_sql = at_once.up_sql();
        let up: Vec<Script<'_>> = all.iter().map(Proved::up).collect();
        let down: Vec<Script<'_>> = all.iter().rev().map(Proved::down).collect();
        let uncertain = all.iter().any(|it| way_back(&it.plan) != WayBack::Certain);
        let claim = Claim {
            up: &up,
            at_once: Some(Script { sql: &at_once_sql, in_transaction: at_once.transaction }),
            down: &down,
            changes: &self.changes,
            certain: certain(&at_once) && all.iter().all(|it| certain(&it.plan)),
            way_back: match (way_back(&at_once), uncertain) {
                (WayBack::Certain, true) => WayBack::Uncertain,
                (way, _) => way,
            },
        };
        let extensions = extensions(from, self.models);
        self.tried(&mut whole.trial, &whole.live, &extensions, claim)
    }

    /// Leaves the database, or what is known of it, as the revision does.
    fn take(
        &self,
        stage: &Stage<'_>,
        proved: &Proved,
        replayed: &mut Replayed,
        is_several: bool,
    ) -> Result<(), Error> {
        if !is_several && (replayed.trial.is_none() || replayed.unmanaged().is_empty()) {
            return Ok(());
        }
        replayed.owned = stage.after.clone().into_owned();
        let target = self.project.target();
        let Some(trial) = &mut replayed.trial else {
            replayed.live = Live::of(target.dialect, replayed.owned.clone());
            return Ok(());
        };
        trial.scratch.execute(&proved.up_sql, proved.plan.transaction)?;
        replayed.live = trial.scratch.live()?;
        let schemas = [self.models, &replayed.owned];
        if let Cow::Owned(live) = spelled(&replayed.live, &schemas) {
            replayed.live = live;
        }
        Ok(())
    }

    fn title_of(&self, stage: &Stage<'_>) -> Result<Title, Error> {
        if stage.about.is_empty() {
            return Ok(self.title.clone());
        }
        Ok(Title::new(&format!("{}: {}", self.title.message, stage.about))?)
    }

    fn stamp(&self, replayed: &Replayed, earlier: &[Proved]) -> Result<String, Error> {
        let earlier = earlier.last().map(|it| it.dir_name.as_str());
        stamp(Utc::now(), earlier.or(replayed.history.newest_directory()))
    }
}

/// What scripts claim to do.
struct Claim<'a> {
    up: &'a [Script<'a>],
    at_once: Option<Script<'a>>,
    down: &'a [Script<'a>],
    changes: &'a [Change],
    certain: bool,
    way_back: WayBack,
}
