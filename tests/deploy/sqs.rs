//! Queues against both emulators: made, found again, changed, deleted, each twice as after a kill.

use hoist::deploy::provider::{Provider, Sqs};
use serde_json::json;

use crate::cloud::{emulated, held, properties, sought, wanted};
use crate::emulator::Kind;

#[tokio::test]
async fn a_queue_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let sqs = Sqs::new(&cloud);
        let first = wanted(
            &sqs,
            "AWS::SQS::Queue",
            "Orders",
            json!({"VisibilityTimeout": "40"}),
        );
        assert_eq!(sqs.find(&sought(&first)).await.unwrap(), None);
        let made = sqs.create(&first).await.unwrap();
        assert_eq!(sqs.create(&first).await.unwrap(), made);
        assert_eq!(sqs.find(&sought(&first)).await.unwrap(), Some(made.clone()));
        let mut other = sought(&first);
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(sqs.find(&other).await.unwrap(), None, "it is not ours");

        let mut changed = first.clone();
        changed.properties = properties(json!({
            "QueueName": first.name, "DelaySeconds": 5, "Tags": [{"Key": "team", "Value": "a"}]
        }));
        let before = held(&first, &made);
        let changes = hoist::deploy::diff::changes(&before.properties, &changed.properties);
        let after = sqs.update(&before, &changed, &changes).await.unwrap();
        let now = held(&changed, &after);
        let read = sqs.read(&now).await.unwrap().unwrap();
        assert_eq!(read["DelaySeconds"], 5, "{kind:?}");
        assert_eq!(
            read["VisibilityTimeout"], 30,
            "what is no longer said goes back to its default"
        );

        sqs.delete(&now).await.unwrap();
        sqs.delete(&now).await.unwrap();
        assert_eq!(sqs.read(&now).await.unwrap(), None);
    }
}
