//! Generations, and those who change them at the same time.

use super::*;

const NODE: Language = Language::Nodejs;

fn manifest(version: &str) -> Manifest {
    Manifest {
        installer: "npm".into(),
        packages: vec![Package {
            name: "@aws-sdk/client-s3".into(),
            wanted: None,
            version: version.into(),
        }],
    }
}

async fn put(store: &Store, version: &str) -> PathBuf {
    let changing = store.change(NODE, || ()).await.unwrap();
    let generation = changing.generation().unwrap();
    fs::create_dir(generation.path().join("node_modules")).unwrap();
    changing.keep(generation, &manifest(version)).unwrap()
}

#[tokio::test]
async fn a_generation_is_used_once_it_is_whole_and_the_last_one_stays() {
    let cache = tempfile::tempdir().unwrap();
    let store = Store::below(cache.path());
    assert_eq!(store.current(NODE), None);
    let first = put(&store, "1").await;
    assert_eq!(store.current(NODE), Some(first.clone()));
    let second = put(&store, "2").await;
    assert_eq!(store.manifest(NODE), manifest("2"));
    assert!(first.is_dir(), "somebody may still use it");
    let third = put(&store, "3").await;
    assert!(!first.exists() && second.is_dir() && third.is_dir());
}

#[tokio::test]
async fn what_a_killed_process_left_is_cleared_and_never_used() {
    let cache = tempfile::tempdir().unwrap();
    let store = Store::below(cache.path());
    let used = put(&store, "1").await;
    // A process that was killed leaves its folder behind.
    let changing = store.change(NODE, || ()).await.unwrap();
    let half = changing.generation().unwrap().keep();
    drop(changing);
    assert_eq!(store.current(NODE), Some(used.clone()));
    put(&store, "2").await;
    assert!(!half.exists());
    assert!(used.is_dir());
}

#[tokio::test]
async fn two_processes_change_it_one_after_the_other() {
    let cache = tempfile::tempdir().unwrap();
    let store = Store::below(cache.path());
    let first = store.change(NODE, || ()).await.unwrap();
    let (told, was_told) = tokio::sync::oneshot::channel();
    let second = store.change(NODE, move || told.send(()).unwrap());
    let ended = async {
        was_told.await.unwrap();
        drop(first);
    };
    let (second, ()) = tokio::join!(second, ended);
    second.unwrap();
}

#[tokio::test]
async fn a_damaged_store_is_an_empty_one() {
    let cache = tempfile::tempdir().unwrap();
    let store = Store::below(cache.path());
    let generation = put(&store, "1").await;
    fs::write(generation.join("packages.json"), "{").unwrap();
    assert_eq!(store.manifest(NODE), Manifest::default());
    for name in ["", "../../..", "gone", "\0"] {
        fs::write(store.folder(NODE).join("current"), name).unwrap();
        assert_eq!(store.current(NODE), None, "{name:?}");
    }
}

#[tokio::test]
async fn an_emptied_store_has_nothing_left() {
    let cache = tempfile::tempdir().unwrap();
    let store = Store::below(cache.path());
    let generation = put(&store, "1").await;
    store.change(NODE, || ()).await.unwrap().empty().unwrap();
    assert!(!generation.exists());
    assert_eq!(store.current(NODE), None);
    store.change(NODE, || ()).await.unwrap().empty().unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let cache = tempfile::tempdir().unwrap();
    fs::write(cache.path().join("runtime"), "a file").unwrap();
    let store = Store::below(cache.path());
    let error = store.change(NODE, || ()).await.unwrap_err();
    assert!(error.to_string().contains("runtime/nodejs"), "{error}");
    assert!(error.help().contains("HOIST_CACHE_DIR"));
}
