//! Two runs that want to change one stack.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::emulator::Kind;
use crate::program::{Ended, Home, REGION, end};
use crate::wire::{Fate, Moment, Proxy, Seen};
use crate::world::World;

/// Where the state is, as the user says it.
const PLACES: [&str; 2] = ["bucket", "file:../states/"];
/// In less than this nobody waits for a lock to grow old.
const AT_ONCE: Duration = Duration::from_secs(30);

/// A server with the project of a small stack.
async fn world() -> Option<World> {
    let program = Kind::Ministack.program()?;
    let world = World::start(&program).await;
    write(&world.home, 60);
    Some(world)
}

fn write(home: &Home, time: u32) {
    let template = format!(
        "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {{ VisibilityTimeout: {time} }}\n"
    );
    home.write("template.yaml", &template);
}

async fn deploy(world: &World, place: &str, endpoint: &str) -> Ended {
    let words = ["deploy", "life", "--yes", "--state", place];
    world.home.run(endpoint, &words).await
}

fn makes_queue(seen: &Seen) -> bool {
    seen.what.ends_with(".CreateQueue")
}

#[tokio::test]
async fn of_two_deployments_at_once_the_second_refuses_and_says_who_has_the_lock() {
    let Some(world) = world().await else { return };
    for place in PLACES {
        let proxy = Proxy::start(&world.url(), |seen| match makes_queue(seen) {
            true => Fate::Hold,
            false => Fate::Pass,
        })
        .await;
        let words = ["deploy", "life", "--yes", "--state", place];
        let first = world.home.command(&proxy.url(), &words).spawn().unwrap();
        let process = first.id().unwrap();
        proxy.held().await;
        for words in [
            &words[..],
            &["destroy", "life", "--yes", "--state", place],
            &["plan", "life", "--state", place],
        ] {
            let refused = world.home.run(&world.url(), words).await.expect(3);
            refused.says("ada@");
            refused.says(&format!("is changing the stack (process {process})"));
        }
        proxy.open();
        end(first).await.expect(0);
        deploy(&world, place, &world.url())
            .await
            .expect(0)
            .says("is up to date");
        let words = ["destroy", "life", "--yes", "--state", place];
        world.home.run(&world.url(), &words).await.expect(0);
    }
}

#[tokio::test]
async fn the_lock_of_a_run_that_was_killed_is_taken_over_at_once() {
    let Some(world) = world().await else { return };
    for place in PLACES {
        let proxy = Proxy::start(&world.url(), |seen| match makes_queue(seen) {
            true => Fate::Kill(Moment::After),
            false => Fate::Pass,
        })
        .await;
        let words = ["deploy", "life", "--yes", "--state", place];
        let first = world.home.command(&proxy.url(), &words).spawn().unwrap();
        proxy.aim(first.id());
        let killed = end(first).await;
        assert_eq!(killed.code, None, "{}", killed.err);
        let begun = Instant::now();
        let again = deploy(&world, place, &world.url()).await.expect(0);
        again.says("1 resources found that it had made");
        assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        let words = ["destroy", "life", "--yes", "--state", place];
        world.home.run(&world.url(), &words).await.expect(0);
    }
}

#[tokio::test]
async fn a_lock_of_another_machine_holds_until_it_is_taken_away() {
    let Some(world) = world().await else { return };
    deploy(&world, "bucket", &world.url()).await.expect(0);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let lock = json!({"who": "bob@elsewhere", "machine": "another", "process": 7, "since": now.as_secs() - 180});
    let url = format!(
        "{}/hoist-state-000000000000-{REGION}/stack/life/lock.json",
        world.url()
    );
    let put = reqwest::Client::new().put(url).body(lock.to_string());
    assert!(put.send().await.unwrap().status().is_success());
    write(&world.home, 90);
    let refused = deploy(&world, "bucket", &world.url()).await.expect(3);
    refused.says("bob@elsewhere is changing the stack (process 7)");
    refused.says("3 minutes ago");
    refused.says("hoist unlock life");
    let unlocked = world.home.run(&world.url(), &["unlock", "life"]).await;
    unlocked.expect(0).says("bob@elsewhere");
    deploy(&world, "bucket", &world.url()).await.expect(0);
    let nobody = world.home.run(&world.url(), &["unlock", "life"]).await;
    nobody.expect(0).says("Nobody has the lock of life");
}

#[tokio::test]
async fn a_file_lock_cannot_be_taken_away_from_a_run_that_lives() {
    let Some(world) = world().await else { return };
    let place = PLACES[1];
    let proxy = Proxy::start(&world.url(), |seen| match makes_queue(seen) {
        true => Fate::Hold,
        false => Fate::Pass,
    })
    .await;
    let words = ["deploy", "life", "--yes", "--state", place];
    let first = world.home.command(&proxy.url(), &words).spawn().unwrap();
    proxy.held().await;
    let words = ["unlock", "life", "--state", place];
    let refused = world.home.run(&world.url(), &words).await.expect(3);
    refused.says("is changing the stack");
    refused.says("its lock goes with it");
    assert!(!refused.err.contains("hoist unlock"), "{}", refused.err);
    proxy.open();
    end(first).await.expect(0);
}
