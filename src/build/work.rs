//! Building: what has not changed is found again, the rest is made side by side.

use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream;
use indexmap::IndexMap;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::diag::{Diagnostic, Diagnostics};

use super::archive::{self, MAX_UNZIPPED, Packed};
use super::bench::{Bench, Made, away};
use super::cache::{self, Cache, Make, Sight};
use super::fault::Fault;
use super::method::Method;
use super::rule::Rules;
use super::walk::{Entry, walk};
use super::{Artifact, Event, Settings, Target, compile, esbuild, npm, python};

/// How often a build is begun anew when its sources change meanwhile.
const ATTEMPTS: usize = 3;

/// Builds all targets, or finds what was built before, and says what went wrong with those that have no artifact.
/// The artifacts are in the order of the targets.
///
/// Dropping the future ends the tools that run.
pub async fn build(
    targets: &[Target],
    settings: &Settings,
    tell: &mut dyn FnMut(Event),
) -> (Vec<Artifact>, Diagnostics) {
    let cache = Cache::new(&settings.cache);
    let mut groups: IndexMap<String, Vec<&Target>> = IndexMap::new();
    for target in targets {
        groups.entry(place(target)).or_default().push(target);
    }
    let (sender, mut receiver) = unbounded_channel();
    let builds = groups.into_values().map(move |group| {
        let (sender, cache) = (sender.clone(), cache.clone());
        async move {
            let ended = one(&group, settings, &cache, &sender).await;
            (group, ended)
        }
    });
    let mut builds = stream::iter(builds).buffer_unordered(settings.parallel.max(1));
    let mut ended = Vec::new();
    loop {
        tokio::select! {
            biased;
            Some(event) = receiver.recv() => tell(event),
            next = builds.next() => match next {
                Some(build) => ended.push(build),
                None => break,
            },
        }
    }
    drop(builds);
    while let Ok(event) = receiver.try_recv() {
        tell(event);
    }
    finish(targets, ended)
}

/// A group's end: what was made, or why nothing.
type Ended<'a> = (Vec<&'a Target>, Result<Vec<Artifact>, Fault>);

/// In the order of the targets, with what is only known when all are there.
fn finish(targets: &[Target], ended: Vec<Ended<'_>>) -> (Vec<Artifact>, Diagnostics) {
    let mut artifacts = Vec::new();
    let mut faults: Vec<(&Target, Fault)> = Vec::new();
    for (group, result) in ended {
        match result {
            Ok(made) => artifacts.extend(made),
            Err(fault) => faults.extend(group.into_iter().map(|target| (target, fault.clone()))),
        }
    }
    let order = |id: &str| targets.iter().position(|target| target.id == id);
    artifacts.sort_by_key(|artifact| order(&artifact.id));
    faults.sort_by_key(|(target, _)| order(&target.id));
    let mut diagnostics: Diagnostics = faults
        .iter()
        .map(|(target, fault)| fault.diagnostic(target))
        .collect();
    diagnostics.extend(too_large_together(targets, &artifacts));
    (artifacts, diagnostics)
}

/// Functions that with their layers are more than Lambda takes.
fn too_large_together(targets: &[Target], artifacts: &[Artifact]) -> Vec<Diagnostic> {
    let size = |id: &str| {
        artifacts
            .iter()
            .find(|artifact| artifact.id == id)
            .map_or(0, |artifact| artifact.unzipped)
    };
    let mut found = Vec::new();
    for target in targets.iter().filter(|target| !target.layers.is_empty()) {
        let layers: u64 = target.layers.iter().map(|layer| size(layer)).sum();
        let all = layers + size(&target.id);
        if all > MAX_UNZIPPED {
            let most = format!("{} of it is in layers", archive::megabytes(layers));
            found.push(archive::too_large(all, &most).diagnostic(target));
        }
    }
    found
}

/// The artifacts of those targets of which nothing has changed since they were built, in the order of the targets.
/// Looks at the file system only and starts no tool; files are read where size or time differ from what was seen.
pub fn fresh(targets: &[Target], settings: &Settings) -> Vec<Option<Artifact>> {
    let cache = Cache::new(&settings.cache);
    let mut seen: IndexMap<String, Option<Make>> = IndexMap::new();
    targets
        .iter()
        .map(|target| {
            let make = seen.entry(place(target)).or_insert_with(|| {
                let mut look = Look::at(target, &cache).ok()?;
                look.made(target, &cache)
            });
            make.as_ref()
                .map(|make| artifact(target, make, &cache, true))
        })
        .collect()
}

fn artifact(target: &Target, make: &Make, cache: &Cache, reused: bool) -> Artifact {
    Artifact {
        id: target.id.clone(),
        digest: make.digest.clone(),
        path: cache.artifact(&make.digest),
        size: make.size,
        unzipped: make.unzipped,
        files: make.files,
        reused,
    }
}

/// The key of a place: targets with the same one share a build.
fn place(target: &Target) -> String {
    let source = target.source.to_string_lossy();
    let base = target.base.to_string_lossy();
    cache::key(&[&source, &base, &format!("{:?}", target.method)])
}

/// The sources as they are now.
struct Look {
    rules: Rules,
    entries: Vec<Entry>,
    sight: Sight,
    content: String,
}

impl Look {
    fn at(target: &Target, cache: &Cache) -> Result<Self, Fault> {
        let method = &target.method;
        let folder = method.watched(&target.source);
        let rules = match method {
            Method::Zip | Method::File => Rules::none(),
            _ => target.rules(folder, method.made_in_place())?,
        };
        let entries = walk(folder, &rules)?;
        if matches!(method, Method::File | Method::Folder) {
            // Before anything is read: it may be far too much.
            archive::check(folder, &entries)?;
        }
        let mut sight = cache.sight(&place(target));
        sight.renew(folder, &entries)?;
        let mut way = format!("{method:?}");
        if method.needs_tool() {
            way.push_str(&rules.text());
        }
        let content = sight.content(&entries, &way);
        Ok(Look {
            rules,
            entries,
            sight,
            content,
        })
    }

    /// What was made of them before. Remembers what was seen.
    fn made(&mut self, target: &Target, cache: &Cache) -> Option<Make> {
        let make = cache.made(&self.content, &mut self.sight)?;
        if cache.sight(&place(target)) != self.sight {
            cache.keep_sight(&place(target), &self.sight);
        }
        Some(make)
    }
}

/// One build, whoever shares it.
async fn one(
    group: &[&Target],
    settings: &Settings,
    cache: &Cache,
    tell: &UnboundedSender<Event>,
) -> Result<Vec<Artifact>, Fault> {
    let begun = Instant::now();
    let Some(first) = group.first() else {
        return Ok(Vec::new());
    };
    let what = first.method.word().to_owned();
    let _ = tell.send(Event::Started {
        id: first.id.clone(),
        what,
    });
    let made = match attempts(first, settings, cache, tell).await {
        Ok(made) => made,
        Err(fault) => {
            for target in group {
                let _ = tell.send(Event::Failed {
                    id: target.id.clone(),
                });
            }
            return Err(fault);
        }
    };
    let (make, reused) = made;
    let artifacts: Vec<Artifact> = group
        .iter()
        .map(|target| artifact(target, &make, cache, reused))
        .collect();
    for artifact in &artifacts {
        let _ = tell.send(Event::Finished {
            id: artifact.id.clone(),
            artifact: artifact.clone(),
            took: begun.elapsed(),
        });
    }
    Ok(artifacts)
}

/// Builds until the sources hold still meanwhile.
async fn attempts(
    target: &Target,
    settings: &Settings,
    cache: &Cache,
    tell: &UnboundedSender<Event>,
) -> Result<(Make, bool), Fault> {
    let mut attempt = 1;
    loop {
        match once(target, settings, cache, tell).await {
            Err(fault) if fault.code == "build/changed" && attempt < ATTEMPTS => attempt += 1,
            ended => return ended,
        }
    }
}

async fn once(
    target: &Target,
    settings: &Settings,
    cache: &Cache,
    tell: &UnboundedSender<Event>,
) -> Result<(Make, bool), Fault> {
    let force = settings.force;
    let (of, at) = (target.clone(), cache.clone());
    let (look, make) = away(move || {
        at.prepare()?;
        let mut look = Look::at(&of, &at)?;
        let make = if force { None } else { look.made(&of, &at) };
        Ok((look, make))
    })
    .await?;
    if let Some(make) = make {
        return Ok((make, true));
    }
    let scratch = tempfile::Builder::new()
        .prefix("hoist-build-")
        .tempdir()
        .map_err(|error| Fault::storage(Path::new("a temporary folder"), &error))?;
    let folder = scratch
        .path()
        .canonicalize()
        .unwrap_or_else(|_| scratch.path().to_owned());
    let bench = Bench {
        target,
        path: &settings.path,
        scratch: &folder,
        work: cache.work(&place(target)),
        entries: &look.entries,
        tell: tell.clone(),
    };
    let made = make_in(&bench).await?;
    let (of, at) = (target.clone(), cache.clone());
    // The scratch folder stays until the packing is over, also when nobody waits for it any more.
    let make = away(move || {
        let kept = keep(&of, &at, look, made);
        drop(scratch);
        kept
    })
    .await?;
    Ok((make, false))
}

/// Runs what the method needs. None where the sources are packed as they are.
async fn make_in(bench: &Bench<'_>) -> Result<Option<Made>, Fault> {
    let made = match &bench.target.method {
        Method::Zip | Method::File | Method::Folder => return Ok(None),
        Method::Npm {
            locked,
            architecture,
            is_layer,
        } => npm::make(bench, *locked, *architecture, *is_layer).await?,
        Method::Python {
            manifest,
            version,
            architecture,
            is_layer,
        } => python::make(bench, *manifest, version, *architecture, *is_layer).await?,
        Method::Esbuild(bundle) => esbuild::make(bench, bundle).await?,
        Method::Make {
            name,
            makefile,
            folder,
        } => compile::make(bench, name, makefile, folder).await?,
        Method::Go {
            output,
            architecture,
            ..
        } => compile::go(bench, output, *architecture).await?,
        Method::Cargo {
            binary,
            flags,
            architecture,
            ..
        } => compile::cargo(bench, binary.as_deref(), flags, *architecture).await?,
    };
    Ok(Some(made))
}

/// Packs what was made and puts it into the cache.
fn keep(target: &Target, cache: &Cache, mut look: Look, made: Option<Made>) -> Result<Make, Fault> {
    let into = cache.artifacts();
    let source: &Path = &target.source;
    let packed: Packed = match (&made, &target.method) {
        (None, Method::Zip) => archive::adopt(source, &into)?,
        (None, _) => archive::pack(source, &look.entries, &into)?,
        (Some(made), _) => {
            unchanged(target, &look)?;
            archive::pack(&made.folder, &walk(&made.folder, &made.rules)?, &into)?
        }
    };
    let outside: Vec<PathBuf> = made.map(|made| made.outside).unwrap_or_default();
    let make = cache.keep(&look.content, &mut look.sight, packed, &outside)?;
    cache.keep_sight(&place(target), &look.sight);
    Ok(make)
}

/// Whether the sources are still what they were when the tool began.
fn unchanged(target: &Target, look: &Look) -> Result<(), Fault> {
    let folder = target.method.watched(&target.source);
    let now = walk(folder, &look.rules)?;
    if now == look.entries {
        return Ok(());
    }
    let changed = now
        .iter()
        .zip(&look.entries)
        .find(|(now, before)| now != before);
    let path = match changed {
        Some((now, _)) => folder.join(&now.name),
        None => folder.to_owned(),
    };
    Err(archive::changed(&path))
}
