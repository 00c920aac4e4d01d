//! From the user's files and the stack's state to a plan: what `hoist plan` and `hoist deploy` have in common.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::earlier::{must_reload, settle, take_over};
use super::elsewhere::{importing, remote_parameters};
use crate::build::{self, Artifact, Target};
use crate::cli::project::{options, report};
use crate::cli::stack::{Configured, Connected, StackArguments, refused};
use crate::cli::{Exit, Stop};
use crate::config::{Environment, Given, Setting, Value};
use crate::deploy::plan::{self, Plan};
use crate::deploy::recover::{self, Drift};
use crate::deploy::resolve::Lookup;
use crate::deploy::source::Source;
use crate::deploy::state::State;
use crate::deploy::tagged;
use crate::project::{self, ARTIFACT_BUCKET, Artifacts};
use crate::ui::Ui;

/// What a plan is made for.
#[derive(Debug, Args)]
pub struct PlanArguments {
    #[command(flatten)]
    pub stack: StackArguments,

    /// Change only these resources and what they need that is not there yet
    #[arg(long, value_name = "RESOURCE", num_args = 1..)]
    only: Vec<String>,

    /// Leave the code of functions and layers as it is, and build nothing
    #[arg(long)]
    exclude_code: bool,

    /// Ask AWS what it really has, show what others changed, and undo that
    #[arg(long)]
    refresh: bool,

    /// Tags of all resources, as NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE", num_args = 1..)]
    tags: Vec<String>,
}

/// A plan with everything that carrying it out needs.
pub struct Prepared {
    /// The stack.
    pub connected: Connected,
    /// The template and its files.
    pub source: Source,
    /// What there is.
    pub state: State,
    /// What has to be done.
    pub plan: Plan,
    /// The tags of all resources.
    pub tags: BTreeMap<String, String>,
    /// Looks up dynamic references.
    pub lookup: Lookup,
    /// What others changed, when it was asked for.
    pub drifts: Vec<Drift>,
    /// What was built of the user's files.
    pub targets: Vec<Target>,
    /// The deployment that is gone back to, when this is a rollback.
    pub back_to: Option<u64>,
}

impl PlanArguments {
    /// Reads the settings.
    ///
    /// # Errors
    /// When one is wrong; that has been said.
    pub fn configure(
        &self,
        positional: Option<&str>,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<Configured, Stop> {
        let mut given = Given::default();
        if !self.tags.is_empty() {
            match tags(&self.tags) {
                Ok(tags) => given.add(Setting::Tags, Some(Value::Tags(tags))),
                Err(text) => {
                    crate::cli::project::fail(ui, &text)?;
                    return Err(Stop::Said(Exit::Usage));
                }
            }
        }
        self.stack.configure(positional, given, environment, ui)
    }

    /// Builds what has to be built and makes the plan.
    ///
    /// # Errors
    /// When something is wrong with the template, or AWS refuses; that has been said.
    pub async fn prepare(
        &self,
        configured: &Configured,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<Prepared, Stop> {
        let mut connected = configured.connect(environment, ui).await?;
        let state = connected.state(ui).await?;
        self.prepare_from(configured, connected, state, environment, ui)
            .await
    }

    /// The same over a connection that there is, from a state that was just read.
    ///
    /// # Errors
    /// As [`PlanArguments::prepare`].
    pub async fn prepare_from(
        &self,
        configured: &Configured,
        mut connected: Connected,
        mut state: State,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<Prepared, Stop> {
        let lookup = Lookup::new(&connected.cloud);
        let (source, tags, targets) = self
            .source(configured, &connected, &state, &lookup, environment, ui)
            .await?;
        let source = importing(source, &mut connected, ui).await?;
        let tagged = match state.is_empty() {
            true => take_over(&connected, &source, &mut state, ui).await?,
            false => Vec::new(),
        };
        if state.journal.is_some() {
            // What a run that was killed left open is settled under the lock, for good.
            connected.lock(ui).await?;
            if must_reload(&mut connected, &mut state, ui).await? {
                settle(&connected, &source, &mut state, &tags, ui).await?;
                for left in tagged::left(&tagged, &state) {
                    ui.warning(&format!(
                        "AWS also has {}, which was `{}` of this stack and which the template does not have so: delete it yourself if nobody needs it",
                        left.arn, left.id
                    ))?;
                }
            }
        }
        let mut drifts = Vec::new();
        if self.refresh {
            let progress = ui.progress("Asking AWS what there is", None);
            drifts = match recover::refresh(&mut state, &connected.providers).await {
                Ok(drifts) => drifts,
                Err(fault) => return Err(refused(ui, &fault)?),
            };
            drop(progress);
        }
        let plan = self.plan(&source, &state, &tags, &connected, ui)?;
        Ok(Prepared {
            connected,
            source,
            state,
            plan,
            tags,
            lookup,
            drifts,
            targets,
            back_to: None,
        })
    }

    /// Makes the plan anew from the files as they are now, over the same connection and from the state that there is.
    ///
    /// # Errors
    /// As [`PlanArguments::prepare`]; then nothing has changed.
    pub async fn renew(
        &self,
        prepared: &mut Prepared,
        configured: &Configured,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<(), Stop> {
        let Prepared {
            connected,
            state,
            lookup,
            ..
        } = prepared;
        let (source, tags, targets) = self
            .source(configured, connected, state, lookup, environment, ui)
            .await?;
        let source = importing(source, connected, ui).await?;
        prepared.plan = self.plan(&source, state, &tags, connected, ui)?;
        prepared.source = source;
        prepared.tags = tags;
        prepared.targets = targets;
        Ok(())
    }

    /// Makes the plan.
    ///
    /// # Errors
    /// When something cannot be deployed; that has been said.
    pub fn plan(
        &self,
        source: &Source,
        state: &State,
        tags: &BTreeMap<String, String>,
        connected: &Connected,
        ui: &Ui,
    ) -> Result<Plan, Stop> {
        let request = plan::Request {
            tags: Some(tags),
            only: &self.only,
            exclude_code: self.exclude_code,
            ..source.request(state, &connected.providers)
        };
        let (plan, diagnostics) = plan::plan(&request);
        report(ui, &source.sources, &diagnostics)?;
        Ok(plan)
    }

    /// Loads the template with what was built of its files.
    async fn source(
        &self,
        configured: &Configured,
        connected: &Connected,
        state: &State,
        lookup: &Lookup,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<(Source, BTreeMap<String, String>, Vec<Target>), Stop> {
        let settings = &configured.settings;
        let path = settings.path(Setting::Template).unwrap_or(Path::new(""));
        let mut options = project::Options {
            account: connected.place.account.clone(),
            stack_name: Some(connected.place.stack.clone()),
            for_deployment: true,
            ..options(settings)
        };
        let mut loaded = project::load(path, &options);
        if let Some(values) = remote_parameters(&loaded, &options, lookup, ui).await? {
            options.parameters.extend(values);
            loaded = project::load(path, &options);
        }
        let Some(app) = &loaded.app else {
            report(ui, &loaded.sources, &loaded.diagnostics)?;
            return Err(Stop::Said(Exit::Input));
        };
        if loaded.diagnostics.has_errors() {
            report(ui, &loaded.sources, &loaded.diagnostics)?;
        }
        let (mut targets, diagnostics) = build::targets(app, &loaded.base_dir);
        let own_files: Vec<PathBuf> = configured
            .own_files
            .iter()
            .filter_map(|path| place(path))
            .collect();
        for target in &mut targets {
            target.left_out.clone_from(&own_files);
        }
        report(ui, &loaded.sources, &diagnostics)?;
        let (kept, targets) = self.kept(targets, state);
        let built =
            crate::cli::build::artifacts(&targets, &loaded.sources, environment, ui).await?;
        let mut artifacts: Artifacts = kept;
        let mut files: HashMap<String, PathBuf> = HashMap::new();
        for Artifact {
            id, digest, path, ..
        } in built
        {
            let target = targets.iter().find(|target| target.id == id);
            let name = target.map_or(&id, |target| &target.name);
            artifacts.insert(name.clone(), digest.clone());
            files.insert(digest, path);
        }
        for document in &loaded.documents {
            artifacts.insert(document.id.clone(), document.digest.clone());
        }
        options.artifacts = artifacts;
        let loaded = project::load(path, &options);
        report(ui, &loaded.sources, &loaded.diagnostics)?;
        let missing: Vec<&str> = loaded.parameters.missing().collect();
        if !missing.is_empty() {
            let text = format!("these parameters have no value: {}", missing.join(", "));
            crate::cli::project::fail(ui, &text)?;
            ui.help("give them with --parameter-overrides NAME=VALUE, or in samconfig.toml")?;
            return Err(Stop::Said(Exit::Input));
        }
        let tags = settings.tags().into_iter().flatten();
        let tags = tags
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        match Source::new(loaded, connected.place.clone(), files) {
            Some(source) => Ok((source, tags, targets)),
            None => Err(Stop::Said(Exit::Input)),
        }
    }

    /// What is not built because its code is not to change: the contents that the state has. The rest has to be built.
    fn kept(&self, targets: Vec<Target>, state: &State) -> (Artifacts, Vec<Target>) {
        let mut kept = Artifacts::new();
        if !self.exclude_code && self.only.is_empty() {
            return (kept, targets);
        }
        let only: HashSet<&str> = self.only.iter().map(String::as_str).collect();
        let rest = targets
            .into_iter()
            .filter(|target| {
                if !self.exclude_code && only.contains(target.id.as_str()) {
                    return true;
                }
                let recorded = state.resources.get(&target.id).and_then(|recorded| {
                    let code = recorded
                        .properties
                        .get("Code")
                        .or_else(|| recorded.properties.get("Content"))?;
                    let is_artifact = code.get("S3Bucket")?.as_str()? == ARTIFACT_BUCKET;
                    is_artifact.then(|| code.get("S3Key")?.as_str()).flatten()
                });
                match recorded {
                    Some(digest) => {
                        kept.insert(target.name.clone(), digest.to_owned());
                        false
                    }
                    None => true,
                }
            })
            .collect();
        (kept, rest)
    }
}

/// Where a file is or is going to be, without links on the way. None when its folder is not there.
fn place(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    Some(folder.join(path.file_name()?))
}

/// `NAME=VALUE`s.
fn tags(words: &[String]) -> Result<indexmap::IndexMap<String, String>, String> {
    // As SAM takes them: one word may hold several.
    let parts = words.iter().flat_map(|word| word.split_whitespace());
    parts
        .map(|part| match part.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((
                name.trim_matches('"').to_owned(),
                value.trim_matches('"').to_owned(),
            )),
            _ => Err(format!("a tag is NAME=VALUE, and this is `{part}`")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_as_sam_takes_them() {
        let words = ["team=a cost=\"b\"".to_owned(), "x=y=z".to_owned()];
        let tags = tags(&words).unwrap();
        let pairs: Vec<_> = tags.iter().map(|(k, v)| format!("{k}:{v}")).collect();
        assert_eq!(pairs, ["team:a", "cost:b", "x:y=z"]);
        assert!(super::tags(&["lonely".to_owned()]).is_err());
    }
}
