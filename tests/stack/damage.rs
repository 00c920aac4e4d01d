//! A memory that is damaged, another's, or lost: said in clear words, and what can be had back is.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::emulator::Kind;
use crate::life::Phase;
use crate::listing::differences;
use crate::program::{Ended, REGION, end};
use crate::wire::{Fate, Proxy};
use crate::world::{World, calm};

/// The state in a file, as the user says it.
const FILE: &str = "file:../state.json";
const SMALL: &str = "
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: @time }
  Other:
    Type: AWS::SQS::Queue
";

/// A server with the project of a small stack.
async fn world() -> Option<World> {
    let program = Kind::Ministack.program()?;
    let world = World::start(&program).await;
    write(&world, 60);
    Some(world)
}

fn write(world: &World, time: u32) {
    let template = SMALL.replace("@time", &time.to_string());
    world.home.write("template.yaml", &template);
}

async fn run(world: &World, words: &[&str]) -> Ended {
    let words: Vec<&str> = words.iter().copied().chain(["--state", FILE]).collect();
    world.home.run(&world.url(), &words).await
}

fn state(world: &World) -> PathBuf {
    world.home.project().join("../state.json")
}

/// States that cannot be used, and what is to be said of each.
fn damaged(good: &[u8]) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let edited = |name: &str, value: Json| {
        let mut state: Json = serde_json::from_slice(good).unwrap();
        state[name] = value;
        state.to_string().into_bytes()
    };
    let half = good[..good.len() / 2].to_vec();
    vec![
        ("cut short", half, "the state is damaged"),
        ("empty", Vec::new(), "the state is damaged"),
        ("no JSON", b"\0\xff state".to_vec(), "the state is damaged"),
        ("no state", b"[1, 2]".to_vec(), "the state is damaged"),
        (
            "newer",
            edited("format", 9.into()),
            "format 9, and this version of Hoist knows",
        ),
        (
            "another account's",
            edited("account", "999999999999".into()),
            "of the account `999999999999`, and this is `000000000000`",
        ),
        (
            "another region's",
            edited("region", "us-east-1".into()),
            "of the region `us-east-1`, and this is `eu-central-1`",
        ),
        (
            "another stack's",
            edited("stack", "other".into()),
            "of the stack `other`, and this is `life`",
        ),
    ]
}

#[tokio::test]
async fn a_state_that_cannot_be_used_is_said_and_nothing_is_changed() {
    let Some(mut world) = world().await else {
        return;
    };
    run(&world, &["deploy", "life", "--yes"]).await.expect(0);
    let good = fs::read(state(&world)).unwrap();
    let before = world.list().await;
    write(&world, 90);
    for (what, text, says) in damaged(&good) {
        fs::write(state(&world), &text).unwrap();
        for words in [
            &["deploy", "life", "--yes"][..],
            &["destroy", "life", "--yes"],
            &["status", "life"],
        ] {
            let refused = run(&world, words).await;
            assert_eq!(refused.code, Some(1), "{what}, {words:?}: {refused:?}");
            refused.says(says).says("state.json").says("help: ");
        }
        assert_eq!(fs::read(state(&world)).unwrap(), text, "{what}");
    }
    let changed = differences(&before, &world.list().await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    fs::write(state(&world), good).unwrap();
    run(&world, &["deploy", "life", "--yes"]).await.expect(0);
}

#[tokio::test]
async fn a_damaged_state_in_the_bucket_is_said_too() {
    let Some(world) = world().await else { return };
    let words = ["deploy", "life", "--yes"];
    world.home.run(&world.url(), &words).await.expect(0);
    let put = reqwest::Client::new()
        .put(object(&world))
        .body("{\"format\"");
    assert!(put.send().await.unwrap().status().is_success());
    let refused = world.home.run(&world.url(), &words).await.expect(1);
    refused.says("the state is damaged").says("s3://");
    refused.says("have an earlier version back");
}

/// The state in the bucket.
fn object(world: &World) -> String {
    format!(
        "{}/hoist-state-000000000000-{REGION}/stack/life/state.json",
        world.url()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_state_a_stack_is_found_again_by_tags_and_nothing_is_made_twice() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let calm = calm(&program).await;
    let mut world = World::start(&program).await;
    let (last, destroyed) = (&calm[2], &calm[3]);
    for (phase, calm) in Phase::ALL.into_iter().zip(calm).take(3) {
        phase.write(&world.home);
        world.home.run(&world.url(), phase.words()).await.expect(0);
        lose(&world).await;
        let again = world.home.run(&world.url(), phase.words()).await.expect(0);
        again.says("there is no state of `life`, but AWS has ");
        let changed = differences(&calm.listing, &world.list().await);
        let changed = changed.join("\n");
        assert!(changed.is_empty(), "{phase:?}:\n{changed}\n{}", again.err);
    }
    lose(&world).await;
    let words = Phase::Destroy.words();
    let refused = world.home.run(&world.url(), words).await.expect(1);
    refused.says("AWS has resources with its tag");
    refused.says("`hoist deploy life` with the template, which takes them over");
    let changed = differences(&last.listing, &world.list().await);
    // Only the state itself is gone.
    assert!(
        changed.len() == 1 && changed[0].starts_with(".buckets"),
        "{changed:?}"
    );
    // With an older template, what only the newer one has is not known but by its tag.
    Phase::Create.write(&world.home);
    let older = world
        .home
        .run(&world.url(), Phase::Create.words())
        .await
        .expect(0);
    older
        .says(":rule/life-Tick-")
        .says("which was `Tick` of this stack");
    older
        .says(":life-second")
        .says("which was `Jobs` of this stack");
    world.home.run(&world.url(), words).await.expect(0);
    let changed = differences(&destroyed.listing, &world.list().await);
    let left: Vec<&str> = changed
        .iter()
        .filter_map(|one| one.split(':').next())
        .collect();
    assert_eq!(left, [".queues", ".rules"], "{changed:?}");
}

/// Deletes the state in the bucket.
async fn lose(world: &World) {
    let gone = reqwest::Client::new().delete(object(world)).send().await;
    assert!(gone.unwrap().status().is_success());
}

#[tokio::test]
async fn a_disk_that_is_full_from_the_beginning_lets_nothing_be_made() {
    let Some(mut world) = world().await else {
        return;
    };
    let empty = world.list().await;
    // No file may grow over a block or two: so it is on a disk that is full, only without a disk.
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} deploy life --yes --state {FILE}",
        env!("CARGO_BIN_EXE_hoist")
    );
    let mut shell = world
        .home
        .command_of(Path::new("/bin/sh"), &world.url(), &["-c", &script]);
    let ended = end(shell.spawn().unwrap()).await.expect(1);
    ended.says("cannot write").says("state.json");
    assert!(!state(&world).exists());
    let changed = differences(&empty, &world.list().await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    run(&world, &["deploy", "life", "--yes"]).await.expect(0);
}

#[tokio::test]
async fn a_disk_that_goes_away_in_between_loses_nothing_that_was_made() {
    let Some(mut world) = world().await else {
        return;
    };
    run(&world, &["deploy", "life", "--yes"]).await.expect(0);
    let expected = world.list().await;
    run(&world, &["destroy", "life", "--yes"]).await.expect(0);

    let proxy = Proxy::start(&world.url(), |seen| {
        match seen.what.ends_with(".CreateQueue") {
            true => Fate::Hold,
            false => Fate::Pass,
        }
    })
    .await;
    let folder = world.home.project().join("../disk");
    let words = [
        "deploy",
        "life",
        "--yes",
        "--state",
        "file:../disk/state.json",
    ];
    let child = world.home.command(&proxy.url(), &words).spawn().unwrap();
    proxy.held().await;
    let away = folder.with_file_name("away");
    fs::rename(&folder, &away).unwrap();
    fs::write(&folder, "").unwrap();
    proxy.open();
    let ended = end(child).await;
    assert!(ended.code != Some(0), "{ended:?}");
    ended.says("cannot write").says("disk/state.json");

    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    let again = world.home.run(&world.url(), &words).await.expect(0);
    again.says("2 resources found that it had made");
    let changed = differences(&expected, &world.list().await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[tokio::test]
async fn a_plan_that_is_damaged_or_no_longer_holds_is_not_carried_out() {
    let Some(mut world) = world().await else {
        return;
    };
    let before = world.list().await;
    let plan = world.home.project().join("plan.json");
    let words = ["plan", "life", "--out", "plan.json"];
    run(&world, &words).await.expect(0);
    let good = fs::read(&plan).unwrap();
    let mut newer: Json = serde_json::from_slice(&good).unwrap();
    newer["hoist_plan"] = 9.into();
    for (text, says) in [
        (good[..good.len() / 2].to_vec(), "it is not a plan"),
        (Vec::new(), "it is not a plan"),
        (b"{\"hoist_plan\": 1}".to_vec(), "it is damaged"),
        (newer.to_string().into_bytes(), "a newer version of Hoist"),
    ] {
        fs::write(&plan, text).unwrap();
        let refused = run(&world, &["deploy", "plan.json", "--yes"]).await;
        refused.expect(1).says(says).says("plan.json");
    }
    fs::write(&plan, &good).unwrap();
    write(&world, 90);
    let refused = run(&world, &["deploy", "plan.json", "--yes"]).await;
    let refused = refused.expect(1);
    refused
        .says("the plan no longer holds")
        .says("`Jobs` is different now");
    let changed = differences(&before, &world.list().await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    write(&world, 60);
    run(&world, &["deploy", "plan.json", "--yes"])
        .await
        .expect(0);
    let refused = run(&world, &["deploy", "plan.json", "--yes"]).await;
    refused.expect(1).says("the stack was deployed since");
}
