//! What functions would write.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use hoist::aws::Cloud;
use hoist::logs::record::{Group, Record};

/// The most events of one `PutLogEvents`.
const PIECE: usize = 1000;

pub fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub fn client(cloud: &Cloud) -> Client {
    Client::new(cloud.config())
}

pub fn group(name: &str) -> Group {
    Group::new(&format!("/aws/lambda/{name}"), name)
}

pub async fn make(client: &Client, group: &Group, streams: &[&str]) {
    let made = client.create_log_group().log_group_name(&*group.name);
    made.send().await.unwrap();
    for stream in streams {
        let made = client.create_log_stream().log_group_name(&*group.name);
        made.log_stream_name(*stream).send().await.unwrap();
    }
}

/// Writes lines with their times, in pieces.
pub async fn put(client: &Client, group: &Group, stream: &str, lines: Vec<(i64, String)>) {
    for piece in lines.chunks(PIECE) {
        let events = piece.iter().map(|(time, line)| {
            let event = InputLogEvent::builder().timestamp(*time).message(line);
            event.build().unwrap()
        });
        let put = client.put_log_events().log_group_name(&*group.name);
        put.log_stream_name(stream)
            .set_log_events(Some(events.collect()))
            .send()
            .await
            .unwrap();
    }
}

/// `count` lines `NAME 0`, `NAME 1`, … in bursts of 1000, each burst with the times it is written at.
pub async fn burst(client: &Client, group: &Group, stream: &str, numbers: std::ops::Range<usize>) {
    let numbers: Vec<usize> = numbers.collect();
    for piece in numbers.chunks(PIECE) {
        let now = now();
        let line = |number: &usize| (now, format!("{} {number}", group.label));
        put(client, group, stream, piece.iter().map(line).collect()).await;
    }
}

/// Every line of each group once and in order, and all in the order of time.
pub fn check(records: &[Record], groups: &[Group], count: usize) {
    for group in groups {
        let of_group = records.iter().filter(|record| record.group == *group);
        let lines: Vec<&str> = of_group.map(|record| record.message.as_str()).collect();
        let expected: Vec<String> = (0..count)
            .map(|number| format!("{} {number}", group.label))
            .collect();
        assert_eq!(lines.len(), count, "{}", group.label);
        assert!(
            lines == expected,
            "the lines of {} are not in order",
            group.label
        );
    }
    let late: Vec<_> = records
        .windows(2)
        .filter(|pair| pair[0].time > pair[1].time)
        .map(|pair| (pair[0].time, &pair[1].group.label, pair[1].time))
        .collect();
    assert!(
        late.is_empty(),
        "{} out of order: {:?}",
        late.len(),
        late.first()
    );
}
