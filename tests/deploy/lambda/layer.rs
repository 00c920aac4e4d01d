//! The lives of layers and of those who may use them.

use hoist::deploy::provider::{Lambda, Provider};
use serde_json::json;

use super::{Built, end, given, with};
use crate::cloud::{emulated, sought, wanted};
use crate::emulator::Kind;

#[tokio::test]
async fn layers_and_their_permissions_live_their_lives() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let mut built = Built::nothing();
        let one = built.zip("python/one.py", b"one = 1");
        let two = built.zip("python/two.py", b"two = 2");
        let layer = built.give(wanted(
            &lambda,
            "AWS::Lambda::LayerVersion",
            "Library",
            json!({"Content": one, "Description": "d", "CompatibleRuntimes": ["python3.12"], "LicenseInfo": "MIT"}),
        ));
        assert_eq!(lambda.find(&sought(&layer)).await.unwrap(), None);
        let (first, made) = given(&lambda, &layer).await;
        assert!(made.reference.contains(":layer:test-Library-"), "{made:?}");
        assert!(made.reference.ends_with(":1"), "{made:?}");
        assert_eq!(made.attributes["LayerVersionArn"], json!(made.reference));
        assert_eq!(
            lambda.find(&sought(&layer)).await.unwrap(),
            Some(made.clone()),
            "{kind:?}"
        );
        let read = lambda.read(&first).await.unwrap().unwrap();
        assert_eq!(read["CompatibleRuntimes"], json!(["python3.12"]));
        assert_eq!(read["LicenseInfo"], "MIT", "{kind:?}");

        let next = with(&layer, json!({ "Content": two }));
        assert_eq!(
            lambda.find(&sought(&next)).await.unwrap(),
            None,
            "other content"
        );
        let (second, made) = given(&lambda, &next).await;
        assert!(
            made.reference.ends_with(":2"),
            "one layer, another version: {made:?}"
        );

        let share = wanted(
            &lambda,
            "AWS::Lambda::LayerVersionPermission",
            "Share",
            json!({"LayerVersionArn": made.reference, "Action": "lambda:GetLayerVersion", "Principal": "*"}),
        );
        // Moto has no permissions of layers.
        if matches!(kind, Kind::Ministack) {
            let (shared, made) = given(&lambda, &share).await;
            assert_eq!(lambda.create(&share).await.unwrap(), made);
            assert_eq!(made.attributes["Id"], json!(made.reference));
            let read = lambda.read(&shared).await.unwrap().unwrap();
            assert_eq!(read["Principal"], "*");
            assert_eq!(read["Action"], "lambda:GetLayerVersion");
            end(&lambda, &shared).await;
            assert_eq!(lambda.read(&shared).await.unwrap(), None);
        }

        end(&lambda, &first).await;
        assert_eq!(lambda.read(&first).await.unwrap(), None, "{kind:?}");
        assert!(lambda.read(&second).await.unwrap().is_some());
        end(&lambda, &second).await;
    }
}
