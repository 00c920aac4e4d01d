//! What is written while it is followed: each line once and in order, also when connections break.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use hoist::aws::Cloud;
use hoist::logs::live::Studio;
use hoist::logs::poll::Reader;
use hoist::logs::record::{Group, Record};
use hoist::logs::tail::{Note, Tail};
use tokio::time::timeout;

use crate::cloud::{REGION, cloud, emulated};
use crate::emulator::Kind;
use crate::relay::Relay;
use crate::writer::{burst, check, client, group, make, now, put};

const LINES: usize = 10_000;
const DEADLINE: Duration = Duration::from_secs(120);

/// Goes on until so many records have come.
async fn records(tail: &mut Tail, count: usize, notes: &mut Vec<Note>) -> Vec<Record> {
    let mut records = Vec::new();
    let come = async {
        while records.len() < count {
            let news = tail.next().await.unwrap();
            records.extend(news.records);
            notes.extend(news.notes);
        }
    };
    let ended = timeout(DEADLINE, come).await;
    assert!(
        ended.is_ok(),
        "{} of {count} came; {notes:?}",
        records.len()
    );
    records
}

/// Nothing comes for some time: repeats would.
async fn is_quiet(tail: &mut Tail) {
    let quiet = async {
        loop {
            let news = tail.next().await.unwrap();
            assert!(news.records.is_empty(), "repeated: {:?}", news.records[0]);
        }
    };
    let ended = timeout(Duration::from_secs(4), quiet).await;
    assert!(ended.is_err());
}

/// Two functions write lines in bursts, and connections break twice in between.
async fn write_and_cut(client: Client, groups: [Group; 2], relay: &Relay) {
    let third = LINES / 4;
    for part in 0..4 {
        let numbers = part * third..(part + 1) * third;
        let [first, second] = &groups;
        tokio::join!(
            burst(&client, first, "s", numbers.clone()),
            burst(&client, second, "s", numbers),
        );
        if part % 2 == 0 {
            relay.cut();
        }
        // Time for the tail to read something between the bursts; none of what is tested depends on it.
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
}

#[tokio::test]
async fn every_line_of_two_functions_comes_once_and_in_order_though_connections_break() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((emulator, direct)) = emulated(kind).await else {
            continue;
        };
        let relay = Relay::to(&emulator.url()).await;
        let writer = client(&direct);
        let groups = [group("First"), group("Second")];
        make(&writer, &groups[0], &["s"]).await;
        make(&writer, &groups[1], &["s"]).await;
        let old = vec![(now() - 60_000, "written before".to_owned())];
        put(&writer, &groups[0], "s", old).await;
        let reader = Reader::new(&cloud(&relay.url()));
        let mut tail = Tail::new(reader, groups.to_vec(), now(), None, None);
        let mut notes = Vec::new();
        let writing = write_and_cut(writer, groups.clone(), &relay);
        let (records, ()) = tokio::join!(records(&mut tail, 2 * LINES, &mut notes), writing);
        check(&records, &groups, LINES);
        is_quiet(&mut tail).await;
        assert!(relay.broken() > 0, "no connection was open to be cut");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_waited_for_and_nothing_is_lost() {
    let Some((emulator, direct)) = emulated(Kind::Ministack).await else {
        return;
    };
    let writer = client(&direct);
    let own = group("Own");
    make(&writer, &own, &["s"]).await;
    // Nobody answers there until a relay is put in its place.
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let reader = Reader::new(&cloud(&format!("http://127.0.0.1:{port}")));
    drop(listener);
    let mut tail = Tail::new(reader, vec![own.clone()], now(), None, None);
    burst(&writer, &own, "s", 0..10).await;
    let news = timeout(DEADLINE, tail.next()).await.unwrap().unwrap();
    assert!(matches!(news.notes[..], [Note::Lost(_)]), "{news:?}");
    let server = emulator.url().trim_start_matches("http://").to_owned();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = tokio::net::TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    let mut notes = Vec::new();
    let records = records(&mut tail, 10, &mut notes).await;
    check(&records, &[own], 10);
    assert!(notes.contains(&Note::Back), "{notes:?}");
}

#[tokio::test]
async fn a_group_that_appears_later_is_followed_from_its_beginning() {
    let Some((_emulator, direct)) = emulated(Kind::Moto).await else {
        return;
    };
    let writer = client(&direct);
    let own = group("Later");
    let mut tail = Tail::new(Reader::new(&direct), vec![own.clone()], now(), None, None);
    let news = timeout(DEADLINE, tail.next()).await.unwrap().unwrap();
    assert_eq!(news.notes, [Note::Missing(own.clone())]);
    make(&writer, &own, &["s"]).await;
    burst(&writer, &own, "s", 0..5).await;
    let mut notes = Vec::new();
    check(
        &records(&mut tail, 5, &mut notes).await,
        std::slice::from_ref(&own),
        5,
    );
    assert_eq!(notes, [Note::Appeared(own)]);
}

#[tokio::test]
async fn events_that_become_readable_late_are_not_lost() {
    let Some((_emulator, direct)) = emulated(Kind::Moto).await else {
        return;
    };
    let writer = client(&direct);
    let own = group("Late");
    make(&writer, &own, &["s", "slow"]).await;
    let begin = now() - 8000;
    let mut tail = Tail::new(Reader::new(&direct), vec![own.clone()], begin, None, None);
    put(&writer, &own, "s", vec![(now(), "quick".into())]).await;
    let mut notes = Vec::new();
    let first = records(&mut tail, 1, &mut notes).await;
    assert_eq!(first[0].message, "quick");
    // It was written before, and comes only now.
    put(&writer, &own, "slow", vec![(begin + 1, "slow".into())]).await;
    let second = records(&mut tail, 1, &mut notes).await;
    assert_eq!(second[0].message, "slow");
}

/// Takes away what the SDK writes before the host's name: emulators answer to their own name only.
#[derive(Debug)]
struct WithoutPrefix;

impl Intercept for WithoutPrefix {
    fn name(&self) -> &'static str {
        "without prefix"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let request = context.request_mut();
        let address = request.uri().replace("//stream-", "//");
        request.set_uri(address)?;
        Ok(())
    }
}

fn studio(cloud: &Cloud) -> Studio {
    let config = aws_sdk_cloudwatchlogs::config::Builder::from(cloud.config())
        .interceptor(WithoutPrefix)
        .build();
    Studio::with_client(Client::from_conf(config), REGION, "000000000000")
}

#[tokio::test]
async fn live_tail_and_what_fills_its_gaps_give_every_line_once_and_in_order() {
    let Some((emulator, direct)) = emulated(Kind::Ministack).await else {
        return;
    };
    let relay = Relay::to(&emulator.url()).await;
    let writer = client(&direct);
    let groups = [group("First"), group("Second")];
    make(&writer, &groups[0], &["s"]).await;
    make(&writer, &groups[1], &["s"]).await;
    let through = cloud(&relay.url());
    let (reader, studio) = (Reader::new(&through), studio(&through));
    let mut tail = Tail::new(reader, groups.to_vec(), now(), None, Some(studio));
    let mut notes = Vec::new();
    let writing = write_and_cut(writer, groups.clone(), &relay);
    let (records, ()) = tokio::join!(records(&mut tail, 2 * LINES, &mut notes), writing);
    check(&records, &groups, LINES);
    is_quiet(&mut tail).await;
    let live = records.iter().filter(|record| record.id.is_none()).count();
    assert!(live > 0, "nothing came live; {notes:?}");
    assert!(relay.broken() > 0, "no connection was open to be cut");
    let polling = notes.iter().any(|note| matches!(note, Note::Polling(_)));
    assert!(!polling, "{notes:?}");
}

#[tokio::test]
async fn where_live_tail_is_not_answered_the_log_is_polled() {
    let Some((_emulator, direct)) = emulated(Kind::Ministack).await else {
        return;
    };
    let writer = client(&direct);
    let own = group("Own");
    make(&writer, &own, &["s"]).await;
    // With the prefix the address leads nowhere.
    let studio = Studio::with_client(client(&direct), REGION, "000000000000");
    let reader = Reader::new(&direct);
    let mut tail = Tail::new(reader, vec![own.clone()], now(), None, Some(studio));
    burst(&writer, &own, "s", 0..10).await;
    let mut notes = Vec::new();
    let mut shown = records(&mut tail, 10, &mut notes).await;
    let fallen = async {
        while !notes.iter().any(|note| matches!(note, Note::Polling(_))) {
            let news = tail.next().await.unwrap();
            shown.extend(news.records);
            notes.extend(news.notes);
        }
    };
    timeout(DEADLINE, fallen).await.unwrap();
    check(&shown, &[own], 10);
}
