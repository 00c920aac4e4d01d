//! Links, loops and other things that try to lead out.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::*;

#[test]
fn links_lead_through_the_guests_tree() {
    let world = world();
    let link =
        |target: &str, path: &str| world.json("symlink", json!({ "target": target, "path": path }));
    link("/var/task/index.js", "/tmp/code").expect("a link");
    link("../opt/nodejs", "/tmp/layer").expect("a link");
    link("gone", "/tmp/dangling").expect("a link");
    assert_eq!(world.read("/tmp/code").as_deref(), Ok("code"));
    assert_eq!(world.read("/tmp/layer/first.js").as_deref(), Ok("first"));
    assert_eq!(world.read("/tmp/layer/../bin/tool").as_deref(), Ok("tool"));
    let json = |name: &str, path: &str| world.json(name, json!({ "path": path }));
    assert_eq!(
        json("readlink", "/tmp/layer"),
        Ok(json!({ "path": "../opt/nodejs" }))
    );
    assert_eq!(
        json("realpath", "/tmp/layer/both.js"),
        Ok(json!({ "path": "/opt/nodejs/both.js" }))
    );
    assert_eq!(
        json("lstat", "/tmp/code").map(|stat| stat["kind"].clone()),
        Ok(json!("symlink"))
    );
    assert_eq!(
        json("stat", "/tmp/code").map(|stat| stat["kind"].clone()),
        Ok(json!("file"))
    );
    assert_eq!(
        json("readlink", "/tmp"),
        Err("EINVAL: invalid argument, readlink '/tmp'".into())
    );
    // Through a link nothing can be written that could not be written without it.
    assert_eq!(
        world.write("/tmp/code", "x"),
        Err("EROFS: read-only file system, open '/tmp/code'".into())
    );
    assert_eq!(
        world.write("/tmp/layer/x", "x"),
        Err("EROFS: read-only file system, open '/tmp/layer/x'".into())
    );
    world
        .write("/tmp/dangling", "new")
        .expect("the target is made");
    assert_eq!(world.read("/tmp/gone").as_deref(), Ok("new"));
    json("rm", "/tmp/code").expect("the link goes");
    assert_eq!(world.read("/var/task/index.js").as_deref(), Ok("code"));
    link("/tmp", "/tmp/self").expect("a link");
    world
        .json("rm", json!({ "path": "/tmp/self", "recursive": true }))
        .expect("the link goes");
    assert_eq!(world.read("/tmp/gone").as_deref(), Ok("new"));
    assert_eq!(world.used(), 3);
}

#[test]
fn links_never_lead_out() {
    let world = world();
    let secret = folder();
    write(secret.path(), "secret", "secret");
    let outside = secret.path().join("secret");
    let tmp = world.tmp.path();
    symlink(&outside, tmp.join("absolute")).expect("a link");
    symlink(secret.path(), tmp.join("folder")).expect("a link");
    symlink(&outside, world.task.path().join("absolute")).expect("a link");
    symlink(&outside, world.layers[1].path().join("absolute")).expect("a link");
    let climb = format!("{}{}", "../".repeat(40), outside.display());
    symlink(&climb, tmp.join("climb")).expect("a link");
    for path in [
        "/tmp/absolute",
        "/tmp/folder/secret",
        "/tmp/climb",
        "/var/task/absolute",
        "/opt/absolute",
    ] {
        for name in [
            "read", "stat", "readdir", "truncate", "chmod", "realpath", "copy",
        ] {
            let answer = world.json(name, json!({ "path": path, "dest": "/tmp/copy" }));
            assert!(
                answer.is_err_and(|error| error.starts_with("ENOENT")),
                "{name} {path}"
            );
        }
        assert!(world.write(path, "x").is_err(), "{path}");
    }
    assert!(world.write("/tmp/folder/new", "x").is_err());
    world
        .json("rm", json!({ "path": "/tmp/folder", "recursive": true }))
        .expect("the link goes");
    assert_eq!(
        std::fs::read_to_string(&outside).expect("still there"),
        "secret"
    );
}

#[test]
fn loops_and_long_names_end() {
    let world = world();
    symlink("a", world.tmp.path().join("a")).expect("a link");
    symlink("c/x", world.tmp.path().join("b")).expect("a link");
    symlink("b/x", world.tmp.path().join("c")).expect("a link");
    for path in ["/tmp/a", "/tmp/b", "/tmp/a/x"] {
        assert_eq!(
            world.read(path),
            Err(format!(
                "ELOOP: too many symbolic links encountered, open '{path}'"
            ))
        );
    }
    for path in [
        format!("/tmp/{}", "x".repeat(256)),
        "/x".repeat(3000),
        format!("/tmp{}", "/.".repeat(3000)),
    ] {
        let error = world.write(&path, "x").expect_err("too long");
        assert!(error.starts_with("ENAMETOOLONG"), "{error}");
    }
    assert!(
        world
            .write("/tmp/a\0b", "x")
            .is_err_and(|error| error.starts_with("EINVAL"))
    );
    assert!(
        world
            .write("", "x")
            .is_err_and(|error| error.starts_with("ENOENT"))
    );
}

#[test]
fn folders_cannot_become_too_deep_for_the_host() {
    let world = world();
    let mut path = String::from("/tmp");
    let made = (0..1000).take_while(|_| {
        path.push_str("/d");
        world.json("mkdir", json!({ "path": path })).is_ok()
    });
    assert_eq!(made.count(), 256);
    world
        .json("mkdir", json!({ "path": "/tmp/e" }))
        .expect("made");
    let answer = world.json("rename", json!({ "path": "/tmp/d", "dest": "/tmp/e/d" }));
    assert!(answer.is_err_and(|error| error.starts_with("ENAMETOOLONG")));
    world
        .json("rm", json!({ "path": "/tmp/d", "recursive": true }))
        .expect("gone");
    assert_eq!(world.used(), 0);
}

#[test]
fn odd_files_of_the_host_do_no_harm() {
    let world = world();
    let odd = std::ffi::OsStr::from_bytes(b"odd-\xff");
    std::fs::write(world.task.path().join(odd), "x").expect("a file");
    let listener = std::os::unix::net::UnixListener::bind(world.task.path().join("socket"));
    let _listener = listener.expect("a socket");
    let names = world.names("/var/task").expect("names");
    assert!(names.contains(&"odd-\u{fffd}".to_owned()) && names.contains(&"socket".to_owned()));
    assert_eq!(
        world.read("socket"),
        Err("ENXIO: no such device or address, open 'socket'".into())
    );
    assert_eq!(world.stat("socket")["kind"], "other");
}

#[test]
fn what_a_program_forbids_itself_can_still_be_cleaned_up() {
    let world = world();
    world
        .json("mkdir", json!({ "path": "/tmp/d", "mode": 0 }))
        .expect("made");
    world
        .json("chmod", json!({ "path": "/tmp/d", "mode": 0 }))
        .expect("a mode");
    world.write("/tmp/d/f", "x").expect("a file");
    let path = world.tmp.path().to_owned();
    drop(world);
    assert!(!path.exists());
}
